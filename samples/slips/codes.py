"""Slips in functional and economic codes, their names and their order."""

from __future__ import annotations

from exact_book import published, read_unit
from juesuan.template.form import CodeRow
from published_book import ZERO, Amounts, Published
from slips.slip import CENTRE, JIAOZUO, OFFICE, Slip, code_cell, name_cell, recoded, without_row, worded

GENERAL = ("revenue", "expenditure", "general_budget")
MEDICAL = CodeRow("2101102", "事业单位医疗")


def _unknown_class(book: Published) -> Published:
    codes = {f"229{rest}": CodeRow(f"239{rest}", "其他支出") for rest in ("", "99", "9999")}
    return recoded(book, ["revenue"], codes)


def _pasted_twice(book: Published) -> Published:
    """The second of two rows of 医疗 carries the code and name of the first."""
    rows = tuple(MEDICAL if row.code == "2101103" else row for row in book.rows["revenue"])
    amounts = {
        ("revenue", "2101102#2", key[2]) if key[:2] == ("revenue", "2101103") else key: amount
        for key, amount in book.amounts.items()
    }
    return book._replace(amounts=amounts, rows=book.rows | {"revenue": rows})


def _out_of_order(book: Published) -> Published:
    *before, first, second = (row for row in book.rows["revenue"] if row.code < "211")
    after = [row for row in book.rows["revenue"] if row.code > "211"]
    return book._replace(rows=book.rows | {"revenue": (*before, second, first, *after)})


def _empty_row(book: Published) -> Published:
    rows = []
    for row in book.rows["revenue"]:
        rows += [CodeRow("2101101", "行政单位医疗"), row] if row == MEDICAL else [row]
    empty: Amounts = {("revenue", "2101101", key[2]): ZERO for key in book.amounts if key[:2] == ("revenue", "total")}
    return book._replace(amounts=book.amounts | empty, rows=book.rows | {"revenue": tuple(rows)})


def _fund_among_general(_: Published) -> Published:
    """The lottery fund is booked as general budget in every table."""
    unit = read_unit(CENTRE)
    del unit["spent"]["government_fund"], unit["opening"]["government_fund"]
    unit["spent"]["general_budget"]["2296003"] = {"project": "50.00"}
    unit["opening"]["general_budget"] = "20.00"
    return published(unit)


def _capital_among_communities(_: Published) -> Published:
    """State capital is spent under a 类 of the general budget, in every table."""
    unit = read_unit(CENTRE)
    unit["received"]["2129999"] = unit["received"].pop("2230105")
    unit["spent"]["state_capital"] = {"2129999": unit["spent"]["state_capital"]["2230105"]}
    return published(unit)


def _renamed(book: Published, code: str, name: str) -> Published:
    tables = [table for table, rows in book.rows.items() if any(row.code == code for row in rows)]
    return recoded(book, tables, {code: CodeRow(code, name)})


SLIPS: tuple[Slip, ...] = (
    worded(
        "CODE001",
        JIAOZUO,
        ("revenue", "2101103"),
        "科目编码少敲一位",
        (code_cell("revenue", "2101103"), "210110"),
    ),
    Slip("CODE002", "收入决算表其他支出的类级编码写成不存在的239", JIAOZUO, ("revenue", "239"), redo=_unknown_class),
    Slip(
        "CODE003",
        "科目名称照经济分类抄成“公务员医疗补助缴费”，各表都抄错",
        JIAOZUO,
        ("revenue", "2101103"),
        redo=lambda book: _renamed(book, "2101103", "公务员医疗补助缴费"),
    ),
    Slip(
        "CODE004",
        "删行时误删款级科目",
        JIAOZUO,
        ("revenue", "2080711"),
        redo=lambda book: without_row(book, "revenue", "20807"),
    ),
    Slip(
        "CODE005",
        "只列到款级，漏了项级科目",
        JIAOZUO,
        ("revenue", "20807"),
        redo=lambda book: without_row(book, "revenue", "2080711"),
    ),
    Slip("CODE006", "复制上一行后没有改编码和名称", JIAOZUO, ("revenue", "2101102#2"), redo=_pasted_twice),
    Slip("CODE007", "两行科目前后颠倒", JIAOZUO, ("revenue", "2101102"), redo=_out_of_order),
    Slip("CODE008", "彩票公益金填到一般公共预算各表", CENTRE, ("general_budget", "22960"), redo=_fund_among_general),
    Slip(
        "CODE009",
        "政府性基金表的科目选成一般公共预算的其他支出",
        CENTRE,
        ("government_fund", "22999"),
        redo=lambda book: recoded(
            book,
            ["revenue", "expenditure", "government_fund"],
            {"22960": CodeRow("22999", "其他支出"), "2296003": CodeRow("2299999", "其他支出")},
        ),
    ),
    Slip(
        "CODE010",
        "国有资本经营预算支出的科目选成城乡社区支出",
        CENTRE,
        ("state_capital", "212"),
        redo=_capital_among_communities,
    ),
    worded(
        "CODE011",
        JIAOZUO,
        ("basic_expenditure", "30108"),
        "经济分类科目名称写成简称",
        (name_cell("basic_expenditure", "30108"), "养老保险"),
    ),
    Slip("CODE012", "模板带出的空行没有删除", JIAOZUO, ("revenue", "2101101"), redo=_empty_row),
    Slip(
        "CODE013",
        "一般公共预算表的科目编码与支出决算表不同",
        CENTRE,
        ("general_budget", "2080501"),
        redo=lambda book: recoded(book, ["general_budget"], {"2080502": CodeRow("2080501", "行政单位离退休")}),
    ),
    worded(
        "CODE014",
        CENTRE,
        ("government_fund", "2296003"),
        "同一编码在政府性基金表里写成另一个名称",
        (name_cell("government_fund", "2296003"), "用于教育事业的彩票公益金支出"),
    ),
    Slip(
        "CODE015",
        "行政单位用了事业单位医疗的科目",
        OFFICE,
        ("general_budget", "2101102"),
        redo=lambda book: recoded(book, GENERAL, {"2101101": MEDICAL}),
    ),
)
