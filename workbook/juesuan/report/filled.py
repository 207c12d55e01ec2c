"""What `fill` did, for people at a terminal: how much was filled, what disagrees, what could not be done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from juesuan.book import Book
from juesuan.fill import Conflict, Filled
from juesuan.narrative.supplement import Carried
from juesuan.recalculation import recalculation_troubles
from juesuan.report.listing import listed
from juesuan.wording import amount, cell_name, few

LISTED = 5

Rows = Mapping[str, Sequence[str]]
"""By table, rows as they are to be named."""


def as_text(
    filled: Filled, output: str, added: Rows, mended: Rows, refused: Sequence[str], carried: Carried | None = None
) -> str:
    """`added`, `mended`: rows put in, and rows given formulas, before filling; `refused`: why some were not put in.

    `carried`: what came of last year's figures, of which `carried_text` tells.
    """
    first, *others = _lines(filled, output, same=not (added or mended or (carried and carried.written)))
    troubles = [f"请注意：{text}" for text in recalculation_troubles(filled.book)]
    return "\n".join((first, *_rows(filled.book, added, mended), *refused, *troubles, *others)) + "\n"


def carried_text(book: Book, source: str, note: str, carried: Carried | None) -> str:
    """What came of last year's figures, taken from the workbook `source`."""
    lines = [f"上年数取自 {source}。{note}"]
    if carried is None:
        lines.append("这份工作簿没有“补02 上年数”，没有填。")
    else:
        lines.append(f"补02 填了 {len(carried.written)} 格。")
        if carried.kept:
            lines.append(
                f"有 {len(carried.kept)} 格已填的数与上年工作簿不同，没有改动（请自己改，或用命令加 --overwrite）："
            )
            lines += [
                f"  {place.sheet} {place.address} 现值 {'不是数' if typed is None else amount(typed, book)}，"
                f"上年工作簿为 {amount(should, book)}"
                for place, typed, should in carried.kept
            ]
        if carried.lacking:
            lines.append(f"上年工作簿里没有，没有填：{'、'.join(carried.lacking)}。")
    return "\n".join(lines) + "\n"


def _rows(book: Book, added: Rows, mended: Rows) -> Iterator[str]:
    if added:
        yield f"补列了 {_count(added)} 行缺少的类、款：{_by_table(book, added)}。"
    if mended:
        yield f"给 {_count(mended)} 行没有公式的科目补上了公式：{_by_table(book, mended)}。"


def _count(rows: Rows) -> int:
    return sum(map(len, rows.values()))


def _by_table(book: Book, rows: Rows) -> str:
    tables = [table for table in book.edition.tables if table.id in rows]
    return "；".join(f"{table.name} {few(rows[table.id], '行', LISTED)}" for table in tables)


def _lines(filled: Filled, output: str, *, same: bool) -> Iterator[str]:
    counts = Counter(cell.table for cell in filled.cells)
    tables = [table for table in filled.book.edition.tables if counts[table.id]]
    shown = "，".join(f"{table.name} {counts[table.id]} 格" for table in tables)
    yield f"已写出 {output}：" + (
        f"共填 {len(filled.cells)} 格（{shown}）。"
        if tables
        else f"各表没有要填的格{'，与原工作簿相同' if same else ''}。"
    )
    over = f"改写了 {len(filled.overwritten)} 格原有的数（有公式的格公式保留，重新计算后以公式的结果为准）："
    yield from listed(over, _conflicts(filled, filled.overwritten), LISTED)
    kept = f"有 {len(filled.conflicts)} 格原有的数与规则不符，没有改动（请自己改，或用命令加 --overwrite）："
    yield from listed(kept, _conflicts(filled, filled.conflicts), LISTED)
    yield from _unfilled(filled)
    left = f"填列以后仍有 {len(filled.errors)} 处错误，请逐条核对（juesuan check，或按钮“核对九张表”）："
    yield from listed(left, [item.message for item in filled.errors], LISTED)


def _conflicts(filled: Filled, conflicts: Sequence[Conflict]) -> list[str]:
    return [_conflict(filled.book, conflict) for conflict in conflicts]


def _conflict(book: Book, conflict: Conflict) -> str:
    cell = conflict.cell
    name = cell_name(book, book.cells[cell.key])
    now = cell.raw if cell.fen is None else amount(cell.fen, book)
    return f"{name}现值 {now}，应为 {amount(conflict.expected, book)}（{conflict.rule.code}）"


def _unfilled(filled: Filled) -> Iterator[str]:
    reasons: dict[str, list[str]] = defaultdict(list)
    for cell, reason in filled.unfilled:
        reasons[reason].append(f"{cell.place.sheet} {cell.place.address}")
    texts = [f"因为{reason}：{few(places, '格', LISTED)}" for reason, places in reasons.items()]
    yield from listed(f"有 {len(filled.unfilled)} 格算不出，没有填：", texts, LISTED)
