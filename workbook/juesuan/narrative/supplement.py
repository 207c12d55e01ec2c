"""What the nine tables do not say: figures, texts and lists of the supplementary sheets 补01–补09, and their forms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from juesuan.place import Place

FILE = os.path.join(os.path.dirname(__file__), os.pardir, "data", "supplement.toml")

Value = int | str
EntryKind = Literal["amount", "count", "score", "text", "code", "name"]


class Entry(NamedTuple):
    """A line to be filled in, or a column of a list.

    `cell` is where last year's workbook has it; `table_line` the line of 补充资料 it is counted in.
    """

    name: str
    label: str
    kind: EntryKind
    hint: str = ""
    choices: tuple[str, ...] = ()
    cell: str = ""
    table_line: str = ""


class SupplementForm(NamedTuple):
    """One supplementary sheet: lines, and below them a list whose first column is its key."""

    id: str
    title: str
    lines: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    hint: str = ""

    @property
    def name(self) -> str:
        return f"{self.id} {self.title}"


class Supplement(NamedTuple):
    """Values by the name the narrative knows them by.

    `values`: amounts in 分, counts, scores in hundredths, texts. `lists`: for each such name the values by key, a code
    or the name of a project, in the order of the sheet.
    """

    values: Mapping[str, Value] = MappingProxyType({})
    lists: Mapping[str, Mapping[str, Value]] = MappingProxyType({})

    def value(self, name: str, key: str | None) -> Value | None:
        return self.values.get(name) if key is None else self.lists.get(name, {}).get(key)

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""


NOTHING = Supplement()


class Carried(NamedTuple):
    """What becomes of the figures the sheets want from last year's book; amounts in 分.

    `written`: blank cells and what they get; `kept`: cells with another amount, what is there and what last year's
    book says; `lacking`: labels of which it says nothing.
    """

    written: Mapping[Place, int]
    kept: tuple[tuple[Place, int | None, int], ...] = ()
    lacking: tuple[str, ...] = ()


def supplement_forms() -> tuple[SupplementForm, ...]:
    """The declared sheets, in order."""
    import tomli

    with open(FILE, "rb") as file:
        sheets = tomli.load(file)["sheet"]
    return tuple(
        SupplementForm(
            sheet["id"],
            sheet["title"],
            tuple(_entry(entry) for entry in sheet.get("line", ())),
            tuple(_entry(entry) for entry in sheet.get("column", ())),
            sheet.get("hint", ""),
        )
        for sheet in sheets
    )


def _entry(entry: dict[str, Any]) -> Entry:
    return Entry(**entry | {"choices": tuple(entry.get("choices", ()))})
