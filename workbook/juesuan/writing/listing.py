"""A sheet of ours that lists things: a title, sentences, and sections of lines below headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from juesuan.marking.result_looks import Looks
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.patch import STYLES, WORKBOOK, Patch
from juesuan.ooxml.styles_xml import Styles
from juesuan.ooxml.text_size import text_lines
from juesuan.ooxml.workbook_xml import with_sheet_last

_LINE = 13.5
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class Listing:
    """`widths`: of its columns, in characters."""

    def __init__(self, looks: Looks, widths: Sequence[float]) -> None:
        self.looks = looks
        self.sheet = NewSheet(widths)
        self._widths = widths

    def title(self, text: str) -> None:
        self._across(text, self.looks.title, 30)

    def sentence(self, text: str) -> None:
        self._across(text, self.looks.plain, 18)

    def section(self, title: str, count: int, *headings: str) -> None:
        """The title says how many lines are to come; where there are none, there are no headings."""
        self.heading(f"{title}（{f'{count} 条' if count else '没有'}）")
        if count:
            self.columns(*headings)

    def heading(self, text: str) -> None:
        self.sheet.row({}, 8)
        self._across(text, self.looks.head, 20)

    def columns(self, *names: str) -> None:
        self.sheet.row({column: NewCell(name, self.looks.heading) for column, name in enumerate(names, 1)}, 18)

    def line(self, cells: Mapping[int, NewCell]) -> None:
        """A row as high as its texts need."""
        lines = max(text_lines(cell.value, self._widths[column - 1]) for column, cell in cells.items())
        self.sheet.row(cells, _LINE * lines + 4)

    def _across(self, text: str, look: int, least: float) -> None:
        columns = range(1, len(self._widths) + 1)
        cells = {column: NewCell(text if column == 1 else "", look) for column in columns}
        lines = text_lines(text, sum(self._widths))
        self.sheet.row(cells, max(least, _LINE * lines + 4), ((1, len(self._widths)),))


def put_last(patch: Patch, name: str, marker: str, drawn: Callable[[Styles], bytes]) -> None:
    """A worksheet behind all others; `marker`: a name of the workbook that belongs to it alone."""
    styles = Styles(patch.read(STYLES))
    part = patch.free("xl/worksheets/sheet{}.xml")
    patch.add(part, drawn(styles), _WORKSHEET)
    patch.write(STYLES, styles.xml)
    relationship = patch.relate(WORKBOOK, part, "worksheet")
    patch.write(WORKBOOK, with_sheet_last(patch.read(WORKBOOK), name, relationship, {marker: "$A$1"}))
