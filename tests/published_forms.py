"""Forms in which accounts are published elsewhere and in other years, each written by hand with figures of its own.

A page says which figure stands in which cell, so that a test can ask of every one whether it was read, and where.
The figures are exact to the 分 before each is rounded by itself, so that sums are off by 尾差 and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exact import INCOMES, figures
from juesuan.book import Key
from juesuan.classification import economic, functional
from juesuan.edition import load_edition
from juesuan.model import TOTAL
from juesuan.money import round_fen
from other_forms import NAMES_OF_2017

UNIT = "某某市机关事务服务中心"
FEN = {"元": 100, "万元": 1_000_000, "千元": 100_000}
STEP = {"元": 1, "万元": 10_000, "千元": 1_000}
CODES = (
    *("2010301", "2010350", "2010399", "2050803", "2070199", "2080501", "2080505", "2080506", "2080599", "2082701"),
    *("2101101", "2101102", "2120399", "2130104", "2210201", "2210203", "2240106", "2299999"),
)
NOTE = "注：本表反映部门本年度的收支情况。本表金额转换时，因四舍五入可能存在尾差。"
EMPTY = "说明：本单位没有此项收支，故本表无数据。"

Row = list[Any]
Writer = Callable[["Form", str, "Exact", int], "Page"]
Exact = dict[Key, int]


class At(NamedTuple):
    """A cell that holds the figure of `key`."""

    key: Key


class Page(NamedTuple):
    name: str
    rows: list[Row]
    merges: tuple[str, ...] = ()
    hidden: bool = False


class Written(NamedTuple):
    """The workbook at `path`: of every figure its sheet, address and amount (分; None for a blank)."""

    path: Path
    figures: dict[Key, tuple[str, str, int | None]]


BUDGETS = {
    "general_budget": "一般公共预算财政拨款",
    "government_fund": "政府性基金预算财政拨款",
    "state_capital": "国有资本经营预算财政拨款",
}
INCOME = (
    ("一、一般公共预算财政拨款收入", "general_budget"),
    ("二、政府性基金预算财政拨款收入", "government_fund"),
    ("三、国有资本经营预算财政拨款收入", "state_capital"),
    ("四、上级补助收入", "grants_from_superior"),
    ("五、事业收入", "service_revenue"),
    ("六、经营收入", "business"),
    ("七、附属单位上缴收入", "remittance_from_affiliates"),
    ("八、其他收入", "other_revenue"),
)
INCOME_OF_2019 = (
    *INCOME[:2],
    *(
        (f"{number}、{label.partition('、')[2]}", row)
        for number, (label, row) in zip("三四五六七", INCOME[3:], strict=True)
    ),
)
INCOME_OF_2017 = (
    ("一、财政拨款收入", "fiscal_appropriation"),
    ("　　其中：政府性基金预算财政拨款", "fund_part"),
    *(
        (f"{number}、{label.partition('、')[2]}", row)
        for number, (label, row) in zip("二三四五六", INCOME[3:], strict=True)
    ),
)
CLASSES = tuple((name, code) for code, name in load_edition("henan-2024").classes)
CLASSES_OF_2017 = tuple((name, code) for code, name in load_edition("older-2017").classes if code not in ("224",))
CLASSES_OF_2019 = tuple(pair for pair in CLASSES if pair[1] not in ("223", "234"))
WHOLE_BUDGET = (
    *CLASSES[:8],
    ("社会保险基金支出", ""),
    *CLASSES[8:22],
    ("预备费", ""),
    *CLASSES[22:23],
    ("转移性支出", ""),
    *CLASSES[23:25],
    ("债务发行费用支出", ""),
    *CLASSES[25:],
)
"""31 less two: the classes of a whole budget, of which a unit never has some."""

TITLES = {
    "summary": "收入支出决算总表",
    "revenue": "收入决算表",
    "expenditure": "支出决算表",
    "appropriation_summary": "财政拨款收入支出决算总表",
    "general_budget": "一般公共预算财政拨款支出决算表",
    "basic_expenditure": "一般公共预算财政拨款基本支出决算表",
    "government_fund": "政府性基金预算财政拨款收入支出决算表",
    "state_capital": "国有资本经营预算财政拨款支出决算表",
    "three_public": "一般公共预算财政拨款“三公”经费支出决算表",
}
LINES = {
    "opening_carryover": "年初结转和结余",
    "closing_carryover": "年末结转和结余",
    "use_of_non_fiscal_surplus": "使用非财政拨款结余（含专用结余）",
}


class Form(NamedTuple):
    """How a province publishes. `zero` is how nothing is written: '', '-', '0.00' or '0'; `text`: amounts as text.

    `income` are the lines of income before 本年收入合计, `classes` those of expenditure; `numbered`: with 行次 and
    栏次, the first of expenditure being `first`. `codes`: “one” column, “merged” over three, each part in its own
    (“parts”), or the whole code as a number. `order`: the tables as printed, by what writes them.
    """

    year: int
    order: tuple[str, ...]
    edition: str = "henan-2024"
    unit: str = "万元"
    zero: str = "0.00"
    text: bool = False
    head: str = "label_right"
    names: str = "{label}"
    titles: dict[str, str] = {}  # noqa: RUF012
    income: tuple[tuple[str, str], ...] = INCOME
    classes: tuple[tuple[str, str], ...] = CLASSES
    numbered: bool = True
    first: int = 32
    amount: str = "决算数"
    codes: str = "one"
    total_last: bool = False
    indent: str = ""
    notes: tuple[str, ...] = (NOTE,)
    beside: tuple[Page, ...] = ()
    together: bool = False
    lines: dict[str, str] = {}  # noqa: RUF012
    funds: tuple[str, ...] = ("general_budget", "government_fund", "state_capital")
    dress: Callable[[str], str] = str
    own: dict[str, Writer] = {}  # noqa: RUF012


def exact_figures(form: Form, seed: int) -> Exact:
    """Figures in 分 of a unit whose accounts this form can hold."""
    edition = load_edition(form.edition)
    held = {code for _, code in form.classes}
    while True:
        exact = figures(seed, edition, leaves=[code for code in CODES if code[:3] in held])
        if any(amount for (table, _, _), amount in exact.items() if table == "state_capital") <= (
            "state_capital" in form.funds
        ):
            break
        seed += 1
    funds = {fund: exact["summary", fund, "revenue"] for fund in BUDGETS}
    exact["summary", "fiscal_appropriation", "revenue"] = sum(funds.values())
    exact["summary", "fund_part", "revenue"] = funds["government_fund"]
    return exact


def write(path: Path, form: Form, seed: int = 1, change: dict[Key, int] | None = None) -> Written:
    """Write the form to `path`; `change` gives other amounts (分) for some figures."""
    exact = exact_figures(form, seed)
    pages = [
        (form.own.get(table) or _PAGES[table])(form, table, exact, number) for number, table in enumerate(form.order, 1)
    ]
    if form.together:
        rows = [row for page in pages for row in (*page.rows, [], [])]
        pages = [Page("决算公开表", rows)]
    file = Workbook()
    file.remove(file.worksheets[0])
    figures_at: dict[Key, tuple[str, str, int | None]] = {}
    for page in (*form.beside[:1], *pages, *form.beside[1:]):
        sheet = file.create_sheet(page.name)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
        for row, values in enumerate(page.rows, 1):
            for column, value in enumerate(values, 1):
                if isinstance(value, At):
                    fen = (change or {}).get(value.key)
                    fen = round_fen(exact.get(value.key, 0), STEP[form.unit]) if fen is None else fen
                    shown, read = _amount(fen, form)
                    sheet.cell(row, column, shown)
                    address = f"{get_column_letter(column)}{row}"
                    figures_at[value.key] = (page.name, address, read)
                elif value not in ("", None):
                    sheet.cell(row, column, form.dress(value) if isinstance(value, str) else value)
        for merge in page.merges:
            sheet.merge_cells(merge)
    file.save(path)
    return Written(path, figures_at)


def _amount(fen: int, form: Form) -> tuple[Any, int | None]:
    if fen == 0 and form.zero != "0.00":
        return {"": (None, None), "-": ("-", None), "0": (0, 0)}[form.zero]
    number = Decimal(fen) / FEN[form.unit]
    return (f"{number:,.2f}" if form.text else float(number)), fen


def _head(form: Form, title: str, number: int, width: int) -> list[Row]:
    label, unit, year = f"公开{number:02d}表", f"部门：{UNIT}", f"{form.year}年度"
    gap = [""] * max(width - 2, 0)
    if form.head == "label_right":
        return [[title], ["", *gap, label], [unit, *gap, f"单位：{form.unit}"], [year]]
    if form.head == "gk":
        return [[title], [], ["", *gap, f"财决{label}"], [unit, year, *gap[1:], f"金额单位：{form.unit}"]]
    if form.head == "one_line":
        return [[label], [f"{year}{title}"], [f"编制单位：{UNIT}　　　　{year}　　　　单位：{form.unit}"]]
    if form.head == "appendix":
        return [
            [f"附表1-{number}"],
            [f"{form.year}年{title}（{label}）"],
            [f"单位名称：{UNIT}", *gap, f"（单位：{form.unit}）"],
        ]
    if form.head == "bare":
        return [[f"表{number}　{title}"], ["", *gap, f"单位：{form.unit}"]]
    return [[f"{UNIT}{year}部门{title}"], [f"填报单位:{UNIT}", *gap, f"金额单位:{form.unit}"]]


def _name(form: Form, title: str, number: int) -> str:
    return form.names.format(label=f"公开{number:02d}表", number=number, title=title)[:31]


def _page(form: Form, table: str, number: int, headings: list[Row], rows: list[Row], spans: Sequence[str] = ()) -> Page:
    """`spans`: merged areas of the heading rows, counted from the first of them."""
    title = form.titles.get(table, TITLES.get(table, table))
    head = _head(form, title, number, max(map(len, headings)))
    merges = [_moved(span, len(head)) for span in spans] if not form.together else []
    return Page(_name(form, title, number), [*head, *headings, *rows, *([note] for note in form.notes)], tuple(merges))


def _moved(span: str, rows: int) -> str:
    first, last = span.split(":")
    return f"{first[0]}{int(first[1:]) + rows}:{last[0]}{int(last[1:]) + rows}"


def _beside(left: list[Row], right: list[Row]) -> list[Row]:
    height = max(len(left), len(right))
    widths = len(left[0]), len(right[0])
    return [
        [*(left[at] if at < len(left) else [""] * widths[0]), *(right[at] if at < len(right) else [""] * widths[1])]
        for at in range(height)
    ]


def _line(form: Form, row: str) -> str:
    return form.lines.get(row, LINES.get(row, ""))


def _numbered(form: Form, rows: Iterable[Row], first: int) -> list[Row]:
    return [[row[0], first + at, *row[1:]] if form.numbered else row for at, row in enumerate(rows)]


def _summary(form: Form, table: str, exact: Exact, number: int) -> Page:
    def income(label: str, row: str) -> Row:
        return [label, At((table, row, "revenue"))]

    def spent(label: str, row: str) -> Row:
        return [label, At((table, row, "expenditure")) if row else ""]

    middle = len(form.classes) - len(form.income)
    left = [income(*line) for line in form.income] + [["", ""]] * middle
    left += [income("本年收入合计", "revenue_total")]
    left += [income(_line(form, row), row) for row in ("use_of_non_fiscal_surplus", "opening_carryover")]
    left += [["", ""], income("总计", "grand_total")]
    right = [spent(f"{_ordinal(at)}、{name}", code) for at, (name, code) in enumerate(form.classes, 1)]
    right += [spent("本年支出合计", "expenditure_total"), spent("结余分配", "surplus_distribution")]
    right += [spent(_line(form, "closing_carryover"), "closing_carryover"), ["", ""], spent("总计", "grand_total")]
    rows = _beside(_numbered(form, left, 1), _numbered(form, right, form.first))
    if form.numbered:
        headings = [
            ["收　　入", "", "", "支　　出", "", ""],
            ["项目", "行次", form.amount, "项目", "行次", form.amount],
        ]
        return _page(form, table, number, [*headings, ["栏次", "", 1, "栏次", "", 2]], rows, ("A1:C1", "D1:F1"))
    headings = [["收入", "", "支出", ""], ["项目", form.amount, "项目（按功能分类）", form.amount]]
    return _page(form, table, number, headings, rows, ("A1:B1", "C1:D1"))


def _ordinal(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    return f"{digits[tens].strip() if tens > 1 else ''}{'十' if tens else ''}{digits[ones].strip()}"


def _appropriation(form: Form, table: str, exact: Exact, number: int) -> Page:
    fields = ("total", *form.funds)

    def spent(label: str, row: str) -> Row:
        return [label, *(At((table, row, field)) if row else "" for field in fields)]

    left = [
        [f"{order}、{BUDGETS[fund]}", At((table, fund, "revenue"))]
        for order, fund in zip("一二三", form.funds, strict=False)
    ]
    left += [["", ""]] * (len(form.classes) - len(form.funds))
    left += [["本年收入合计", At((table, "revenue_total", "revenue"))]]
    left += [["年初财政拨款结转和结余", At((table, "opening_carryover", "revenue"))]]
    left += [[f"　　{BUDGETS[fund]}", At((table, f"{fund}_opening", "revenue"))] for fund in form.funds]
    left += [["总计", At((table, "grand_total", "revenue"))]]
    right = [spent(f"{_ordinal(at)}、{name}", code) for at, (name, code) in enumerate(form.classes, 1)]
    right += [spent("本年支出合计", "expenditure_total"), spent("年末财政拨款结转和结余", "closing_carryover")]
    right += [["", *[""] * len(fields)]] * len(form.funds) + [spent("总计", "grand_total")]
    rows = _beside(_numbered(form, left, 1), _numbered(form, right, form.first + 1))
    names = ["合计", *(BUDGETS[fund] for fund in form.funds)]
    if form.numbered:
        headings = [
            ["收　　入", "", "", "支　　出", *[""] * (len(names) + 1)],
            ["项目", "行次", "金额", "项目", "行次", *names],
            ["栏次", "", 1, "栏次", "", *range(2, 2 + len(names))],
        ]
        return _page(form, table, number, headings, rows, ("A1:C1", f"D1:{get_column_letter(5 + len(names))}1"))
    headings = [["收入", "", "支出", *[""] * len(names)], ["项目", "决算数", "项目（按功能分类）", *names]]
    return _page(form, table, number, headings, rows, ("A1:B1", f"C1:{get_column_letter(3 + len(names))}1"))


def _codes(
    form: Form,
    table: str,
    exact: Exact,
    number: int,
    fields: Sequence[str],
    headings: list[Row],
    spans: Sequence[str],
) -> Page:
    """`headings`: the heading rows of the amounts; `spans`: their merged areas, column A being the first amount's."""
    found = {
        row
        for name, row, _ in exact
        if name == table
        and row != TOTAL
        and any(round_fen(exact.get((table, row, f), 0), STEP[form.unit]) for f in fields)
    }
    keys = 1 if form.codes in ("one", "number") else 3
    rows: list[Row] = []
    for code in sorted(found):
        name = functional()[code].name if code in functional() else f"科目{code}"
        ways: dict[str, Row] = {
            "one": [code],
            "number": [int(code)],
            "merged": [code, "", ""],
            "parts": [code[:3], code[3:5], code[5:]],
        }
        shown = ways[form.codes]
        indent = form.indent * ((len(code) - 3) // 2)
        rows.append([*shown, indent + name, *(At((table, code, field)) for field in fields)])
    amounts: Row = [At((table, TOTAL, field)) for field in fields]
    depth = len(headings)
    first: Row = ["项目", *[""] * keys]
    second: Row = [form.lines.get("code", "功能分类科目编码"), *[""] * (keys - 1), "科目名称"]
    blank: list[Row] = [[""] * (keys + 1)] * (depth - 2)
    above = [[*left, *right] for left, right in zip([first, second, *blank], headings, strict=True)]
    shift = [f"{_right(part, keys + 1)}" for part in spans]
    letters = get_column_letter(keys + 1)
    spans = [*shift, f"A1:{letters}1", *([f"A2:C{depth}", f"D2:D{depth}"] if keys == 3 else [])]
    total: Row
    counter: list[Row]
    if keys == 3:
        counter = [["类", "款", "项", "栏次", *range(1, len(fields) + 1)]] if form.numbered else []
        total = ["", "", "", "合计", *amounts]
    else:
        counter = [["栏次", "", *range(1, len(fields) + 1)]] if form.numbered else []
        total = ["合计", "", *amounts]
    rows = [*counter, *rows, total] if form.total_last else [*counter, total, *rows]
    page = _page(form, table, number, above, rows, spans)
    if not found and table != "three_public":
        page = page._replace(rows=[*page.rows, [EMPTY]])
    return page


def _right(span: str, columns: int) -> str:
    first, last = span.split(":")
    return f"{chr(ord(first[0]) + columns)}{first[1:]}:{chr(ord(last[0]) + columns)}{last[1:]}"


def _revenue(form: Form, table: str, exact: Exact, number: int) -> Page:
    fields = ("total", "fiscal_appropriation", *INCOMES)
    names = ["本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
    spans = [f"{letter}1:{letter}2" for letter in "ABCDEFG"]
    return _codes(form, table, exact, number, fields, [names, [""] * 7], spans)


def _expenditure(form: Form, table: str, exact: Exact, number: int) -> Page:
    fields = ("total", "basic", "project", "remittance_to_superior", "business", "subsidy_to_affiliates")
    names = ["本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
    spans = [f"{letter}1:{letter}2" for letter in "ABCDEF"]
    return _codes(form, table, exact, number, fields, [names, [""] * 6], spans)


def _spent(form: Form, table: str, exact: Exact, number: int) -> Page:
    headings = [["本年支出", "", ""], [form.lines.get("subtotal", "小计"), "基本支出", "项目支出"]]
    return _codes(form, table, exact, number, ("total", "basic", "project"), headings, ["A1:C1"])


def _carried(form: Form, table: str, exact: Exact, number: int) -> Page:
    fields = ("opening_carryover", "revenue", "total", "basic", "project", "closing_carryover")
    headings = [
        ["年初结转和结余", "本年收入", "本年支出", "", "", "年末结转和结余"],
        ["", "", form.lines.get("subtotal", "小计"), "基本支出", "项目支出", ""],
    ]
    return _codes(form, table, exact, number, fields, headings, ["C1:E1", "A1:A2", "B1:B2", "F1:F2"])


def _economic(form: Form, table: str, exact: Exact, number: int) -> Page:
    declared = load_edition(form.edition).table(table)
    assert declared is not None
    groups = [[[code, _item(code, form), At((table, code, "amount"))] for code in group] for group in declared.groups]
    rows = groups[0]
    for group in groups[1:]:
        rows = _beside(rows, group)
    width = len(rows[0])
    closing: Row = ["人员经费合计", "", At((table, "personnel", "amount")), "公用经费合计", *[""] * (width - 5)]
    closing.append(At((table, "operating", "amount")))
    heading = [form.lines.get("economic", "科目编码"), "科目名称", form.amount] * (width // 3)
    above: Row = ["人员经费", "", "", "公用经费", *[""] * (width - 4)]
    return _page(form, table, number, [above, heading], [*rows, closing], ("A1:C1", f"D1:{get_column_letter(width)}1"))


def _item(code: str, form: Form) -> str:
    known = economic().get(code)
    return NAMES_OF_2017.get(code, known.name if known else code) if form.year < 2018 else known.name if known else code


ABROAD = ("total", "overseas_travel", "vehicles", "vehicle_purchase", "vehicle_operation", "official_reception")


def _three_public(form: Form, table: str, exact: Exact, number: int) -> Page:
    vehicles = form.lines.get("vehicles", "公务用车购置及运行费")
    names = ["合计", "因公出国（境）费", vehicles, "", "", "公务接待费"]
    below = [
        "",
        "",
        "小计",
        "公务用车购置费",
        vehicles.replace("购置及", "") if "维护" not in vehicles else "公务用车运行维护费",
        "",
    ]
    headings: list[Row] = [["预算数", *[""] * 5, "决算数", *[""] * 5], names * 2, below * 2, list(range(1, 13))]
    row = [At((table, kind, field)) for kind in ("budget", "actual") for field in ABROAD]
    return _page(form, table, number, headings, [row], ("A1:F1", "G1:L1", "C2:E2", "I2:K2"))


def revenue_with_fees(form: Form, table: str, exact: Exact, number: int) -> Page:
    """事业收入 in two columns, the second a part of the first."""
    names = ["本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "", "经营收入", "附属单位上缴收入", "其他收入"]
    below = ["", "", "", "小计", "其中：教育收费", "", "", ""]
    fields = ("total", *INCOMES[:0], "fiscal_appropriation", *INCOMES[:2], "fees", *INCOMES[2:])
    exact |= {
        (table, row, "fees"): exact[table, row, "service_revenue"] // 2 for name, row, _ in list(exact) if name == table
    }
    return _codes(form, table, exact, number, fields, [names, below], ["D1:E1"])


def general_with_balances(form: Form, table: str, exact: Exact, number: int) -> Page:
    """一般公共预算 with income and balances, so that 基本支出 and 项目支出 stand under four headings each."""
    groups = ["年初结转和结余", "本年收入", "本年支出", "年末结转和结余"]
    names = [name for group in groups for name in (group, "", "")]
    below = [
        "合计",
        "基本支出结转",
        "项目支出结转和结余",
        *["合计", "基本支出", "项目支出"] * 2,
        *["合计", "基本支出结转", "项目支出结转和结余"],
    ]
    fields = [("spare", group, field) for group in groups for field in ("total", "basic", "project")]
    keys = [field if group == "本年支出" else f"{group}-{field}" for _, group, field in fields]
    rows = {row for name, row, _ in list(exact) if name == table}
    for group in (*groups[:2], groups[3]):
        for row in rows:
            for field in ("total", "basic", "project"):
                exact[table, row, f"{group}-{field}"] = exact.get((table, row, field), 0) if group == "本年收入" else 0
    return _codes(form, table, exact, number, keys, [names, below], ["A1:C1", "D1:F1", "G1:I1", "J1:L1"])


def three_public_in_rows(form: Form, table: str, exact: Exact, number: int) -> Page:
    """预算数 above 决算数, with meetings and training beside."""
    group = "一般公共预算财政拨款安排的“三公”经费"
    headings: list[Row] = [
        ["项目", group, "", "", "", "", "", "会议费", "培训费"],
        ["", "小计", "因公出国（境）费用", "公务接待费", "公务用车购置及运行维护费", "", "", "", ""],
        ["", "", "", "", "小计", "公务用车购置费", "公务用车运行维护费", "", ""],
        ["栏次", *range(1, 9)],
    ]
    fields = ("total", "overseas_travel", "official_reception", "vehicles", "vehicle_purchase", "vehicle_operation")
    rows = [
        [title, *(At((table, kind, field)) for field in fields), 1.25, 0.5]
        for title, kind in (("预算数", "budget"), ("决算数", "actual"))
    ]
    spans = ("A1:A3", "B1:G1", "B2:B3", "C2:C3", "D2:D3", "E2:G2", "H1:H3", "I1:I3")
    return _page(form, table, number, headings, rows, spans)


def three_public_down(form: Form, table: str, exact: Exact, number: int) -> Page:
    """机构运行信息表: the items down the sheet, with 机关运行经费 beside them."""
    items = (
        ("一、“三公”经费支出", None),
        ("（一）支出合计", "total"),
        ("1．因公出国（境）费", "overseas_travel"),
        ("2．公务用车购置及运行维护费", "vehicles"),
        ("（1）公务用车购置费", "vehicle_purchase"),
        ("（2）公务用车运行维护费", "vehicle_operation"),
        ("3．公务接待费", "official_reception"),
    )
    beside = [["四、机关运行经费", 12.3], ["（一）行政单位", 12.3], ["（二）参照公务员法管理事业单位", 0]]
    rows = [
        [
            label,
            *(At((table, kind, field)) if field else "—" for kind in ("budget", "actual")),
            *(beside[at] if at < 3 else []),
        ]
        for at, (label, field) in enumerate(items)
    ]
    headings: list[Row] = [["项目", "预算数", "决算数", "项目", "决算数"]]
    return _page(form, table, number, headings, rows)


def economic_in_columns(form: Form, table: str, exact: Exact, number: int) -> Page:
    """One list of economic codes, with columns for 人员经费 and 公用经费."""
    codes = sorted({row for name, row, _ in exact if name == table and row.isdigit() and exact[table, row, "amount"]})
    headings: list[Row] = [["项目", "", "基本支出", "", ""], ["科目编码", "科目名称", "合计", "人员经费", "公用经费"]]
    rows: list[Row] = [["合计", "", 1.0, 1.0, 1.0]]
    rows += [[code, _item(code, form), exact[table, code, "amount"] / 1e6, "", ""] for code in codes]
    return _page(form, table, number, headings, rows, ("A1:B1", "C1:E1"))


_PAGES: dict[str, Writer] = {
    "summary": _summary,
    "revenue": _revenue,
    "expenditure": _expenditure,
    "appropriation_summary": _appropriation,
    "general_budget": _spent,
    "basic_expenditure": _economic,
    "government_fund": _carried,
    "state_capital": _spent,
    "three_public": _three_public,
}
