"""Whether the text or a cell is wrong: the figures of the text judged together with the laws of the book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book
from juesuan.locate.answer import Culprit, Suspect
from juesuan.money import WAN_STEP
from juesuan.narrative.facts import Facts, printed
from juesuan.proofread.compare import Difference, Said
from juesuan.proofread.numbers import show_number
from juesuan.proofread.observed import TEXT, Observed, key_of, observe
from juesuan.relations import Relation
from juesuan.together import Together, judge_with
from juesuan.wording import amount, cell_name

RULE = "TXT031"
Choice = tuple[Suspect, ...]
"""Cells one of which, or which together, would explain what does not agree."""


class Blame(NamedTuple):
    """`sure`: the tables alone cannot be right, whatever the text says."""

    culprits: tuple[Culprit, ...]
    observed: Observed
    book: Book
    laws: tuple[Relation, ...]
    sure: bool

    def advice(self, item: Difference) -> str:
        """What to mend where it is not the text, or where that cannot be told; nothing where the text is to blame."""
        choices = self._choices(item)
        tables = [choice for choice in choices if not _of_text(choice)]
        if not tables:
            return ""
        if len(tables) < len(choices):
            return (
                f"文字错还是表错，单凭这些数分不出来：或改文字，或{'，或'.join(map(self._mended, tables[:LISTED]))}。"
            )
        (suspect, *others), *alternatives = tables
        place = f"{suspect.cell.place.sheet} {suspect.cell.place.address}"
        if self.sure and not others and item.kind == "amount" and _prints(suspect, item.actual):
            return f"按各表的勾稽关系，{place} 应为文字里的这个数：请改表。"
        more = f"（也可能是{'，或'.join(map(self._mended, alternatives[:LISTED]))}）" if alternatives else ""
        why = "按各表的勾稽关系" if self.sure else "按文字里其他的数和各表的勾稽关系"
        return f"{why}，像是表错：{self._mended(tables[0])}{more}，请核对后改表。"

    def is_balanced(self, item: Difference) -> bool:
        """Whether the text has the figure that another table prints for this amount, 0.01 away: one was moved."""
        if item.kind != "amount" or item.actual is None or item.expected is None or not item.basis:
            return False
        if abs(item.actual - item.expected) != WAN_STEP or item.basis.source != "given":
            return False
        keys = {cell.key for cell in item.basis.cells}
        pairs = [law.cells for law in self.laws if len(law.cells) == 2 and keys & {cell.key for cell in law.cells}]
        return any(printed(cell.fen or 0, "amount") == item.actual for cells in pairs for cell in cells)

    def untold(self, differences: Sequence[Difference]) -> Iterator[Difference]:
        """Mistakes that show only where text and tables are put together, and of which no more than a tail was said."""
        if self.sure:
            return
        plain = [item for item in differences if not item.tail]
        told = {key_of(item.mention) for item in plain if item.mention}
        cells = {cell.key for item in plain for cell in (item.basis.cells if item.basis else ())}
        for culprit in self.culprits:
            choices = (culprit.suspects, *culprit.alternatives)
            named = {suspect.cell.key for choice in choices for suspect in choice}
            if named & (told | cells):
                continue
            witnesses = [
                said
                for key, (said, about) in self.observed.said.items()
                if key in named or any(cell.key in named for cell in about)
            ]
            if witnesses:
                words = f"单看每一处都说得通，合起来却不能成立：{'；或'.join(map(self._wrong, choices[:LISTED]))}。"
                yield Difference(RULE, witnesses[0].told, witnesses[0].mention, words)

    def _choices(self, item: Difference) -> list[Choice]:
        """What would explain this difference: of the culprit that may be its figure, or its cells."""
        own = key_of(item.mention) if item.mention else None
        basis = {cell.key for cell in (item.basis.cells if item.basis else ())}
        for wanted in ({own}, basis):
            for culprit in self.culprits:
                choices = [culprit.suspects, *culprit.alternatives]
                if any(suspect.cell.key in wanted for choice in choices for suspect in choice):
                    return choices
        return []

    def _mended(self, choice: Choice) -> str:
        """“把公开03表 D10「…」改为 667.23”."""
        return "、".join(
            f"把{cell_name(self.book, suspect.cell)}改为 {amount(suspect.suggested, self.book)}"
            if suspect.suggested is not None
            else f"核对{cell_name(self.book, suspect.cell)}"
            for suspect in choice
            if suspect.cell.table != TEXT
        )

    def _wrong(self, choice: Choice) -> str:
        """“文字里的“收入合计”1,032.00 有误”, “公开03表 D10「…」有误”."""
        return "、".join(
            f"{self._called(suspect)}有误" if suspect.cell.table == TEXT else f"{self._mended((suspect,))}"
            for suspect in choice
        )

    def _called(self, suspect: Suspect) -> str:
        said, _ = self.observed.said[suspect.cell.key]
        return f"文字里的“{said.quantity.title}”{show_number(said.value, said.quantity.kind)}"


LISTED = 3


def lay_blame(said: Iterable[Said], facts: Facts, book: Book, together: Together) -> Blame:
    """Judge the figures in `said` together with the laws of the book."""
    observed = observe(said, facts)
    joint = judge_with(together, book, observed.statements)
    return Blame(joint.culprits, observed, book, together.laws, together.joint.feasible is False)


def _of_text(choice: Choice) -> bool:
    return any(suspect.cell.table == TEXT for suspect in choice)


def _prints(suspect: Suspect, value: int | None) -> bool:
    return suspect.suggested is not None and printed(suspect.suggested, "amount") == value
