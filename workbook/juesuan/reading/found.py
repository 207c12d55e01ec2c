"""A stretch of a worksheet that holds a table, and what reading it yields before amounts are converted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from juesuan.book import RowLabel, Stray, StrayKind
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL, Line, Table
from juesuan.money import INVISIBLE, read_value
from juesuan.reading.grid import Grid, unnumbered
from juesuan.reading.headings import COUNTER, is_counter
from juesuan.record import NamedTuple

REMARKS = ("备注", "说明", "序号", "行次", "栏次", "项目", "单位")
"""Headings of columns that hold no amounts of the table, whatever stands in them."""

SIGNERS = ("负责人", "制表", "填表", "填报人", "经办人", "审核人", "复核", "联系")
"""Words of a line of signatures, which may hold a telephone number."""

PAGE_SUMS = ("本页小计", "本页合计", "承前页", "过次页")
NOTES = ("注:", "说明:", "附注:", "备注:")


class Strip(NamedTuple):
    """The amounts of one row: `columns` tells of each its column, its field and whether it may be negative."""

    grid: Grid
    row: int
    key: str
    columns: Sequence[tuple[int, str, bool]]
    required: bool = False


class Block(NamedTuple):
    """A stretch of rows of one worksheet that should hold `table`: `first` to before `last`."""

    table: Table
    grid: Grid
    first: int
    last: int


class Body(NamedTuple):
    """The rows, amounts and strays found in one or more blocks of a table; `ratios` are the rows of shares."""

    rows: tuple[RowLabel, ...] = ()
    strips: tuple[Strip, ...] = ()
    columns: frozenset[str] = frozenset()
    strays: tuple[Stray, ...] = ()
    untidy_codes: tuple[RowLabel, ...] = ()
    ratios: tuple[Strip, ...] = ()

    def continued(self, other: "Body") -> "Body":
        """This body of codes and the next page of it.

        What stands there again is another row, as on one page, but for 合计 with the same amounts; or it is the same
        row, where the page has the other columns of it.
        """
        if self.columns.isdisjoint(other.columns):
            known = {row.key for row in self.rows}
            return self.and_(other._replace(rows=tuple([row for row in other.rows if row.key not in known])))
        counts: dict[str, int] = defaultdict(int)
        for row in self.rows:
            counts[code_of(row.key)] += 1
        rows: list[RowLabel] = []
        strips: list[Strip] = []
        again = self.repeats_total(other)
        for row, strip in zip(other.rows, other.strips, strict=True):
            if again and row.key == TOTAL:
                continue
            code = code_of(row.key)
            counts[code] += 1
            key = code if counts[code] == 1 else f"{code}#{counts[code]}"
            rows.append(row._replace(key=key))
            strips.append(strip._replace(key=key))
        return self.and_(other._replace(rows=tuple(rows), strips=tuple(strips)))

    def repeats_total(self, other: "Body") -> bool:
        """Whether 合计 is there, and again with the same amounts on the other page."""
        totals = [strip for body in (self, other) for strip in body.strips if strip.key == TOTAL]
        amounts = [numbers(strip.grid, strip.row, [column for column, _, _ in strip.columns]) for strip in totals]
        return len(amounts) == 2 and amounts[0] == amounts[1]

    def and_(self, other: "Body") -> "Body":
        """What this body and the other hold, side by side or one below the other."""
        return Body(
            self.rows + other.rows,
            self.strips + other.strips,
            self.columns | other.columns,
            self.strays + other.strays,
            self.untidy_codes + other.untidy_codes,
            self.ratios + other.ratios,
        )


def heading_cells(block: Block, endings: tuple[str, ...], whole: str = "") -> list[tuple[int, int]]:
    """(row, column) of the cells in the first heading row whose text ends so, or is `whole`; [] when there is none."""
    for row in range(block.first, block.last):
        texts = block.grid.row_texts(row)
        if found := [(row, column) for column, text in texts if text.endswith(endings) or text == whole]:
            return found
    return []


def body_rows(block: Block, start: int) -> Iterator[int]:
    """Body rows from `start` to the notes below the table, without rows that only number the columns."""
    grid = block.grid
    for row in range(start, block.last):
        first = grid.first_text(row)
        if first.startswith(NOTES):
            return
        signature = (":" in first or "人" in first) and any(word in first for word in SIGNERS)
        counts = not first or first == COUNTER or first.isdecimal()
        if not signature and not (counts and is_counter(grid, row)):
            yield row


def numbers(grid: Grid, row: int, columns: Iterable[int]) -> list[int]:
    """The amounts (millionths) that stand in these columns of a row; words, headings and blanks are none."""
    values = (read_value(grid.value(row, column)) for column in columns)
    return [value for value in values if value is not None]


def strays_among(
    block: Block, headings: Mapping[int, tuple[str, ...]], rows: range, top: int, apart: Collection[int] = ()
) -> list[Stray]:
    """Of columns that are no field of the table, those with amounts in them: nothing else can touch a sum.

    Columns `apart` cannot, and neither can those that say so or that the table is declared to have beside its own.
    """
    strays: list[Stray] = []
    for column, path in headings.items() if not block.table.partial else ():
        if path[-1] not in REMARKS and any(any(numbers(block.grid, row, (column,))) for row in rows):
            lowest = max((row for row in range(top, rows.start) if block.grid.text(row, column)), default=top)
            beside = is_part(block.grid.text(lowest, column)) or path[-1] in block.table.beside
            kind: StrayKind = "apart" if beside or column in apart else "column"
            strays.append(Stray(block.table.id, block.grid.place(lowest, column), path[-1], kind))
    return strays


def is_part(text: str) -> bool:
    """Whether a heading or a name says that its amounts are part of others, so that no sum has them as an item."""
    return text.startswith("其中")


def words(grid: Grid, row: int, column: int) -> str:
    """A name as one line."""
    value = grid.value(row, column)
    return _one_line(value if type(value) is str else str(value))


@lru_cache(maxsize=4096)
def _one_line(text: str) -> str:
    return "".join(text.translate(INVISIBLE).splitlines()).strip()


def as_typed(grid: Grid, row: int, column: int) -> str:
    """A code or line number as the clerk sees it."""
    value = grid.value(row, column)
    if isinstance(value, float) and value % 1 == 0:
        return str(int(value))
    return value.strip(" ") if isinstance(value, str) else str(value)


def names_of(lines: Iterable[Line]) -> dict[str, list[int]]:
    """Indexes of the lines by each of their names, as `unnumbered` spells them."""
    names: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        for name in line.names if line.id is not None else ():
            names.setdefault(unnumbered(name), []).append(index)
    return names
