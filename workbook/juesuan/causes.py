"""Group findings that share a cause, before anything is solved: one wrong figure breaks a dozen relations.

A wrong figure breaks nearly all relations it takes part in, an innocent one only those it shares with it. So
the figure with the most broken and the fewest kept relations is taken first, then again among the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from juesuan.book import Place
from juesuan.bounds import Outcome
from juesuan.rules import Finding


def grouped_by_cause(findings: Iterable[Finding], outcomes: Iterable[Outcome]) -> list[Finding]:
    """The same findings with `group` numbered from 0; findings that stand alone keep None."""
    found = list(findings)
    broken: dict[int, frozenset[Place]] = {
        index: frozenset(cell.place for cell in item.cells)
        for index, item in enumerate(found)
        if item.expected is not None and item.status == "fail"
    }
    kept = Counter(
        cell.place
        for outcome in outcomes
        if outcome.verdict == "passed" and (outcome.relation.target.fen or outcome.expected)
        for cell in outcome.relation.cells
    )
    groups: dict[int, int] = {}
    heads: list[Place] = []
    while broken:
        counts = Counter(place for places in broken.values() for place in places)
        head = max(counts, key=lambda place: (counts[place] - kept[place], counts[place], place.row, place.sheet))
        for index in [index for index, places in broken.items() if head in places]:
            groups[index] = len(heads)
            del broken[index]
        heads.append(head)
    _join_labels(found, groups, heads)
    sizes = Counter(groups.values())
    shared = {group: number for number, group in enumerate(group for group in range(len(heads)) if sizes[group] > 1)}
    return [
        item._replace(group=shared.get(groups[index])) if index in groups else item for index, item in enumerate(found)
    ]


def _join_labels(found: list[Finding], groups: dict[int, int], heads: list[Place]) -> None:
    """A finding about a row's label or writing belongs to the cause that lies in the same row."""
    rows = defaultdict(list)
    for group, head in enumerate(heads):
        rows[head.sheet, head.row].append(group)
    for index, item in enumerate(found):
        if index in groups or item.status != "fail":
            continue
        for cell in item.cells:
            if near := rows.get((cell.place.sheet, cell.place.row)):
                groups[index] = near[0]
                break
