"""The tables of a PDF with ruled lines, of a Word or a Markdown file, cell by cell, so that a blank one is known to be.

A text prints amounts one behind the other; where zeros are left blank only the cells tell the columns apart.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from juesuan.given import decoded
from juesuan.proofread.text_layer import PAGE_NUMBER, opened_pdf, page_text, running_head
from juesuan.proofread.word_layer import cell_text, opened_word, word_blocks, word_rows, word_text

Area = tuple[int, int, int, int]
"""First and last row, first and last column, counted from 0; the last ones included."""

ABOVE = 4
"""So many lines above a table may speak of it."""

_CODE = "科目编码"
_TOTAL = ["类", "款", "项", "合计"]
_NEAR = 1.0
_RULE = re.compile(r"[\s|:-]*-{3,}[\s|:-]*")


class CellTable(NamedTuple):
    """`above`: the lines above it; `areas`: those of its cells that are one."""

    above: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    areas: tuple[Area, ...] = ()


def tables_in(data: bytes, name: str) -> Iterator[CellTable]:
    """The tables of a file, in its order; one that a page break cuts is one. Raises UnreadableBook."""
    match os.path.splitext(name)[1].lower():
        case ".pdf":
            yield from _joined(_of_pdf(data, name))
        case ".docx":
            yield from _of_word(data, name)
        case ".md":
            yield from _of_markdown(decoded(data, name))


def _of_pdf(data: bytes, name: str) -> Iterator[CellTable]:
    with opened_pdf(data, name) as pdf:
        head = running_head([page_text(page).splitlines() for page in pdf.pages])
        for page in pdf.pages:
            top = page.bbox[1]
            for table in page.find_tables():
                _, first, _, last = table.bbox
                lines: list[str] = []
                if first - top > _NEAR:
                    lines = page_text(page.within_bbox((page.bbox[0], top, page.bbox[2], first))).splitlines()
                above = tuple(
                    line for line in lines if line.strip() not in ("", head) and not PAGE_NUMBER.fullmatch(line)
                )
                rows = tuple(tuple("".join((text or "").split()) for text in row) for row in table.extract())
                yield _tidied(CellTable(above[-ABOVE:], rows, tuple(_areas(table.cells))))
                top = max(top, last)


def _areas(cells: Sequence[tuple[float, float, float, float]]) -> Iterator[Area]:
    """Of the rectangles drawn on a page those that go over several rows or columns of the table."""
    lefts, tops = (sorted({cell[side] for cell in cells}) for side in (0, 1))
    for left, top, right, bottom in cells:
        row, column = tops.index(top), lefts.index(left)
        last_row = sum(other < bottom - _NEAR for other in tops) - 1
        last_column = sum(other < right - _NEAR for other in lefts) - 1
        if (last_row, last_column) != (row, column):
            yield row, last_row, column, last_column


def _tidied(table: CellTable) -> CellTable:
    """As the form means it: a caption drawn as the first row stands above the table, a heading that a rule cuts in two
    is one, 合计 has a row of its own, and no row is blank."""
    width, areas = len(table.rows[0]), set(table.areas)
    if (0, 0, 0, width - 1) in areas and len(table.rows) > 1:
        rest = tuple((first - 1, last - 1, left, right) for first, last, left, right in table.areas if first)
        return _tidied(CellTable((*table.above, table.rows[0][0]), table.rows[1:], rest))
    rows = [list(row) for row in table.rows]
    for row, (upper, lower) in enumerate(pairwise(rows)):
        for column, text in enumerate(upper):
            if text.endswith("分类") and lower[column] == _CODE:
                upper[column], lower[column] = text + _CODE, ""
                cut = [area for area in areas if area[0] in (row, row + 1) and area[2] == column]
                areas = areas.difference(cut) | {(row, row + 1, column, max(area[3] for area in cut))} if cut else areas
    shared = next((row for row, texts in enumerate(rows) if texts[: len(_TOTAL)] == _TOTAL), None)
    if shared is not None:
        rows[shared : shared + 1] = [
            _TOTAL[:-1] + [""] * (width - 3),
            ["合计", "", "", "", *rows[shared][len(_TOTAL) :]],
        ]
        areas = {(a + (a > shared), b + (b > shared), left, right) for a, b, left, right in areas}
    return _without_blank_rows(table._replace(rows=tuple(map(tuple, rows)), areas=tuple(sorted(areas))))


def _without_blank_rows(table: CellTable) -> CellTable:
    kept = [row for row, texts in enumerate(table.rows) if any(texts)]
    areas = [
        (bisect_left(kept, first), bisect_right(kept, last) - 1, left, right)
        for first, last, left, right in table.areas
    ]
    return table._replace(
        rows=tuple(table.rows[row] for row in kept),
        areas=tuple(area for area in areas if area[0] <= area[1] and (area[0], area[2]) != (area[1], area[3])),
    )


def _joined(tables: Iterable[CellTable]) -> Iterator[CellTable]:
    """A table with nothing above it goes on from the one before, if it has as many columns."""
    whole: CellTable | None = None
    for table in tables:
        if not table.rows:
            continue
        if whole and not table.above and len(table.rows[0]) == len(whole.rows[0]):
            down = len(whole.rows)
            areas = ((first + down, last + down, left, right) for first, last, left, right in table.areas)
            whole = whole._replace(rows=whole.rows + table.rows, areas=(*whole.areas, *areas))
            continue
        if whole:
            yield whole
        whole = table
    if whole:
        yield whole


def _of_word(data: bytes, name: str) -> Iterator[CellTable]:
    from docx.text.paragraph import Paragraph

    above: list[str] = []
    for block in word_blocks(opened_word(data, name)):
        if isinstance(block, Paragraph):
            above += [text] if (text := word_text(block)).strip() else []
            continue
        cells = word_rows(block)
        rows = tuple(
            tuple("".join(cell_text(cell).split()) if _is_first(cells, r, c) else "" for c, cell in enumerate(row))
            for r, row in enumerate(cells)
        )
        yield CellTable(tuple(above[-ABOVE:]), rows, tuple(_shared(cells)))
        above = []


def _is_first(cells: Sequence[Sequence[Any]], row: int, column: int) -> bool:
    """Whether a cell of Word, which stands at every place it covers, begins here."""
    here = cells[row][column]
    beside = column > 0 and cells[row][column - 1] is here
    return not beside and not (row > 0 and column < len(cells[row - 1]) and cells[row - 1][column] is here)


def _shared(cells: Sequence[Sequence[Any]]) -> Iterator[Area]:
    for row, line in enumerate(cells):
        for column, here in enumerate(line):
            if _is_first(cells, row, column):
                right = max(c for c, other in enumerate(line) if other is here)
                down = max(r for r, other in enumerate(cells) if column < len(other) and other[column] is here)
                if (down, right) != (row, column):
                    yield row, down, column, right


def _of_markdown(text: str) -> Iterator[CellTable]:
    above: list[str] = []
    for is_table, group in groupby(text.splitlines(), key=lambda line: line.lstrip().startswith("|")):
        texts = [line.strip() for line in group]
        if not is_table:
            above = [text.lstrip("#").replace("*", "").strip() for text in texts if text]
            continue
        rows = [[cell.strip() for cell in text.strip("|").split("|")] for text in texts if not _RULE.fullmatch(text)]
        width = max(map(len, rows), default=0)
        if rows:
            yield CellTable(
                tuple(above[-ABOVE:]), tuple((*row, *[""] * (width - len(row))) for row in map(tuple, rows))
            )
        above = []
