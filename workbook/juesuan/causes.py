"""Group findings that share a cause: one wrong figure breaks a dozen relations.

The culprits that were named come first. What they leave unexplained is grouped by a rule of thumb: a wrong figure
breaks nearly all relations it takes part in, an innocent one only those it shares with it. So the figure with the
most broken relations and the fewest kept equations is taken first, then again among the rest; errors choose before
warnings, which decide where errors cannot. What is found in one row of a table, figure or label, counts as one cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from juesuan.bounds import Outcome
from juesuan.place import Place
from juesuan.rules import CellNote, Finding, Level

if TYPE_CHECKING:
    from juesuan.locate.answer import Culprit

LEVELS: tuple[Level, ...] = ("error", "warning", "info")

Row = tuple[str, str | None]
"""Table and row key."""


def grouped_by_cause(
    findings: Iterable[Finding], outcomes: Iterable[Outcome], culprits: Sequence[Culprit] = ()
) -> list[Finding]:
    """The same findings with `group` numbered from 0, the culprits first; findings that stand alone keep None."""
    found = list(findings)
    fresh = count(len(culprits))
    groups = _about_culprits(found, culprits)
    groups |= {index: item.group for index, item in enumerate(found) if item.group is not None}
    left = {index: item for index, item in enumerate(found) if index not in groups}
    causes: dict[Row, int] = {}
    groups |= _figures(left, outcomes, causes, fresh)
    groups |= _labels(left, causes, fresh)
    sizes = Counter(groups.values())
    others = sorted(group for group in sizes if sizes[group] > 1 and group >= len(culprits))
    shared = {group: number for number, group in enumerate((*range(len(culprits)), *others))}
    return [
        item._replace(group=shared.get(groups[index])) if index in groups else item for index, item in enumerate(found)
    ]


def _about_culprits(found: Sequence[Finding], culprits: Sequence[Culprit]) -> dict[int, int]:
    """What is said of the very figure a culprit is, or of the code of a row it says is missing, goes with it."""
    places = {suspect.cell.place: number for number, culprit in enumerate(culprits) for suspect in culprit.suspects}
    codes = {code: number for number, culprit in enumerate(culprits) for gap in culprit.gaps for code in gap.codes[:1]}
    groups = {}
    for index, item in enumerate(found):
        match item.cells:
            case [CellNote(place=place, field=str())] if item.place == place and place in places:
                groups[index] = places[place]
            case [CellNote(row=row, field=None), *_] if row in codes and item.rule.startswith("CODE"):
                groups[index] = codes[row]
    return groups


def _figures(
    found: Mapping[int, Finding], outcomes: Iterable[Outcome], causes: dict[Row, int], fresh: Iterator[int]
) -> dict[int, int]:
    """Groups of the findings about figures, each under the figure most suspect; their rows are added to `causes`."""
    places: dict[int, dict[Place, Row]] = {
        index: {cell.place: (cell.table, cell.row) for cell in item.cells}
        for index, item in found.items()
        if item.status != "tail" and item.cells and all(cell.field for cell in item.cells)
    }
    if not places:
        return {}
    suspects = {place for cells in places.values() for place in cells}
    kept = _kept(outcomes, suspects) if len(suspects) > 1 else Counter[Place]()
    kept.subtract(place for index, cells in places.items() if found[index].expected is None for place in cells)
    heads: dict[Place, int] = {}
    for order, level in enumerate(LEVELS):
        broken = [cells for index, cells in places.items() if found[index].level == level]
        lesser = Counter(
            place for index, cells in places.items() if found[index].level in LEVELS[order + 1 :] for place in cells
        )
        for head, row in _most_suspect([cells for cells in broken if heads.keys().isdisjoint(cells)], kept, lesser):
            heads[head] = causes[row] if row in causes else causes.setdefault(row, next(fresh))
    turns = {head: turn for turn, head in enumerate(heads)}
    return {index: heads[min(heads.keys() & cells, key=turns.__getitem__)] for index, cells in places.items()}


def _most_suspect(
    broken: Sequence[Mapping[Place, Row]], kept: Mapping[Place, int], lesser: Mapping[Place, int]
) -> Iterator[tuple[Place, Row]]:
    """Figures, and their rows, that share in all that is broken: each the most suspect of what the last ones left."""
    standing: dict[Place, list[int]] = {}
    for number, cells in enumerate(broken):
        for place in cells:
            standing.setdefault(place, []).append(number)
    counts = {place: len(numbers) for place, numbers in standing.items()}
    ranked = sorted(counts, key=lambda place: (lesser[place], place.row, place.sheet), reverse=True)

    def merit(rank: int) -> tuple[int, int, int]:
        place = ranked[rank]
        return kept[place] - counts[place], -counts[place], rank

    merits = [merit(rank) for rank in range(len(ranked))]
    heapify(merits)
    left = set(range(len(broken)))
    while left:
        claimed = heappop(merits)
        head = ranked[claimed[-1]]
        if not counts[head]:
            continue
        if claimed != merit(claimed[-1]):
            heappush(merits, merit(claimed[-1]))
            continue
        explained = [number for number in standing[head] if number in left]
        yield head, broken[explained[0]][head]
        left.difference_update(explained)
        for number in explained:
            for place in broken[number]:
                counts[place] -= 1


def _kept(outcomes: Iterable[Outcome], suspects: Collection[Place]) -> Counter[Place]:
    """How many equations that hold, and not between nothing but zeros, each figure takes part in."""
    kept = Counter[Place]()
    for (rule, target, terms, _), verdict, expected, _ in outcomes:
        if verdict == "passed" and (target.fen or expected) and rule.kind == "equation":
            if target.place in suspects:
                kept[target.place] += 1
            for _, cell in terms:
                if cell.place in suspects:
                    kept[cell.place] += 1
    return kept


def _labels(found: Mapping[int, Finding], causes: dict[Row, int], fresh: Iterator[int]) -> dict[int, int]:
    """Groups of the findings about rows' labels: with a wrong figure in the row, else with each other.

    Errors about codes of one branch belong together whatever their tables: a row lost in one is missed in another.
    """
    groups = {}
    branches: dict[str, int] = {}
    for index, item in found.items():
        rows: list[Row] = [(cell.table, cell.row) for cell in item.cells if cell.row and not cell.field]
        if not rows or item.status != "fail":
            continue
        codes = [row for _, row in rows if row and row.isdigit()] if item.level == "error" else []
        known = [causes[row] for row in rows if row in causes]
        akin = [branches[other] for code in codes for other in branches if _one_branch(code, other)]
        group = (known + akin)[0] if known or akin else next(fresh)
        groups[index] = group
        causes |= {row: causes.get(row, group) for row in rows}
        branches |= {code: branches.get(code, group) for code in codes}
    return groups


def _one_branch(code: str, other: str) -> bool:
    return code.startswith(other) or other.startswith(code)
