"""What a unit has to do about its book, and how that differs from what its last version said.

A thing to do keeps its identity while rows are inserted or removed: it is known by table, row and field, not address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

LEVELS = ("error", "warning", "explained")
_BASIS = re.compile(r"依据：.*?（[A-Z]+\d+）。")


class Item(NamedTuple):
    """`level`: error (must be put right), warning (to be explained) or explained.

    `identity` names it from version to version.
    """

    level: str
    identity: str
    text: str


class Changes(NamedTuple):
    """Since the last version: put right, still there, new."""

    mended: tuple[Item, ...]
    kept: tuple[Item, ...]
    new: tuple[Item, ...]

    @property
    def counts(self) -> list[int]:
        return [len(self.mended), len(self.kept), len(self.new)]


def items_of(book: dict[str, Any]) -> list[Item]:
    """Of a `books[]` element: each culprit with all that follows from it is one thing, each other finding is one."""
    found = []
    for number, culprit in enumerate(book["culprits"]):
        about = [item for item in book["findings"] if item["culprit"] == number]
        level = "error" if any(item["level"] == "error" for item in about) else "warning"
        if about and all(item["explanation"] for item in about if item["level"] != "info"):
            level = "explained"
        told = dict.fromkeys(item["explanation"] for item in about if level == "explained" and item["explanation"])
        text = culprit["message"] + "".join(f"已说明：{words}。" for words in told)
        found.append(Item(level, " ".join(sorted(map(_cell, culprit["cells"]))), text))
    for item in book["findings"]:
        if item["culprit"] is None and item["level"] in ("error", "warning"):
            where = _cell(item["cells"][0]) if item["cells"] else f"{item['sheet']}!{item['address']}"
            level = "explained" if item["explanation"] else item["level"]
            found.append(Item(level, f"{item['rule']} {where}", _BASIS.sub("", item["message"])))
    return sorted(found, key=lambda item: LEVELS.index(item.level))


def compared(before: Iterable[Item], now: Sequence[Item]) -> Changes:
    """By identity; the texts are those of `now`, as the amounts may have changed."""
    old = {item.identity: item for item in before}
    new = {item.identity for item in now}
    return Changes(
        tuple(item for item in old.values() if item.identity not in new),
        tuple(item for item in now if item.identity in old),
        tuple(item for item in now if item.identity not in old),
    )


def _cell(cell: dict[str, Any]) -> str:
    return "/".join(str(cell[name]) for name in ("table", "row", "field"))
