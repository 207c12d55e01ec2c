"""What the function rules look at, and how their findings are made."""

from collections.abc import Callable, Iterator, Sequence

from juesuan.book import Book, Cell, RowLabel, Sheet
from juesuan.bounds import Outcome
from juesuan.place import Place
from juesuan.record import NamedTuple
from juesuan.rules import CellNote, Finding, NotChecked, Rule
from juesuan.together import Together


class Evidence(NamedTuple):
    """`findings`: what the other rules have found, for those that come after them."""

    book: Book
    outcomes: tuple[Outcome, ...]
    together: Together
    findings: Sequence[Finding] = ()

    def sheets(self, rule: Rule) -> Iterator[Sheet]:
        """The sheets of the tables the rule speaks of, in the edition's order."""
        for table in self.book.edition.tables:
            if table.id in rule.tables and (sheet := self.book.sheet(table.id)):
                yield sheet

    def amounts(self, rule: Rule) -> list[Cell]:
        return [cell for sheet in self.sheets(rule) for cell in self.book.amounts(sheet.table.id)]

    def oddities(self, rule: Rule) -> list[Cell]:
        """Those of the amounts that are no plain numbers or blanks."""
        odd = self.book.oddities
        return [cell for sheet in self.sheets(rule) for cell in odd.get(sheet.table.id, ())] if odd else []


Check = Callable[[Rule, Evidence], Iterator[Finding | NotChecked]]


def finding(rule: Rule, place: Place | None, message: str, *cells: Cell, advice: str = "") -> Finding:
    """A finding of `rule`: `message` says where and what; what it rests on and the advice, or the rule's, are added."""
    return Finding(
        rule.code,
        rule.level,
        "note" if rule.level == "info" else "fail",
        place,
        f"{message}依据：{rule.title}（{rule.code}）。{advice or rule.advice}",
        tuple(note(cell) for cell in cells) or ((CellNote(place, "", None, None),) if place else ()),
    )


def at_row(rule: Rule, sheet: Sheet, row: RowLabel, message: str) -> Finding:
    """A finding about a row's label; it points at the label's cell."""
    cells = (CellNote(row.place, sheet.table.id, row.key, None),)
    return finding(rule, row.place, f"{sheet.table.name} {row.place.address} {message}")._replace(cells=cells)


def note(cell: Cell) -> CellNote:
    return CellNote(cell.place, cell.table, cell.row, cell.field, cell.fen)
