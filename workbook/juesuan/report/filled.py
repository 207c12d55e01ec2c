"""What `fill` did, for people at a terminal: how much was filled, what disagrees, what could not be done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from juesuan.book import Book
from juesuan.fill import Conflict, Filled
from juesuan.wording import amount, cell_name

LISTED = 5


def as_text(filled: Filled, output: str) -> str:
    return "\n".join(_lines(filled, output)) + "\n"


def _lines(filled: Filled, output: str) -> Iterator[str]:
    counts = Counter(cell.table for cell in filled.cells)
    tables = [table for table in filled.book.edition.tables if counts[table.id]]
    listed = "，".join(f"{table.name} {counts[table.id]} 格" for table in tables)
    yield f"已写出 {output}：" + (
        f"共填 {len(filled.cells)} 格（{listed}）。" if tables else "没有要填的格，与原工作簿相同。"
    )
    if filled.overwritten:
        yield f"改写了 {len(filled.overwritten)} 格原有的数（有公式的格公式保留）："
        yield from _conflicts(filled, filled.overwritten)
    if filled.conflicts:
        yield f"有 {len(filled.conflicts)} 格原有的数与规则不符，没有改动（要改成应有的数，请加 --overwrite）："
        yield from _conflicts(filled, filled.conflicts)
    yield from _unfilled(filled)
    if filled.errors:
        yield f"填列以后仍有 {len(filled.errors)} 处错误，请用 juesuan check 逐条查看："
        yield from _first([f"  {item.message}" for item in filled.errors])


def _conflicts(filled: Filled, conflicts: Sequence[Conflict]) -> Iterator[str]:
    yield from _first([_conflict(filled.book, conflict) for conflict in conflicts])


def _conflict(book: Book, conflict: Conflict) -> str:
    cell = conflict.cell
    name = cell_name(book, book.cells[cell.key])
    now = cell.raw if cell.fen is None else amount(cell.fen, book)
    return f"  {name}现值 {now}，应为 {amount(conflict.expected, book)}（{conflict.rule.code}）"


def _unfilled(filled: Filled) -> Iterator[str]:
    reasons: dict[str, list[str]] = defaultdict(list)
    for cell, reason in filled.unfilled:
        reasons[reason].append(f"{cell.place.sheet} {cell.place.address}")
    if reasons:
        yield f"有 {len(filled.unfilled)} 格没有填："
        yield from _first(
            [
                f"  {reason}：{'、'.join(places[:LISTED])}{f'等 {len(places)} 格' if len(places) > LISTED else ''}"
                for reason, places in reasons.items()
            ]
        )


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:LISTED]
    if len(lines) > LISTED:
        yield f"  ……共 {len(lines)} 条"
