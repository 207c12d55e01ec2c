"""What is to be marked in a checked book: which cells, how gravely, and what the note on each says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeVar

from juesuan.answers import ASKED, Question, line_of, open_questions
from juesuan.book import Book
from juesuan.check import Checked
from juesuan.place import Place
from juesuan.rules import CellNote, Finding
from juesuan.wording import amount

Kind = Literal["error", "warning", "tail"]
KINDS: tuple[Kind, ...] = ("error", "warning", "tail")
COLOURS: dict[Kind, str] = {"error": "FFC7CE", "warning": "FFEB9C", "tail": "DDEBF7"}
LINES: dict[Kind, str] = {"error": "double", "warning": "mediumDashed", "tail": "dotted"}
"""What is drawn round a marked cell, by the names a file has for lines: printed in grey, colours look alike."""

CULPRIT = "thick"
"""What is drawn round a culprit."""

NAMES: dict[Kind, str] = {"error": "错误", "warning": "核实", "tail": "尾差"}
_HEADS: dict[Kind, str] = {kind: f"【{name}】" for kind, name in NAMES.items()}
"""What a message begins with."""


class Mark(NamedTuple):
    """The gravest that was found about a cell, and all that is to be said of it, gravest first.

    `culprit`: the cell itself is what is wrong, or one of the cells that are. `asked` is the line that names what may
    be explained below.
    """

    kind: Kind
    messages: tuple[str, ...]
    culprit: bool = False
    asked: str = ""

    @property
    def text(self) -> str:
        return "\n".join((self.asked, *self.messages) if self.asked else self.messages)

    @property
    def line(self) -> str:
        return CULPRIT if self.culprit else LINES[self.kind]

    def and_(self, other: Mark) -> Mark:
        """Both marks as one, where two cells are shown as one."""
        kind = min(self.kind, other.kind, key=KINDS.index)
        said = dict.fromkeys((*self.messages, *other.messages))
        messages = sorted(said, key=lambda text: [text.startswith(_HEADS[each]) for each in KINDS].index(True))
        asked = "；".join(filter(None, (self.asked, other.asked.removeprefix(ASKED if self.asked else ""))))
        return Mark(kind, tuple(messages), self.culprit or other.culprit, asked)


P = TypeVar("P")


def shown_marks(marks: Mapping[P, Mark], shown: Mapping[P, P]) -> dict[P, Mark]:
    """The marks by where they show: merged cells show in the first of them, which bears the marks of all."""
    seen: dict[P, Mark] = {}
    for place, mark in marks.items():
        at = shown.get(place, place)
        seen[at] = seen[at].and_(mark) if at in seen else mark
    return seen


def kind_of(finding: Finding) -> Kind | None:
    """How a finding is marked; what is only to be noted is not."""
    if finding.status == "tail":
        return "tail"
    return None if finding.level == "info" else finding.level


def marks_of(checked: Checked) -> dict[Place, Mark]:
    """The mark of every cell that a finding is about, in the order of the workbook."""
    said: dict[Place, dict[tuple[Kind, str], None]] = defaultdict(dict)
    culprits, others = list(_culprits(checked)), list(_alternatives(checked))
    doubted = {place for place, _, _ in (*culprits, *others)}
    for place, kind, message in (*culprits, *others, *_notes(checked)):
        if kind != "tail" or place not in doubted:
            said[place][kind, message] = None
    asked = _asked(checked)
    guilty = {place for place, _, _ in culprits}
    marks = {}
    for place, told in sorted(said.items()):
        gravest_first = sorted(told, key=lambda item: KINDS.index(item[0]))
        messages = tuple([f"{_HEADS[kind]}{message}" for kind, message in gravest_first])
        line = line_of(asked[place], checked.book) if place in asked else ""
        marks[place] = Mark(gravest_first[0][0], messages, place in guilty, line)
    return marks


def _asked(checked: Checked) -> dict[Place, list[Question]]:
    """What is still to be explained, by the cell it is asked at."""
    asked: dict[Place, list[Question]] = defaultdict(list)
    for each, finding in open_questions(checked.findings, checked.book):
        if finding.place:
            asked[finding.place].append(each)
    return asked


def _culprits(checked: Checked) -> Iterator[tuple[Place, Kind, str]]:
    """What is said at each cell of a culprit, as gravely as what it explains."""
    if not checked.culprits:
        return
    from juesuan.locate.sentences import culprit_sentence

    kinds: dict[int, Kind] = {}
    for finding in reversed(checked.findings):
        number, kind = checked.culprit_of(finding), kind_of(finding)
        if number is not None and kind:
            kinds[number] = kind
    for number, kind in sorted(kinds.items()):
        culprit = checked.culprits[number]
        for suspect in () if culprit.crowded else culprit.suspects:
            yield suspect.cell.place, kind, f"起因。{culprit_sentence(culprit, checked.book)}"
    for culprit in checked.untold:
        for suspect in culprit.suspects:
            yield suspect.cell.place, "error", f"起因。{culprit_sentence(culprit, checked.book)}"


def _alternatives(checked: Checked) -> Iterator[tuple[Place, Kind, str]]:
    """What is said at single cells that may be wrong instead of one, with what would have to change beside them."""
    for culprit in checked.culprits:
        first = culprit.suspects[0].cell.place
        for suspect, *beside in culprit.alternatives if len(culprit.suspects) == 1 and not culprit.crowded else ():
            if suspect.cell.place != first:
                book = checked.book
                other = f"{first.sheet} {first.address}"
                also = "".join(
                    f"，同时 {item.cell.place.sheet} {item.cell.place.address} 应为 {amount(item.suggested, book)}"
                    for item in beside
                )
                text = (
                    f"也可能错在这里（应为 {amount(suspect.suggested, book)}{also}）："
                    f"与 {other} 只有一处错，账内分不出来，请都核对。"
                )
                yield suspect.cell.place, "warning", text


def _notes(checked: Checked) -> Iterator[tuple[Place, Kind, str]]:
    for finding in checked.findings:
        kind = kind_of(finding)
        if kind == "tail":
            yield from ((cell.place, kind, tail_text(cell, checked.book)) for cell in finding.cells)
        elif kind and finding.place:
            yield from _note(checked, finding, finding.place, kind)


def _note(checked: Checked, finding: Finding, place: Place, kind: Kind) -> Iterator[tuple[Place, Kind, str]]:
    """What is said of a finding at its cell: elsewhere than at the culprit, which cell to look at first."""
    number = checked.culprit_of(finding)
    places = [suspect.cell.place for suspect in checked.culprits[number].suspects] if number is not None else []
    if not places:
        yield place, kind, finding.message
    elif place not in places:
        first = f"多半由 {places[0].sheet} {places[0].address} 引起，先看那一格。"
        yield place, kind, first + finding.message


def tail_text(cell: CellNote, book: Book) -> str:
    """What is said of one 尾差."""
    now, should = amount(cell.actual, book), amount(cell.expected, book)
    return f"现为 {now}，按各数相加为 {should}（{cell.rule}）；四舍五入造成，不是差错，不用改。"
