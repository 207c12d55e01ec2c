"""Which edition a workbook is of: by how many of its titles and labels are those of each edition."""

from __future__ import annotations

from collections.abc import Iterable

from juesuan.book import most_common
from juesuan.edition import Head, heads
from juesuan.errors import UnreadableBook
from juesuan.reading.around import TEMPLATE, facts, year_in
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import spelled, unnumbered
from juesuan.reading.titles import bare_title
from juesuan.record import NamedTuple

FAMILIAR = 0.8
"""The part of a workbook's known titles and labels that an edition must have, to be sure of it."""


class Recognised(NamedTuple):
    """`doubt` says in one sentence why it may be another edition; '' where it fits."""

    edition: str
    doubt: str = ""


def recognise_edition(file: WorkbookFile) -> Recognised:
    """The shipped edition nearest to the workbook. Raises UnreadableBook when nothing in it is known to any.

    A workbook of our own template says itself what it is. Of editions equally near the first one is taken.
    """
    known = {head.id: head for head in heads()}
    if (said := facts(file.grids).get(TEMPLATE, "")) in known:
        return Recognised(said)
    marks = {name: frozenset(map(unnumbered, head.marks)) for name, head in known.items()}
    here = _known_texts(file, frozenset().union(*marks.values()))
    if not here:
        raise UnreadableBook(
            f"“{file.path}”里没有认出任何一张决算公开表。请确认文件是否正确、表名和表头是否保持公开格式的文字。"
        )
    best = max(known.values(), key=lambda head: len(here & marks[head.id]) / len(here | marks[head.id]))
    foreign = sorted(here - marks[best.id])
    reasons = []
    if len(foreign) > len(here) * (1 - FAMILIAR):
        reasons.append(f"它没有{'、'.join(f'“{text}”' for text in foreign[:3])}")
    if (year := _year(file)) and not best.since <= year <= best.until:
        reasons.append(f"它不是 {year} 年度用的")
    return Recognised(best.id, _doubt(best, reasons) if reasons else "")


def _doubt(head: Head, reasons: Iterable[str]) -> str:
    return f"版式没有认准：最接近的是《{head.title}》，但{'，'.join(reasons)}；版式不同的地方不判错"


def _year(file: WorkbookFile) -> int | None:
    """The year that most worksheets name."""
    said = (year_in(text) for grid in file.grids for text in grid.all_texts if "年度" in text)
    year = most_common(sorted(filter(None, said)))
    return int(year) if year else None


def _known_texts(file: WorkbookFile, marks: frozenset[str]) -> frozenset[str]:
    """The marks that stand in the workbook, titles with whatever is printed before and behind them."""
    found: set[str] = set()
    for grid in file.grids:
        texts = grid.all_texts
        found |= marks & set(map(unnumbered, texts))
        found |= marks & {bare_title(text) for text in texts if "表" in text}
        found |= marks & {spelled(grid.name)}
    return frozenset(found)
