"""Names of cells and messages about relations, as the clerk reads them: 位置·现值·应为·差额·依据·怎么办."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.book import Book, Cell
from juesuan.bounds import Outcome
from juesuan.expr import describe, references
from juesuan.model import SUPPLEMENT, TOTAL, Edition, plain_label
from juesuan.money import grouped, to_text
from juesuan.relations import Relation
from juesuan.rules import Finding, Rule

LISTED = 6
EXAMPLES = 3
UNTIDY = "带空格、分隔符、全角数字或看不见的字符"
"""Said of codes that are read all the same."""
VERDICTS = {
    "pass": "通过：全部相符",
    "tail": "通过：只有四舍五入尾差",
    "warn": "没有差错，有需要核实的问题",
    "fail": "有差错，必须改正",
    "unjudged": "无法判断",
}

LEVELS = {"error": "错误", "warning": "核实", "info": "提示"}
"""What a finding is called in a list; `LEVEL_NAMES` is what its rule is."""

AT_THE_EDGE = "这些差额恰在舍入的边缘：各表都按四舍五入就必定有误；若有金额恰好逢五、各表舍入办法又不同，也可能说得通。"
"""Said of a book that is impossible only if all its tables round alike."""


def conclusion(verdict: str, reason: str | None) -> str:
    """“无法判断（…）”."""
    return VERDICTS[verdict] + (f"（{reason}）" if reason else "")


def told(finding: Finding) -> str:
    """“【错误】…”."""
    return f"【{LEVELS[finding.level]}】{finding.message}"


def few(words: Sequence[str], counted: str = "", most: int = EXAMPLES, between: str = "、") -> str:
    """The first of the words and, where there are more, that there are: “A1、A2、A3等 8 格”."""
    rest = f"等 {len(words)} {counted}" if counted else "等"
    return between.join(words[:most]) + (rest if len(words) > most else "")


def cell_in_table(book: Book, cell: Cell) -> str:
    """Row and column of a cell: “「2010350 事业运行」“基本支出””."""
    _, mark, name = cell_name(book, cell).partition("「")
    return mark + name


def amount(fen: int | None, book: Book) -> str:
    return "空白" if fen is None else grouped(fen, book.currency)


def row_name(book: Book, table_id: str, row: str) -> str:
    """“2010350 事业运行”, “本年收入合计”, “合计”, “决算数”."""
    table = book.edition.table(table_id)
    if table and (line := table.line(row)):
        return plain_label(line.label)
    if row == TOTAL:
        return "合计"
    for named in table.rows if table else ():
        if named.id == row:
            return named.title
    label = book.label(table_id, row)
    return f"{label.code} {label.name}" if label else row


def cell_name(book: Book, cell: Cell) -> str:
    """“公开03表 C12「2010350 事业运行」本年支出合计”; a line on both sides of a table says on which.

    What stands beside the nine tables may stand on several sheets, so it is called after its sheet.
    """
    table = book.edition.table(cell.table)
    assert table is not None
    field, side = table.field(cell.field), table.side_of(cell.row, cell.field)
    column = f"“{field.title}”" if field and len(side.fields if side else table.all_fields) > 1 else ""
    row = table.side_heading(cell.row, cell.field) + row_name(book, cell.table, cell.row)
    year = "" if book.holds(cell) else "上年"
    name = cell.place.sheet if cell.table == SUPPLEMENT else table.name
    return f"{year}{name} {cell.place.address}「{row}」{column}"


def explain(outcome: Outcome, book: Book) -> str:
    """The message about a relation that does not hold."""
    relation = outcome.relation
    rule, target = relation.rule, relation.target
    operator = rule.comparison.operator if rule.comparison else "="
    should = {"=": "应为", ">=": "应不小于", "<=": "应不大于", ">": "应大于"}[operator]
    parts = [f"{cell_name(book, target)}现为{_now(target.fen, book)}，{should} {amount(outcome.expected, book)}"]
    if shown := sum_text(relation, book):
        parts.append(f"（{shown}）")
    parts.append("。" if operator == ">" else f"，相差 {amount(outcome.difference, book)}。")
    if outcome.verdict == "balanced" and abs(outcome.difference) <= outcome.bound:
        parts.append("其余各项都是零，两数通常应当相等；除非为零的各项实际各有不到 50 元，请核实。")
    elif outcome.verdict == "balanced":
        size = amount(abs(outcome.difference), book)
        parts.append(f"同一金额两处相差 {size}，疑似某张表做过舍位平衡，请核实并统一。")
    parts.append(f"依据：{rule.title}（{rule.code}）。{rule.advice}")
    return "".join(parts)


def _now(fen: int | None, book: Book) -> str:
    return "空白" if fen is None else f" {amount(fen, book)}"


def sum_text(relation: Relation, book: Book) -> str:
    """The terms that are not zero, longest sums cut after LISTED."""
    if not relation.terms:
        return _absent(relation, book)
    shown = [(sign, cell) for sign, cell in relation.terms if cell.fen]
    if len(shown) == 1 and len(relation.terms) == 1:
        return f"即{cell_name(book, shown[0][1])}"
    words: list[str] = []
    for sign, cell in shown[:LISTED]:
        mark = "－" if sign < 0 else ("＋" if words else "＝")
        words.append(f"{mark}{_term_name(book, relation, cell)} {amount(cell.fen, book)}")
    if len(shown) > LISTED:
        words.append(f"＋……共 {len(shown)} 项")
    return "".join(words)


def _absent(relation: Relation, book: Book) -> str:
    """What a figure was to be compared with, where the book has no such row."""
    comparison = relation.rule.comparison
    refs = references(comparison.right) if comparison else []
    tables = dict.fromkeys(table.name for ref in refs if (table := book.edition.table(ref.table)))
    target = relation.target.row
    codes = dict.fromkeys(code if code.isdigit() else target for ref in refs for code in ref.rows)
    named = "、".join(code if code.isdigit() else f"“{row_name(book, relation.target.table, code)}”" for code in codes)
    return f"{'、'.join(tables)}没有 {named}，按 0.00" if refs else ""


def _term_name(book: Book, relation: Relation, cell: Cell) -> str:
    """Only what tells the term apart from the target: the column, the row, or the whole name."""
    target = relation.target
    table = book.edition.table(cell.table)
    if cell.table == target.table and table:
        field = table.field(cell.field)
        if cell.row == target.row and field:
            return field.title
        if cell.field == target.field:
            return row_name(book, cell.table, cell.row)
    return cell_name(book, cell)


def sentence(rule: Rule, edition: Edition) -> str:
    """What the rule demands, in one Chinese sentence."""
    if rule.percent:
        return f"{rule.title}：超过 {rule.percent}%，且超过 {to_text(rule.least, '万元')} 万元"
    if rule.comparison is None:
        return rule.title
    conditions = "，且".join(describe(condition, edition) for condition in rule.when)
    if rule.unit_types:
        conditions = "，且".join(filter(None, [conditions, f"单位性质为{'、'.join(rule.unit_types)}"]))
    demand = describe(rule.comparison, edition)
    return f"当{conditions}时，{demand}" if conditions else demand
