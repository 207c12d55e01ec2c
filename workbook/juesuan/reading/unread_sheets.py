"""Worksheets none of whose tables is read: what they are called, and which table they may hold after all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from juesuan.model import Table
from juesuan.reading.around import LONGEST_HEADING
from juesuan.reading.code_rows import CODE_HEADINGS
from juesuan.reading.found import numbers
from juesuan.reading.grid import Grid, unnumbered
from juesuan.reading.titles import bare_title
from juesuan.record import NamedTuple

_HEAD = 8
"""Rows from the top of a sheet in which its title stands."""

_SUBTOTALS = ("小计", "合计")
_ENOUGH = 3


class Unread(NamedTuple):
    """A worksheet that looks like a table; `title` is '' where none is printed."""

    grid: Grid
    title: str

    @property
    def said(self) -> str:
        """“附表”的《机关运行经费表》（A1:C9）."""
        grid = self.grid
        first, last = grid.place(grid.top, grid.left), grid.place(grid.bottom - 1, grid.right - 1)
        return f"“{grid.name}”的《{self.title}》（{first.address}:{last.address}）"


def printed_title(grid: Grid) -> str:
    """The first text on top that is a table's title, other than a number as “公开03表” is; '' without one."""
    texts = (text for _, _, text in grid.texts(grid.top, grid.top + _HEAD) if len(text) <= LONGEST_HEADING)
    bare = (bare_title(text) for text in texts)
    return next((title for title in bare if title.endswith("表") and len(title) > 2 and not _is_label(title)), "")


def _is_label(title: str) -> bool:
    return any(char.isdigit() for char in title) or title.endswith("报表")


def unread_sheets(grids: Iterable[Grid], read: Collection[str]) -> list[Unread]:
    """Of the sheets that are not read, those with a title and figures, and those with headings as our tables have."""
    found = []
    for grid in grids:
        if grid.name in read:
            continue
        title = printed_title(grid)
        columns = range(grid.left, grid.right)
        if (
            any(numbers(grid, row, columns) for row in range(grid.top, grid.bottom))
            if title
            else any(text in ("行次", "栏次") or text.endswith(CODE_HEADINGS) for text in grid.all_texts)
        ):
            found.append(Unread(grid, title))
    return found


def left_out(sheets: Sequence[Unread], oversized: Iterable[str]) -> Iterator[str]:
    """In words, the worksheets that were not checked; `oversized` those whose area is too large."""
    if titled := [sheet.said for sheet in sheets if sheet.title]:
        yield f"工作表{'、'.join(titled)}不在这个版式里，没有核对"
    yield from (f"工作表“{sheet.grid.name}”有表头而没有认得的表名，没有核对" for sheet in sheets if not sheet.title)
    yield from (f"工作表“{name}”区域过大，没有读" for name in oversized)


def may_hold(sheet: Unread, table: Table) -> bool:
    """Whether the table may be on that sheet: there is no title, or headings and names of the table are there."""
    if not sheet.title:
        return True
    names = {path[-1] for field in table.all_fields for path in (field.header, *field.aliases)}
    names |= {name for line, _ in table.all_lines for name in line.names} - {""}
    known = {unnumbered(name) for name in names} - set(_SUBTOTALS)
    here = {unnumbered(text) for text in sheet.grid.all_texts}
    return len(known & here) >= min(_ENOUGH, len(known))
