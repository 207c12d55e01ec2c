"""What is answered about a book, in sentences a clerk can follow. Amounts as the book prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from juesuan.locate.slips import Slip, likeliest
from juesuan.money import round_fen
from juesuan.wording import amount, cell_name, row_name

if TYPE_CHECKING:
    from juesuan.book import Book, Cell
    from juesuan.locate.answer import Culprit, Diagnosis, Gap, Suspect
    from juesuan.locate.certificate import Share
    from juesuan.relations import Relation

BALANCED = "，疑似某张表做过舍位平衡，请核实并统一"
LISTED = 4
MOST_NAMED = 6
"""Relations of a proof; of more only the first LISTED are named."""
NAMES: dict[Diagnosis, str] = {
    "transposed_digits": "两位数字颠倒",
    "wrong_digit": "数字打错",
    "sign": "正负号弄反",
    "decimal_shift": "小数点错位",
    "unit_yuan": "元与万元弄混",
    "swapped_cells": "两格填反",
    "shifted_rows": "整行错位",
    "stale_total": "合计没有更新",
    "missing_row": "缺了一行",
    "blank": "漏填",
    "other": "数不对",
}


def slip_sentence(printed: int | None, true: int, step: int, book: Book) -> str:
    """“像是 237.66 写成了 273.66：两位数字颠倒”, for amounts in 分 printed to `step`."""
    now, should = (round_fen(figure or 0, step) // step for figure in (printed, true))
    if now == should:
        return f"现在的 {amount(true, book)} 说得通"
    slip = likeliest(now, should)
    if slip.diagnosis == "blank":
        empty = "空着" if printed is None else "写成了零"
        return f"这里应有 {amount(true, book)}，却{empty}"
    was, became = amount(true, book), amount(printed or 0, book)
    if not should:
        return f"这里应为 {was}，像是多填了 {became}"
    if slip.diagnosis == "other":
        return f"像是应为 {was}，相差 {amount((printed or 0) - true, book)}"
    return f"像是 {was} 写成了 {became}：{_manner(slip)}"


def _manner(slip: Slip) -> str:
    match slip.manner:
        case "transposed_digits":
            return "两位数字颠倒"
        case "distant_digits":
            return "两位数字互换"
        case "wrong_digit":
            return "一位数字打错"
        case "extra_digit":
            return "多打了一位数字"
        case "lost_digit":
            return "漏打了一位数字"
        case "sign":
            return "正负号弄反"
    times = abs(slip.factor)
    if slip.diagnosis == "unit_yuan":
        return "把元当成万元填了" if slip.factor > 0 else "把万元当成元填了"
    places = {10: "一", 100: "两", 1000: "三"}[times]
    return f"小数点错了{places}位，{f'扩大了 {times} 倍' if slip.factor > 0 else f'缩小到 1/{times}'}"


def culprit_sentence(culprit: Culprit, book: Book) -> str:
    """Which figure is wrong, what it looks like, what it should be, and what else it might be."""
    return _crowd(culprit, book) if culprit.crowded else _what(culprit, book) + _otherwise(culprit, book)


def _crowd(culprit: Culprit, book: Book) -> str:
    """By how much some figure is wrong, and in which tables it may stand."""
    first = culprit.suspects[0]
    size = amount(abs((first.cell.fen or 0) - (first.suggested or 0)), book)
    tables = Counter(cells[0].cell.table for cells in (culprit.suspects, *culprit.alternatives))
    counted = "、".join(f"{table.name} {tables[table.id]} 格" for table in book.edition.tables if tables[table.id])
    return f"有一个数相差 {size}，{counted}都说得通，账内分不出是哪一格，请对照原始数据逐格核对。"


def _what(culprit: Culprit, book: Book) -> str:
    suspects = culprit.suspects
    match culprit.diagnosis:
        case "missing_row":
            return _missing_row(culprit.gaps, book)
        case "swapped_cells":
            one, other = (cell_name(book, suspect.cell) for suspect in suspects[:2])
            first, second = (_now(suspect.cell, book) for suspect in suspects[:2])
            return f"{one}（{first}）与{other}（{second}）像是填反了，对调后相符。"
        case "shifted_rows":
            return _shifted_rows(suspects, book)
        case "stale_total" if len(suspects) > 1:
            rows = "；".join(
                f"{cell_name(book, item.cell)}由 {_now(item.cell, book)} 改为 {_then(item, book)}" for item in suspects
            )
            return f"这一行的合计像是没有随明细更新：{rows}。"
    return _single(suspects[0], culprit.diagnosis, culprit.hand_balanced, book)


def _single(suspect: Suspect, diagnosis: Diagnosis, by_hand: bool, book: Book) -> str:
    cell = suspect.cell
    name = cell_name(book, cell)
    if suspect.suggested is None:
        return f"{name}现为 {_now(cell, book)}，与其余各数不能同时成立，请核对原始数据。"
    now = "" if cell.fen is None else f"现为 {_now(cell, book)}，"
    if by_hand:
        slip = f"像是应为 {_then(suspect, book)}，相差 {amount((cell.fen or 0) - suspect.suggested, book)}"
    elif diagnosis == "stale_total":
        slip = f"像是明细改过而合计没有更新，应为 {_then(suspect, book)}"
    elif diagnosis == "other" and suspect.suggested and (side := _same_beside(cell, book)):
        slip = f"像是应为 {_then(suspect, book)}，错抄了{side}的数"
    else:
        slip = slip_sentence(cell.fen, suspect.suggested, cell.step, book)
    return f"{name}{now}{slip}{_range(suspect, book)}{BALANCED if by_hand else ''}。"


def _same_beside(cell: Cell, book: Book) -> str:
    """Which neighbour prints the same amount; nothing for zero."""
    printed = {other.place: other.fen for other in book.amounts(cell.table)}
    for name, down, right in (("左边一格", 0, -1), ("右边一格", 0, 1), ("上面一格", -1, 0), ("下面一格", 1, 0)):
        place = cell.place._replace(row=cell.place.row + down, column=cell.place.column + right)
        if cell.fen and printed.get(place) == cell.fen:
            return name
    return ""


def _range(suspect: Suspect, book: Book) -> str:
    low, high = suspect.interval
    if low is None or high is None or low == high:
        return ""
    return f"（{amount(low, book)} 至 {amount(high, book)} 都说得通）"


def _shifted_rows(suspects: Sequence[Suspect], book: Book) -> str:
    first = suspects[0].cell
    table = book.edition.table(first.table)
    named = table.name if table else ""
    places = dict.fromkeys((suspect.cell.table, suspect.cell.row) for suspect in suspects)
    rows = [f"「{row_name(book, *place)}」" for place in places]
    lost = dict.fromkeys(suspect.cell.row for suspect in suspects if suspect.suggested is None)
    if len(rows) == 2 and not lost:
        return f"{named}{rows[0]}与{rows[1]}两行的数像是填反了，对调后相符。"
    lines = "".join(f"「{row_name(book, first.table, row)}」" for row in lost)
    missing = f"{lines}原来的数被盖掉了，请补上。" if lines else ""
    return f"{named}从{rows[0]}到{rows[-1]}的 {len(rows)} 行数像是上下错了位，挪回原行后相符。{missing}"


def _missing_row(gaps: Sequence[Gap], book: Book) -> str:
    """The row of one table, or the same row of several."""
    first = gaps[0]
    below = row_name(book, first.table, first.parent)
    code = f" {first.codes[0]} " if first.codes else ""
    if len(gaps) == 1:
        named = _table_name(first, book)
        return f"{named}「{below}」下面像是缺了{code or '一'}行：{_amounts(first, book)}。补上后各栏合计都相符。"
    tables = "、".join(_table_name(gap, book) for gap in gaps)
    amounts = "；".join(f"{_table_name(gap, book)} {_amounts(gap, book)}" for gap in gaps)
    return f"{tables}「{below}」下面像是都缺了{code or '一'}行：{amounts}。补上后各栏合计都相符。"


def _table_name(gap: Gap, book: Book) -> str:
    table = book.edition.table(gap.table)
    return table.name if table else ""


def _amounts(gap: Gap, book: Book) -> str:
    table = book.edition.table(gap.table)
    return "、".join(
        f"{field.title} {amount(gap.amounts[field.id], book)}"
        for field in (table.all_fields if table else ())
        if gap.amounts.get(field.id)
    )


def _otherwise(culprit: Culprit, book: Book) -> str:
    """The equally small explanations, cut after LISTED."""
    if culprit.diagnosis == "missing_row":
        codes = culprit.gaps[0].codes[1:]
        return f"也可能是 {'、'.join(codes)}，账内分不出来。" if codes else ""
    if not culprit.alternatives:
        return ""
    named = [_brief(suspects, book) for suspects in culprit.alternatives[:LISTED]]
    more = f"等 {len(culprit.alternatives)} 处" if len(culprit.alternatives) > LISTED else ""
    return f"也可能错在{'；'.join(named)}{more}，账内分不出来。"


def _brief(suspects: Sequence[Suspect], book: Book) -> str:
    if len(suspects) > 2:
        return f"{cell_name(book, suspects[0].cell)}等 {len(suspects)} 格"
    return "与".join(
        f"{cell_name(book, item.cell)}" + (f"（应为 {_then(item, book)}）" if item.suggested is not None else "")
        for item in suspects
    )


def _now(cell: Cell, book: Book) -> str:
    return amount(cell.fen, book)


def _then(suspect: Suspect, book: Book) -> str:
    return "待定" if suspect.suggested is None else amount(suspect.suggested, book)


def certificate_sentence(certificate: Iterable[Share], relations: Sequence[Relation], book: Book) -> str:
    """Which relations together cannot hold, what they come to, and how much rounding explains at most."""
    shares = tuple(certificate)
    terms: dict[tuple[Cell, bool], Fraction] = {}
    need = Fraction(0)
    equal = True
    for multiplier, source in shares:
        relation = relations[source]
        equal = equal and relation.rule.kind == "equation"
        need += multiplier * relation.constant
        for coefficient, cell in ((1, relation.target), *((-sign, cell) for sign, cell in relation.terms)):
            key = (cell, book.holds(cell))
            terms[key] = terms.get(key, Fraction(0)) + multiplier * coefficient
    kept = [(coefficient, cell) for (cell, _), coefficient in terms.items() if coefficient]
    printed = sum((coefficient * (cell.fen or 0) for coefficient, cell in kept), Fraction(0))
    reach = sum((coefficient * cell.interval[1 if coefficient > 0 else 0] for coefficient, cell in kept), Fraction(0))
    left = _side([(coefficient, cell) for coefficient, cell in kept if coefficient > 0], book)
    right = _side([(-coefficient, cell) for coefficient, cell in kept if coefficient < 0], book)
    should = "应当相等" if equal else "前者应不小于后者"
    if need:
        should = f"前者应{'' if equal else '至少'}比后者多 {_text(need, book)}"
    return (
        f"{_combined(shares, relations)}：{left}，{right}，{should}，"
        f"现差 {_text(need - printed, book)}，四舍五入至多能解释 {_text(reach - printed, book)}，"
        "所以其中至少有一个数不对。"
    )


def _combined(shares: Sequence[Share], relations: Sequence[Relation]) -> str:
    words = []
    for multiplier, source in shares:
        rule = relations[source].rule
        name = f"{rule.title}（{rule.code}，{relations[source].target.place.address}）"
        times = "" if abs(multiplier) == 1 else f" {abs(multiplier)} 倍的"
        words.append(f"{'减去' if multiplier < 0 else '加上'}{times}{name}")
    if len(words) == 1:
        return "按" + words[0].removeprefix("加上").removeprefix("减去")
    if all(multiplier < 0 for multiplier, _ in shares):
        words = [word.replace("减去", "加上", 1) for word in words]
    words[0] = (
        words[0].replace("加上", "由", 1) if words[0].startswith("加上") else words[0].replace("减去", "由负的", 1)
    )
    if len(words) > MOST_NAMED:
        return "，".join(words[:LISTED]) + f"……共 {len(shares)} 条关系合起来"
    return "，".join(words) + f"，{len(shares)} 条关系合起来"


def _side(terms: Sequence[tuple[Fraction, Cell]], book: Book) -> str:
    """One side of a combined relation: what it is made of and what the printed figures come to."""
    if not terms:
        return "零"
    total = sum((coefficient * (cell.fen or 0) for coefficient, cell in terms), Fraction(0))
    shown = [term for term in terms if term[1].fen] or list(terms)
    named = "＋".join(
        f"{'' if coefficient == 1 else f'{coefficient}×'}{cell_name(book, cell)}"
        for coefficient, cell in shown[:LISTED]
    )
    if len(shown) > LISTED:
        return f"{named}＋……共 {len(shown)} 项合计 {_text(total, book)}"
    zeros = f"（另 {len(terms) - len(shown)} 项为零）" if len(terms) > len(shown) else ""
    return f"{named}{zeros}{'合计' if len(shown) > 1 else '为'} {_text(total, book)}"


def _text(exact: Fraction, book: Book) -> str:
    """An amount in 分, a fraction of one rounded."""
    return amount(round(exact), book)
