"""Mark the open workbook in place, and take the marks off again: fills, notes and borders as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple, TypeVar

import xlwings as xw

from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.live.annotations import annotate, take_off
from juesuan.live.borders import borders_of, frame, unframe
from juesuan.live.fills import fills_of, paint, put_back
from juesuan.live.merging import shown_at
from juesuan.live.own_sheet import own_sheet
from juesuan.live.protection import opened, opened_structure
from juesuan.live.results import Lines, lines_of, write_lines
from juesuan.marking.live_record import Border, Fill, Kept, record_line
from juesuan.marks import COLOURS, Mark, marks_of, shown_marks
from juesuan.place import Place
from juesuan.reading.own_sheet import NAME
from juesuan.rules import Catalogue

Progress = Callable[[str], None]
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Marked(NamedTuple):
    """How it went: `locked` are the sheets with a password, left as they are; `bare` the cells that take no note."""

    marks: dict[Place, Mark]
    locked: list[str]
    bare: list[Place]


class _Part(NamedTuple):
    """The marks of one sheet by the cells they show in, and how these look without.

    `shown`: where the cells show that merging covers.
    """

    sheet: xw.Sheet
    marks: dict[Place, Mark]
    shown: dict[Place, Place]
    fills: dict[Place, Fill]
    borders: dict[Place, Border]


def mark(book: xw.Book, checked: Checked, catalogue: Catalogue, progress: Progress) -> Marked:
    """Mark `book`, which must carry no marks. Raises JuesuanError when no sheet can be added to it.

    What was there before is recorded first: should the program fail halfway, the marks come off all the same.
    """
    locked = []
    with opened_structure(book) as open_:
        if not open_:
            raise JuesuanError("工作簿的结构有密码保护，不能加“核对结果”，没有标注。请撤销“保护工作簿”后再核对。")
        sheets = book.sheets
        progress("正在标注……")
        with ExitStack() as unlocked:
            parts = []
            for name, marks in _by_sheet(marks_of(checked)).items():
                sheet = sheets(name)
                if unlocked.enter_context(opened(sheet)):
                    parts.append(_part(sheet, marks))
                else:
                    locked.append(name)
            lines = lines_of(checked, catalogue)
            _add_results(book, lines, _recording(parts, lines.walk))
            bare = [place for part in parts for place in _mark_part(part)]
    return Marked({place: item for part in parts for place, item in part.marks.items()}, locked, bare)


def clear(book: xw.Book) -> int | None:
    """Take all marks off; how many cells had one, None when the workbook carries none.

    Raises JuesuanError for marks that no button made.
    """
    own = own_sheet(book)
    if own is None:
        return None
    with opened_structure(book) as open_:
        if not open_:
            raise JuesuanError("工作簿的结构有密码保护，不能删除“核对结果”。请撤销“保护工作簿”后再清除。")
        cells = {item.at: item for item in own.kept if item.at}
        for name, kept in _by_sheet(cells).items():
            _unmark_sheet(book.sheets[name], kept)
        own.sheet.delete()
    return len(cells)


def marked_places(book: xw.Book) -> list[Place]:
    """Every marked cell, in the order of 核对结果; [] when there are none."""
    own = own_sheet(book)
    return list(dict.fromkeys(item.at for item in own.kept if item.at)) if own else []


def _by_sheet(items: Mapping[Place, T]) -> dict[str, dict[Place, T]]:
    sheets: dict[str, dict[Place, T]] = defaultdict(dict)
    for place, item in items.items():
        sheets[place.sheet][place] = item
    return sheets


def _part(sheet: xw.Sheet, marks: dict[Place, Mark]) -> _Part:
    shown = shown_at(sheet, list(marks))
    seen = shown_marks(marks, shown)
    return _Part(sheet, seen, shown, fills_of(sheet, list(seen)), borders_of(sheet, list(seen)))


def _recording(parts: Sequence[_Part], walk: Sequence[Place]) -> list[tuple[str, ...]]:
    """The lines of the record, in the order in which 核对结果 leads to the cells."""
    shown = {place: at for part in parts for place, at in part.shown.items()}
    order = {shown.get(place, place): number for number, place in reversed([*enumerate(walk)])}
    lines = {
        place: record_line(place, COLOURS[item.kind], part.fills[place], part.borders[place])
        for part in parts
        for place, item in part.marks.items()
    }
    return [lines[place] for place in sorted(lines, key=lambda place: (order.get(place, len(order)), place))]


def _add_results(book: xw.Book, lines: Lines, record: Sequence[tuple[str, ...]]) -> None:
    """Put 核对结果 first; nothing is left of it if it cannot be written."""
    results = book.sheets.add(before=book.sheets(1))
    try:
        results.name = NAME
        write_lines(results, lines, record)
    except BaseException:
        results.delete()
        raise


def _mark_part(part: _Part) -> Iterator[Place]:
    """Paint, frame and annotate; yields the cells that take no note."""
    for colour, places in _alike(part.marks, lambda mark: COLOURS[mark.kind]).items():
        paint(part.sheet, [place for place in places if part.fills[place].can_return], colour)
    for line, places in _alike(part.marks, lambda mark: mark.line).items():
        frame(part.sheet, places, line)
    for place, item in part.marks.items():
        if not annotate(part.sheet.range(place.address), item.text):
            yield place


def _alike(marks: Mapping[Place, T], look: Callable[[T], K]) -> dict[K, list[Place]]:
    """The cells by how they are to look."""
    alike: dict[K, list[Place]] = defaultdict(list)
    for place, mark in marks.items():
        alike[look(mark)].append(place)
    return alike


def _unmark_sheet(sheet: xw.Sheet, cells: Mapping[Place, Kept]) -> None:
    """What somebody has painted meanwhile stays."""
    with opened(sheet) as unlocked:
        if not unlocked:
            raise JuesuanError(f"工作表“{sheet.name}”后来加了密码，标记去不掉。请撤销工作表保护后再清除。")
        take_off(sheet)
        for before, places in _alike(cells, lambda kept: kept.border).items():
            unframe(sheet, places, before)
        for (shade, fill), places in _alike(cells, lambda kept: (kept.shade, kept.before)).items():
            now = fills_of(sheet, places)
            put_back(sheet, [place for place in places if now[place].shows(shade)], fill)
