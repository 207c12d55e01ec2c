"""The workbook as a publication: are all tables there, do their headings agree, are the notes in place?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from juesuan.book import RowLabel, Sheet
from juesuan.evidence import Evidence, finding
from juesuan.expr import spelled_alike
from juesuan.model import TOTAL, Line, Table, plain_label
from juesuan.place import Place
from juesuan.rules import CellNote, Finding, NotChecked, Rule
from juesuan.wording import EXAMPLES, few

NO_DATA = ("无数据", "空表")
_OWN_COUNT = 3
"""So many lines in a row with other 行次 than the form's are no slip."""


def missing_table(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for table in evidence.book.edition.tables:
        sheet = evidence.book.sheet(table.id)
        if sheet is None and not table.optional:
            yield _absent(rule, evidence, table)
        elif sheet and sheet.label and table.label and sheet.label != table.label:
            place = sheet.spot("label")
            message = f"{table.name} {place.address} 的表号写作“{sheet.label}”，《{table.title}》应为“{table.label}”。"
            yield finding(rule, place, message, advice="请改正表号。")._replace(level="warning")


def _absent(rule: Rule, evidence: Evidence, table: Table) -> Finding:
    """A title without headings we know is no proof that the table is missing, nor is one where a sheet may hold it."""
    place = evidence.book.unread.get(table.id)
    if place is None and (names := evidence.book.perhaps.get(table.id)):
        sheets = few([f"“{name}”" for name in names])
        message = f"没有找到{table.name}（{table.title}）；工作表{sheets}没有认得的表名，也许就是。"
        return finding(rule, place, message, advice="请在表上方写明公开格式的表名。")._replace(level="warning")
    if place is None:
        return finding(rule, None, f"没有找到{table.name}（{table.title}）。")
    where = f"工作表“{place.sheet}”有《{table.title}》的表名"
    message = f"{where}，但表头认不出，这张表没有核对。"
    return finding(rule, place, message, advice="请把表头改回公开格式的文字。")._replace(level="warning")


def missing_row(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Lines of the form that are not on the sheet: totals must be, an item may have gone with the form of its year.

    While some row of the sheet is not recognised it may be the one that is missed, and only it is told.
    """
    for sheet in evidence.sheets(rule):
        table = sheet.table
        if table.layout == "codes" and not any(row.key == TOTAL for row in sheet.rows):
            absent = finding(rule, sheet.place, f"{table.name}没有“合计”行。")
            if sheet.rows:
                yield absent
            elif evidence.book.edition.zero == "0.00":
                yield absent._replace(level="warning")
        renamed = any(stray.kind == "row" for stray in sheet.strays)
        absent_classes: list[str] = []
        for line, fields in table.all_lines if not renamed else ():
            if not line.id or evidence.book.cell(table.id, line.id, fields[0].id):
                continue
            if line.code:
                if line.optional:
                    continue
                absent_classes.append(line.label)
                continue
            absent = finding(rule, sheet.place, f"{table.name}没有“{line.label.strip()}”行。")
            yield absent if line.derived else absent._replace(level="warning")
        if absent_classes:
            more = f"等 {len(absent_classes)} 行" if len(absent_classes) > 1 else "行"
            message = f"{table.name}没有“{absent_classes[0]}”{more}。"
            yield finding(rule, sheet.place, message)._replace(level="warning")


def unit_differs(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    unit = evidence.book.unit
    for sheet in evidence.sheets(rule):
        if sheet.unit and unit and not spelled_alike(sheet.unit, unit):
            place = sheet.spot("unit")
            message = f"{sheet.table.name} {place.address} 的部门名称为“{sheet.unit}”，其他表为“{unit}”。"
            yield finding(rule, place, message)


def year_differs(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    year = evidence.book.year
    for sheet in evidence.sheets(rule):
        if sheet.year and sheet.year != year:
            place = sheet.spot("year")
            yield finding(rule, place, f"{sheet.table.name} {place.address} 的年度为 {sheet.year}，其他表为 {year}。")


def currency_differs(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """One 金额单位 throughout; where none is written the book is read in the edition's own."""
    currency = evidence.book.currency
    written = [sheet for sheet in evidence.sheets(rule) if sheet.currency]
    if not written:
        yield finding(rule, None, f"各表都没有写明金额单位是元还是万元，按{currency}核对。")._replace(level="warning")
    for sheet in written:
        if sheet.currency != currency:
            place = sheet.spot("currency")
            where = f"{sheet.table.name} {place.address}"
            message = f"{where} 的金额单位为“{sheet.currency}”，其他表为“{currency}”；本次按{currency}核对。"
            yield finding(rule, place, message)


def empty_statement(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """A table whose form has a sentence for it says when it has no data; a table with data never says so.

    A sheet with no notes at all is told mildly.
    """
    for sheet in evidence.sheets(rule):
        cells = evidence.book.amounts(sheet.table.id)
        stated = any(words in text for text in sheet.notes for words in NO_DATA)
        known = [cell for cell in cells if cell.state in ("given", "blank")]
        if any(cell.fen for cell in cells) and stated:
            yield finding(rule, sheet.spot("note"), f"{sheet.table.name}有数据，表下却说“本表无数据”。")
        elif sheet.table.empty and len(known) == len(cells) and not any(cell.fen for cell in cells) and not stated:
            if sheet.pending:
                yield NotChecked(rule.code, f"{sheet.table.name}表下的公式未计算，请打开保存一次")
                continue
            message = f"{sheet.table.name}没有数据，表下缺少“说明：……故本表无数据。”。"
            found = finding(rule, sheet.spot("note"), message)
            yield found if sheet.notes else found._replace(level="warning")


def missing_note(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for sheet in evidence.sheets(rule):
        if sheet.table.note and not sheet.notes:
            yield finding(rule, sheet.place, f"{sheet.table.name}表下没有附注。")


def line_label(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Names and 行次 of fixed lines, told once a table."""
    for sheet in evidence.sheets(rule):
        lines = list(_lines(sheet))
        misnumbered = _misnumbered(lines)
        wrong = [(row, line) for row, line in lines if _called_otherwise(row, line) or row.place in misnumbered]
        if not wrong:
            continue
        words = []
        for row, line in wrong:
            name = f"“{row.name}”应为“{line.label.strip()}”" if _called_otherwise(row, line) else ""
            number = f"行次 {row.number} 应为 {line.number}" if row.place in misnumbered else ""
            words.append(f"{row.place.address} {'，'.join(filter(None, (name, number)))}")
        message = f"{sheet.table.name}与版式不一致：{few(words, '处', between='；')}。"
        yield finding(rule, wrong[0][0].place, message)


def _lines(sheet: Sheet) -> Iterator[tuple[RowLabel, Line]]:
    """Each labelled row with its declared line, the sides told apart by order."""
    declared: dict[str | None, list[Line]] = defaultdict(list)
    for line, _ in sheet.table.all_lines:
        declared[line.id].append(line)
    for row in sheet.rows:
        if same := declared.get(row.key):
            yield row, same.pop(0)


def _called_otherwise(row: RowLabel, line: Line) -> bool:
    names = (line.label, *line.variants)
    bare = plain_label("".join(row.name.split()))
    return row.name not in names and not any(spelled_alike(bare, plain_label(name)) for name in names)


def _misnumbered(lines: list[tuple[RowLabel, Line]]) -> set[Place]:
    """Rows with a 行次 other than the form's; none of a side that counts in its own way, as other years' forms do."""
    sides: dict[int, list[tuple[RowLabel, Line]]] = defaultdict(list)
    for row, line in lines:
        if row.number.isdecimal() and line.number:
            sides[row.place.column].append((row, line))
    wrong: set[Place] = set()
    for side in sides.values():
        off = [int(row.number) != line.number for row, line in side]
        rising = all(int(above.number) < int(below.number) for (above, _), (below, _) in pairwise(side))
        if rising and sum(off) >= _OWN_COUNT and all(off[off.index(True) :]):
            continue
        wrong |= {row.place for (row, _), differs in zip(side, off, strict=True) if differs}
    return wrong


def unrecognised(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Columns and rows of tables, a few of them one by one, more in one finding; and whole worksheets."""
    for sheet in evidence.sheets(rule):
        for kind, what in (("column", "栏"), ("row", "行")):
            strays = [stray for stray in sheet.strays if stray.kind == kind]
            if len(strays) > EXAMPLES:
                places = "、".join(f"{stray.place.address} 的“{stray.text}”" for stray in strays)
                message = f"{sheet.table.name}有 {len(strays)} {what}认不出，没有核对：{places}。"
                cells = tuple(CellNote(stray.place, sheet.table.id, None, None) for stray in strays)
                yield finding(rule, strays[0].place, message)._replace(cells=cells)
                continue
            for stray in strays:
                message = f"{sheet.table.name} {stray.place.address} 的“{stray.text}”{what}认不出，没有核对。"
                yield finding(rule, stray.place, message)
        for stray in (stray for stray in sheet.strays if stray.kind == "apart"):
            message = f"{sheet.table.name} {stray.place.address} 的“{stray.text}”不是合计的一项，没有核对。"
            yield finding(rule._replace(level="info"), stray.place, message, advice="需要时请人工核对。")
    for text in filter(None, (evidence.book.doubt, *evidence.book.left_out)):
        yield finding(rule, None, f"{text}。")


def hidden_content(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    if evidence.book.hidden:
        yield finding(rule, None, f"工作簿里有{'、'.join(evidence.book.hidden)}。")


def overwritten_formula(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """Numbers in derived cells of our own template, which marks itself with a fact; told once a table.

    What a working table hands over may be typed in instead. A copy of the values, as `balance` makes one, has none.
    """
    book = evidence.book
    if "模板" not in book.facts:
        yield NotChecked(rule.code, "工作簿不是 juesuan 模板，无从知道哪些格应为公式")
        return
    derived = {
        outcome.relation.target.key: outcome.relation.target
        for outcome in evidence.outcomes
        if outcome.relation.rule.derives and not outcome.relation.rule.when
        if not any(table.working and table.id in outcome.relation.rule.tables[1:] for table in book.edition.tables)
    }
    if not derived:
        yield NotChecked(rule.code, "没有能推算的格可以对照")
    typed = [cell for key, cell in derived.items() if cell.state == "given" and key not in book.formulas]
    if derived and len(typed) == len(derived):
        yield NotChecked(rule.code, "各表都是数值，没有一格是公式，像是转为万元或只留数值的一份")
        return
    for table in book.edition.template_tables:
        cells = sorted((cell for cell in typed if cell.table == table.id), key=lambda cell: cell.place)
        if cells:
            named = few([cell.place.address for cell in cells], "格")
            message = f"{table.name} {named}原是公式，被数字替换。"
            yield finding(rule, cells[0].place, message, *cells)


CHECKS = (
    missing_table,
    missing_row,
    unit_differs,
    year_differs,
    currency_differs,
    empty_statement,
    missing_note,
    line_label,
    unrecognised,
    hidden_content,
    overwritten_formula,
)
