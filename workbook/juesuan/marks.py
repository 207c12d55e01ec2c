"""What is to be marked in a checked book: which cells, how gravely, and what the note on each says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from juesuan.book import Book, Place
from juesuan.check import Checked
from juesuan.rules import CellNote, Finding
from juesuan.wording import amount

Kind = Literal["error", "warning", "tail"]
KINDS: tuple[Kind, ...] = ("error", "warning", "tail")
COLOURS: dict[Kind, str] = {"error": "FFC7CE", "warning": "FFEB9C", "tail": "DDEBF7"}
NAMES: dict[Kind, str] = {"error": "错误", "warning": "核实", "tail": "尾差"}


class Mark(NamedTuple):
    """The gravest that was found about a cell, and all that is to be said of it, gravest first."""

    kind: Kind
    messages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.messages)


def kind_of(finding: Finding) -> Kind | None:
    """How a finding is marked; what is only to be noted is not."""
    if finding.status == "tail":
        return "tail"
    return None if finding.level == "info" else finding.level


def marks_of(checked: Checked) -> dict[Place, Mark]:
    """The mark of every cell that a finding is about, in the order of the workbook."""
    said: dict[Place, dict[Kind, dict[str, None]]] = defaultdict(lambda: {kind: {} for kind in KINDS})
    for finding in checked.findings:
        for place, kind, message in _notes(finding, checked.book):
            said[place][kind][message] = None
    marks = {}
    for place, kinds in sorted(said.items()):
        messages = tuple(f"【{NAMES[kind]}】{message}" for kind in KINDS for message in kinds[kind])
        marks[place] = Mark(next(kind for kind in KINDS if kinds[kind]), messages)
    return marks


def _notes(finding: Finding, book: Book) -> Iterator[tuple[Place, Kind, str]]:
    kind = kind_of(finding)
    if kind == "tail":
        yield from ((cell.place, kind, tail_text(cell, book)) for cell in finding.cells)
    elif kind and finding.place:
        yield finding.place, kind, finding.message


def tail_text(cell: CellNote, book: Book) -> str:
    """What is said of one 尾差."""
    now, should = amount(cell.actual, book), amount(cell.expected, book)
    return f"现为 {now}，按各数相加为 {should}（{cell.rule}）；四舍五入造成，不是差错，不用改。"
