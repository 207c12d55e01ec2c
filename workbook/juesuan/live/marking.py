"""Mark the open workbook in place, and take the marks off again: fills, notes and borders as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import xlwings as xw

from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.live.annotations import annotate, take_off
from juesuan.live.borders import borders_of, frame, unframe
from juesuan.live.fills import Fill, fill_from, fills_of, paint, put_back
from juesuan.live.own_sheet import Kept, own_sheet, record_line, recorded
from juesuan.live.protection import opened, opened_structure
from juesuan.live.results import Lines, lines_of, write_lines
from juesuan.marks import COLOURS, KINDS, Mark, marks_of
from juesuan.place import Place, column_number
from juesuan.reading.own_sheet import NAME
from juesuan.rules import Catalogue

Progress = Callable[[str], None]


class Marked(NamedTuple):
    """How it went: `locked` are the sheets with a password, left as they are; `bare` the cells that take no note."""

    marks: dict[Place, Mark]
    locked: list[str]
    bare: list[Place]


class _Part(NamedTuple):
    """The marks of one sheet, and how its cells look without; borders of culprits only."""

    sheet: xw.Sheet
    marks: dict[Place, Mark]
    fills: dict[Place, Fill]
    borders: dict[Place, str]


def mark(book: xw.Book, checked: Checked, catalogue: Catalogue, progress: Progress) -> Marked:
    """Mark `book`, which must carry no marks. Raises JuesuanError when no sheet can be added to it.

    What was there before is recorded first: should the program fail halfway, the marks come off all the same.
    """
    marks = marks_of(checked)
    locked = []
    with opened_structure(book) as open_:
        if not open_:
            raise JuesuanError("工作簿的结构有密码保护，不能加“核对结果”，没有标注。请撤销“保护工作簿”后再核对。")
        sheets = book.sheets
        results = sheets.add(before=sheets(1))
        results.name = NAME
        progress("正在标注……")
        with ExitStack() as unlocked:
            parts = []
            for name, places in _by_sheet(marks).items():
                sheet = sheets(name)
                if unlocked.enter_context(opened(sheet)):
                    parts.append(_part(sheet, {place: marks[place] for place in places}))
                else:
                    locked.append(name)
            record = {place: line for part in parts for place, line in _recording(part)}
            lines = lines_of(checked, catalogue)
            write_lines(results, lines, _ordered(record, lines))
            bare = [place for part in parts for place in _mark_part(part)]
    return Marked(marks, locked, bare)


def clear(book: xw.Book) -> int | None:
    """Take all marks off; how many there were, None when the workbook carries none.

    Raises JuesuanError for marks that no button made.
    """
    own = own_sheet(book)
    if own is None:
        return None
    with opened_structure(book) as open_:
        if not open_:
            raise JuesuanError("工作簿的结构有密码保护，不能删除“核对结果”。请撤销“保护工作簿”后再清除。")
        kept = recorded(own, own.used_range.last_cell.row)
        by_sheet: dict[str, list[tuple[str, Kept]]] = defaultdict(list)
        for item in kept:
            if item.at:
                by_sheet[item.at[0]].append((item.at[1], item))
        for name, cells in by_sheet.items():
            _unmark_sheet(book.sheets[name], cells)
        own.delete()
    return len(kept)


def marked_places(book: xw.Book) -> list[tuple[str, str]]:
    """Sheet and address of every marked cell, in the order of 核对结果; [] when there are none."""
    own = own_sheet(book)
    kept = recorded(own, own.used_range.last_cell.row) if own else []
    return list(dict.fromkeys(item.at for item in kept if item.at))


def _by_sheet(places: Iterable[Place]) -> dict[str, list[Place]]:
    sheets: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        sheets[place.sheet].append(place)
    return sheets


def _part(sheet: xw.Sheet, marks: dict[Place, Mark]) -> _Part:
    culprits = [place for place, item in marks.items() if item.culprit]
    return _Part(sheet, marks, fills_of(sheet, list(marks)), borders_of(sheet, culprits))


def _recording(part: _Part) -> Iterator[tuple[Place, tuple[str, str, str, str]]]:
    """The lines of the record."""
    for place, item in part.marks.items():
        yield place, record_line(place, COLOURS[item.kind], str(part.fills[place]), part.borders.get(place, ""))


def _mark_part(part: _Part) -> list[Place]:
    """Paint and annotate; returns the cells that take no note."""
    for kind in KINDS:
        alike = [place for place, item in part.marks.items() if item.kind == kind and part.fills[place].can_return]
        paint(part.sheet, alike, COLOURS[kind])
    frame(part.sheet, list(part.borders))
    return [place for place, item in part.marks.items() if not annotate(part.sheet.range(place.address), item.text)]


def _ordered(record: dict[Place, tuple[str, str, str, str]], lines: Lines) -> list[tuple[str, str, str, str]]:
    """The record in the order in which 核对结果 leads to the cells."""
    order = {place: number for number, place in enumerate(lines.walk)}
    return [record[place] for place in sorted(record, key=lambda place: (order.get(place, len(order)), place))]


def _unmark_sheet(sheet: xw.Sheet, cells: Sequence[tuple[str, Kept]]) -> None:
    """What somebody has painted meanwhile stays."""
    with opened(sheet) as unlocked:
        if not unlocked:
            raise JuesuanError(f"工作表“{sheet.name}”后来加了密码，标记去不掉。请撤销工作表保护后再清除。")
        take_off(sheet)
        looks: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for address, kept in cells:
            looks[kept.shade, kept.before].append(_place(address))
            if kept.border:
                unframe(sheet.range(address), kept.border)
        for (shade, before), places in looks.items():
            ours = {place for place, fill in fills_of(sheet, places).items() if fill.shows(shade)}
            put_back(sheet, [place for place in places if place in ours], fill_from(before))


def _place(address: str) -> Place:
    letters = address.rstrip("0123456789")
    return Place("", int(address[len(letters) :]) - 1, column_number(letters))
