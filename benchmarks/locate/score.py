"""What was reported beside what is true: was the slip named, and what should have stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juesuan.book import Book, Key
from juesuan.locate.answer import Gap, Suspect
from juesuan.locate.judgement import Joint
from locate.slips import Slip

FEW = 3


class Score(NamedTuple):
    """How one slip fared. `named`: first choice; `among_few`: one of the first three; `in_set`: reported at all.

    `exact`: the value suggested for every cell is the true one, None for a row left out, whose cells are not there;
    `within`: the true values lie in the intervals.
    """

    kind: str
    named: bool
    among_few: bool
    in_set: bool
    exact: bool | None
    within: bool


def scored(slip: Slip, joint: Joint, book: Book) -> Score:
    """`book` is the one without the slip."""
    if slip.lost:
        return _scored_row(slip, joint, book)
    true = {key: book.cells[key].fen or 0 for key in slip.printed}
    reported: dict[Key, Suspect] = {}
    for suspect in _suspects(joint, None):
        reported.setdefault(suspect.cell.key, suspect)
    in_set = reported.keys() >= true.keys()
    return Score(
        slip.kind,
        named=true.keys() <= {suspect.cell.key for suspect in _suspects(joint, 1)},
        among_few=true.keys() <= {suspect.cell.key for suspect in _suspects(joint, FEW)},
        in_set=in_set,
        exact=in_set and all(reported[key].suggested == fen for key, fen in true.items()),
        within=in_set and all(_between(fen, reported[key].interval) for key, fen in true.items()),
    )


def _scored_row(slip: Slip, joint: Joint, book: Book) -> Score:
    """A left-out row is named by its table and the row above it, and by its code if one is said."""
    assert slip.lost is not None
    table, code = slip.lost
    fields = [field.id for field in book.sheets[table].table.fields]
    true = {field: book.cells[table, code, field].fen or 0 for field in fields}
    gaps = {limit: [gap for gap in _gaps(joint) if _is_gap_of(gap, table, code, limit)] for limit in (1, FEW, None)}
    found = next(iter(gaps[None]), None)
    return Score(
        slip.kind,
        named=bool(gaps[1]),
        among_few=bool(gaps[FEW]),
        in_set=found is not None,
        exact=None,
        within=found is not None
        and all(_between(fen, found.intervals.get(field, (0, 0))) for field, fen in true.items()),
    )


def wholly_right(slips: Iterable[Slip], joint: Joint) -> bool:
    """Whether the first choices are all the cells and rows that are wrong, and no others."""
    mistakes = list(slips)
    cells = {key for slip in mistakes for key in slip.printed}
    lost = [slip.lost for slip in mistakes if slip.lost]
    found = {suspect.cell.key for suspect in _suspects(joint, 1) if suspect.suggested != (suspect.cell.fen or 0)}
    gaps = list(_gaps(joint))
    rows_found = all(any(_is_gap_of(gap, *row, 1) for gap in gaps) for row in lost)
    return cells == found and rows_found and len(gaps) == len(lost)


def looked_at(joint: Joint) -> int:
    """Cells a clerk has to look at: every suspect and every alternative once; a row that may be missing is one."""
    return len({suspect.cell.key for suspect in _suspects(joint, None)}) + sum(
        max(1, len(gap.codes)) for gap in _gaps(joint)
    )


def _suspects(joint: Joint, limit: int | None) -> Iterator[Suspect]:
    """Suspects of the first choices of every culprit, `limit` choices of each.

    Where a row is missing, the cells of the row above it stand for the place and are not accused.
    """
    for culprit in joint.culprits:
        for choice in (culprit.suspects, *culprit.alternatives)[:limit]:
            yield from (suspect for suspect in choice if suspect.suggested is not None or not culprit.gaps)


def _gaps(joint: Joint) -> Iterator[Gap]:
    for culprit in joint.culprits:
        yield from culprit.gaps


def _is_gap_of(gap: Gap, table: str, code: str, limit: int | None) -> bool:
    """Whether the row is said to be missing there, its code among the first `limit`, or none said."""
    return (gap.table, gap.parent) == (table, code[:5]) and (not gap.codes or code in gap.codes[:limit])


def _between(fen: int, ends: tuple[int | None, int | None]) -> bool:
    low, high = ends
    return (low is None or low <= fen) and (high is None or fen <= high)
