"""说明 in a workbook that is balanced: what answered a finding goes on answering it, for the figures are new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from juesuan.answers import Question, answers_to, asked, matter, question
from juesuan.balance.balanced import Balanced
from juesuan.check import check
from juesuan.explanation import Explanation
from juesuan.money import Currency, to_text
from juesuan.ooxml.patch import Patch
from juesuan.ooxml.sheet_xml import Change, change_cells
from juesuan.reading.explanations import ABOUT, AMOUNT, EXPECTED, headings_of
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid
from juesuan.reading.notes import reworded
from juesuan.rules import Catalogue, Finding
from juesuan.writing.cell_change import number_change, text_change


class _Carried(NamedTuple):
    """A 说明, what it answered before, and the same question after with what is then said of it."""

    explanation: Explanation
    before: Question
    after: Question
    finding: Finding


def carry_explanations(patch: Patch, file: WorkbookFile, balanced: Balanced, catalogue: Catalogue) -> None:
    """Write the new amounts into the sheets 说明 and the notes; a 说明 that answers nothing any more stays as it is."""
    notes: dict[str, dict[tuple[int, int], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for each in _carried(balanced, catalogue):
        place = each.explanation.place
        if place is None:
            continue
        if each.explanation.source == "sheet":
            part = patch.package.sheet_parts[place.sheet]
            grid = next(grid for grid in file.explained if grid.name == place.sheet)
            changes = dict(_line(grid, place.row, each, balanced.after.currency))
            patch.write(part, change_cells(patch.read(part), changes))
        else:
            told = asked(each.before, balanced.before), asked(each.after, balanced.after)
            notes[place.sheet][place.row, place.column][told[0]] = told[1]
    for sheet, words in notes.items():
        for item in patch.related(patch.package.sheet_parts[sheet]):
            if item.kind == "comments":
                patch.write(item.target, reworded(patch.read(item.target), words))


def _carried(balanced: Balanced, catalogue: Catalogue) -> Iterator[_Carried]:
    before, after = balanced.before, balanced.after
    if not before.explanations:
        return
    asked_after = {
        question(item, after)[:4]: item for item in check(after, catalogue).findings if item.level == "warning"
    }
    for explanation, item in answers_to(check(before, catalogue).findings, before).items():
        now = question(item, before)
        if found := asked_after.get(now[:4]):
            yield _Carried(explanation, now, question(found, after), found)


def _line(grid: Grid, row: int, each: _Carried, currency: Currency) -> Iterator[tuple[tuple[int, int], Change]]:
    """The cells of its line that say what the figures are."""
    found = headings_of(grid)
    written = {name: column for name, column in found.columns.items() if grid.value(row, column) != ""} if found else {}
    for name, fen in ((AMOUNT, each.after.amount), (EXPECTED, each.after.expected)):
        if fen is not None and name in written:
            yield (row, written[name]), number_change(to_text(fen, currency), plain=True)
    if ABOUT in written:
        yield (row, written[ABOUT]), text_change(matter(each.finding.message))
