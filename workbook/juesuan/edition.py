"""Load an Edition from its TOML declaration in ``data/editions``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import tomli

from juesuan.errors import DeclarationError
from juesuan.model import Edition, Field, Line, Row, Side, Table

FOLDER = os.path.join(os.path.dirname(__file__), "data", "editions")
DIGITS = "零一二三四五六七八九"


def known_editions() -> list[str]:
    return sorted(name.removesuffix(".toml") for name in os.listdir(FOLDER) if name.endswith(".toml"))


def load_edition(edition_id: str) -> Edition:
    """The edition `edition_id`; raises DeclarationError when there is none or its file is malformed."""
    if edition_id not in known_editions():
        raise DeclarationError(f"没有版式“{edition_id}”。现有版式：{'、'.join(known_editions())}。")
    return read_edition(os.path.join(FOLDER, f"{edition_id}.toml"))


def read_edition(path: str) -> Edition:
    """Read one edition file. Raises DeclarationError naming the file and what is wrong in it."""
    try:
        with open(path, "rb") as file:
            return _edition(tomli.load(file))
    except (KeyError, TypeError, ValueError) as error:
        raise DeclarationError(f"版式文件 {path} 写法有误：{error}。") from error


def _edition(entry: dict[str, Any]) -> Edition:
    classes = [tuple(names) for names in entry["classes"]]
    texts = {"tail_note": entry.get("tail_note", "")}
    return Edition(
        id=entry["id"],
        title=entry["title"],
        tables=tuple(_table(table, classes, texts) for table in entry["table"]),
        classes=tuple((names[0], names[1]) for names in classes),
        zero=entry["zero"],
        basis=entry["basis"],
    )


def _table(entry: dict[str, Any], classes: list[tuple[str, ...]], texts: dict[str, str]) -> Table:
    given = dict(entry)
    sides = tuple(
        Side(side["heading"], _fields(side["fields"]), tuple(_lines(side["lines"], classes)))
        for side in given.pop("side", ())
    )
    return Table(
        sides=sides,
        fields=_fields(given.pop("fields", ())),
        rows=tuple(Row(**row) for row in given.pop("rows", ())),
        groups=tuple(tuple(group.split()) for group in given.pop("groups", ())),
        totals=tuple(_lines(given.pop("totals", ()), classes)),
        aliases=tuple(given.pop("aliases", ())),
        note=given.pop("note", "").format(**texts),
        **given,
    )


def _fields(entries: list[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(
        Field(
            **entry
            | {"header": tuple(entry["header"]), "aliases": tuple(tuple(path) for path in entry.get("aliases", ()))}
        )
        for entry in entries
    )


def _lines(entries: list[dict[str, Any]], classes: list[tuple[str, ...]]) -> Iterator[Line]:
    """Lines as printed; ``blank = [9, 26]`` and ``classes = 32`` stand for runs of lines."""
    for entry in entries:
        if "blank" in entry:
            first, last = entry["blank"]
            yield from (Line(None, "", number) for number in range(first, last + 1))
        elif "classes" in entry:
            shared = {name: value for name, value in entry.items() if name != "classes"}
            for order, (code, name, *others) in enumerate(classes):
                yield Line(
                    code,
                    f"{chinese_number(order + 1)}、{name}",
                    entry["classes"] + order,
                    code=code,
                    aliases=tuple(others),
                    **shared,
                )
        else:
            lists = {name: tuple(entry.get(name, ())) for name in ("aliases", "ratio")}
            yield Line(**entry | lists)


def chinese_number(number: int) -> str:
    """1 to 99 as the forms number their lines: 一, 十, 十一, 二十六."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
