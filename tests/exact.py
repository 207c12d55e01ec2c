"""Random books that are exact to the 分: every relation holds before rounding. Built without any of the rules."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from juesuan.book import Book, Cell, RowLabel, Sheet
from juesuan.classification import functional
from juesuan.model import TOTAL, Edition, Table
from juesuan.money import WAN_STEP, Currency, round_fen
from juesuan.place import Place

Figures = dict[tuple[str, str, str], int]


class Sparse(Figures):
    """An absent amount is nothing, and asking for it does not make it present."""

    def __missing__(self, key: tuple[str, str, str]) -> int:
        return 0


FUNDS = ("general_budget", "government_fund", "state_capital")
EXTRA = ("remittance_to_superior", "business", "subsidy_to_affiliates")
INCOMES = ("grants_from_superior", "service_revenue", "business", "remittance_from_affiliates", "other_revenue")
PERSONNEL = ("301", "303")
ABROAD = {
    "overseas_travel": "30212",
    "vehicle_purchase": "31013",
    "vehicle_operation": "30231",
    "official_reception": "30217",
}
FIRST_LINE, LABELS = 6, 2
"""Where amounts begin below the head of a table, and how many columns of labels stand before them."""
SKIPPED = ("31005", "31006", "31009", "31010", "31011", "31012")


def figures(seed: int, edition: Edition, rows: int | None = None, leaves: Sequence[str] | None = None) -> Figures:
    """Exact amounts in 分 by (table, row, field) of one consistent book.

    `rows`: how many 类, 款 and 项 there should be, give or take two; by default a random few. `leaves`: the 项
    of which it takes some.
    """
    chance = random.Random(seed)
    exact: Figures = defaultdict(int)
    classes = [code for code, _ in edition.classes if code not in ("223", "234")]
    if leaves is not None:
        leaves = sorted(chance.sample(leaves, chance.randint(4, len(leaves))))
    else:
        leaves = _leaves(chance, classes) if rows is None else _leaves_in(rows, chance, classes)
    carried = chance.random() < 0.5
    for leaf in leaves:
        _spend(exact, leaf, chance, carried)
    if chance.random() < 0.4:
        _spend(exact, "2230105", chance, carried, "state_capital")
    _roll_up(exact)
    exact = Sparse(exact)
    _summaries(exact, edition, chance)
    _economic(exact, edition, chance)
    _three_public(exact, chance)
    return dict(exact)


def _leaves(chance: random.Random, classes: list[str]) -> list[str]:
    leaves = set()
    for code in chance.sample(classes, chance.randint(1, 6)):
        for group in range(chance.randint(1, 3)):
            for item in range(chance.randint(1, 5)):
                leaves.add(f"{code}{group + 1:02d}{item + 1:02d}")
    return sorted(leaves)


def _leaves_in(rows: int, chance: random.Random, classes: list[str]) -> list[str]:
    """项 of a book of about `rows` 类, 款 and 项, some 款 with one 项 and some with many."""
    chosen = chance.sample(classes, min(len(classes), max(1, rows // chance.randint(7, 14))))
    codes: dict[str, None] = {}
    while len(codes) < rows:
        leaf = f"{chance.choice(chosen)}{chance.randint(1, 6):02d}{min(chance.randint(1, 9), chance.randint(1, 9)):02d}"
        codes |= dict.fromkeys((leaf[:3], leaf[:5], leaf))
    return sorted(code for code in codes if len(code) == 7)


def _money(chance: random.Random, zero: float = 0.3) -> int:
    """An amount in 分: often nothing, sometimes under 50 元, sometimes millions."""
    if chance.random() < zero:
        return 0
    return chance.randint(0, 10 ** chance.choice((3, 6, 8, 9, 10)))


def _spend(exact: Figures, leaf: str, chance: random.Random, carried: bool, only: str | None = None) -> None:
    fund = only or chance.choice(("general_budget", "general_budget", "general_budget", "government_fund"))
    spent = {"basic": _money(chance), "project": _money(chance)}
    for field, amount in spent.items():
        exact[fund, leaf, field] += amount
        exact["expenditure", leaf, field] += amount + (_money(chance, 0.8) if not only else 0)
    for field in EXTRA:
        exact["expenditure", leaf, field] = _money(chance, 0.9)
    total = sum(spent.values())
    opening = chance.randint(0, total) if carried else 0
    closing = _money(chance) if carried else 0
    exact["revenue", leaf, "fiscal_appropriation"] = total - opening + closing
    exact["carry", leaf, fund] = opening
    exact["kept", leaf, fund] = closing
    if fund == "government_fund":
        exact[fund, leaf, "opening_carryover"] = opening
        exact[fund, leaf, "revenue"] = total - opening + closing
        exact[fund, leaf, "closing_carryover"] = closing
    for field in INCOMES:
        exact["revenue", leaf, field] = _money(chance, 0.8)


def _roll_up(exact: Figures) -> None:
    for (table, leaf, field), amount in list(exact.items()):
        if table in ("carry", "kept"):
            continue
        for row in (leaf[:5], leaf[:3], TOTAL):
            exact[table, row, field] += amount
    columns = {"revenue": ("fiscal_appropriation", *INCOMES), "expenditure": ("basic", "project", *EXTRA)}
    columns |= dict.fromkeys(FUNDS, ("basic", "project"))
    for table, fields in columns.items():
        for row in dict.fromkeys([*(row for name, row, _ in exact if name == table), TOTAL]):
            exact[table, row, "total"] = sum(exact[table, row, field] for field in fields)


def _summaries(exact: Figures, edition: Edition, chance: random.Random) -> None:
    carry = {
        fund: sum(amount for key, amount in list(exact.items()) if key[0] == "carry" and key[2] == fund)
        for fund in FUNDS
    }
    kept = {
        fund: sum(amount for key, amount in list(exact.items()) if key[0] == "kept" and key[2] == fund)
        for fund in FUNDS
    }
    top, part = "summary", "appropriation_summary"
    for fund in FUNDS:
        spent = exact[fund, TOTAL, "total"]
        income = spent - carry[fund] + kept[fund]
        exact[top, fund, "revenue"] = exact[part, fund, "revenue"] = income
        exact[part, f"{fund}_opening", "revenue"] = carry[fund]
        exact[part, "closing_carryover", fund] = kept[fund]
    for code, _ in edition.classes:
        exact[top, code, "expenditure"] = exact["expenditure", code, "total"]
        for fund in FUNDS:
            exact[part, code, fund] = exact[fund, code, "total"]
    for fund in FUNDS:
        exact[part, "expenditure_total", fund] = exact[fund, TOTAL, "total"]
        exact[part, "grand_total", fund] = exact[fund, TOTAL, "total"] + kept[fund]
    for row in [code for code, _ in edition.classes] + ["expenditure_total", "closing_carryover", "grand_total"]:
        exact[part, row, "total"] = sum(exact[part, row, fund] for fund in FUNDS)
    exact[part, "revenue_total", "revenue"] = sum(exact[part, fund, "revenue"] for fund in FUNDS)
    exact[part, "opening_carryover", "revenue"] = sum(carry.values())
    exact[part, "grand_total", "revenue"] = exact[part, "grand_total", "total"]
    for field in INCOMES:
        exact[top, field, "revenue"] = exact["revenue", TOTAL, field]
    income, spent = exact["revenue", TOTAL, "total"], exact["expenditure", TOTAL, "total"]
    opening = sum(carry.values()) + _money(chance)
    surplus = max(0, spent - income - opening) + _money(chance, 0.7)
    given = _money(chance, 0.7)
    closing = income + opening + surplus - spent - given
    if closing < sum(kept.values()):
        surplus += sum(kept.values()) - closing
        closing = sum(kept.values())
    exact[top, "revenue_total", "revenue"] = income
    exact[top, "expenditure_total", "expenditure"] = spent
    exact[top, "opening_carryover", "revenue"] = opening
    exact[top, "use_of_non_fiscal_surplus", "revenue"] = surplus
    exact[top, "surplus_distribution", "expenditure"] = given
    exact[top, "closing_carryover", "expenditure"] = closing
    exact[top, "grand_total", "revenue"] = exact[top, "grand_total", "expenditure"] = income + opening + surplus


def _economic(exact: Figures, edition: Edition, chance: random.Random) -> None:
    """Split the basic expenditure over economic codes."""
    table = edition.table("basic_expenditure")
    assert table is not None
    codes = [code for group in table.groups for code in group if len(code) == 5 and code not in SKIPPED]
    left = exact["general_budget", TOTAL, "basic"]
    for code in chance.sample(codes, len(codes)):
        amount = min(left, _money(chance, 0.5))
        exact["basic_expenditure", code, "amount"] = amount
        left -= amount
    exact["basic_expenditure", "30101", "amount"] += left
    for code in codes:
        exact["basic_expenditure", code[:3], "amount"] += exact["basic_expenditure", code, "amount"]
        total = "personnel" if code[:3] in PERSONNEL else "operating"
        exact["basic_expenditure", total, "amount"] += exact["basic_expenditure", code, "amount"]


def _three_public(exact: Figures, chance: random.Random) -> None:
    left = exact["general_budget", TOTAL, "project"]
    for field, code in ABROAD.items():
        more = min(left, _money(chance, 0.6))
        left -= more
        exact["three_public", "actual", field] = exact["basic_expenditure", code, "amount"] + more
        exact["three_public", "budget", field] = exact["three_public", "actual", field] + _money(chance, 0.7)
    for row in ("budget", "actual"):
        item = {field: exact["three_public", row, field] for field in ABROAD}
        exact["three_public", row, "vehicles"] = item["vehicle_purchase"] + item["vehicle_operation"]
        exact["three_public", row, "total"] = sum(item.values())
    _worked_out(exact)


def _worked_out(exact: Figures) -> None:
    """三公汇总: where the actual figures come from, and how they compare with the budget."""
    basic = {field: exact["basic_expenditure", code, "amount"] for field, code in ABROAD.items()}
    basic["vehicles"] = basic["vehicle_purchase"] + basic["vehicle_operation"]
    basic["total"] = basic["overseas_travel"] + basic["vehicles"] + basic["official_reception"]
    for field, amount in basic.items():
        budget, actual = (exact["three_public", row, field] for row in ("budget", "actual"))
        lines = {"basic": amount, "project": actual - amount, "actual": actual, "budget": budget}
        for line, value in (lines | {"difference": actual - budget}).items():
            exact["three_public_summary", line, field] = value


def rounded(exact: Figures, edition: Edition, currency: Currency = "万元", unit_type: str = "") -> Book:
    """The book as it would be published: each exact amount rounded by itself to 0.01 of `currency`."""
    step = WAN_STEP if currency == "万元" else 1
    cells: list[Cell] = []
    sheets: list[Sheet] = []
    for order, table in enumerate(table for table in edition.tables if not table.optional):
        labels: dict[str, RowLabel] = {}
        for row, field, signed, line, column in _laid_out(table, exact):
            place = Place(table.label, FIRST_LINE + line, column)
            fen = round_fen(exact.get((table.id, row, field), 0), step)
            cells.append(Cell(table.id, row, field, place, fen, step, signed))
            label = place._replace(column=0 if table.layout == "row" else column - LABELS)
            labels.setdefault(row, RowLabel(row, row if row.isdigit() else "", _name(row), label))
        columns = frozenset(field.id for field in table.all_fields)
        empty = not any(cell.fen for cell in cells if cell.table == table.id)
        notes = (f"注:{table.note}", *(["说明:故本表无数据。"] if empty else []))
        place = Place(table.label, 0, 0)
        sheets.append(
            Sheet(
                table,
                table.label,
                place,
                order,
                tuple(labels.values()),
                columns,
                table.label,
                "某局",
                2024,
                currency,
                notes,
            )
        )
    return Book(edition, sheets, cells, currency=currency, facts={"单位性质": unit_type} if unit_type else {})


def _name(row: str) -> str:
    known = functional().get(row)
    return known.name if known else f"科目{row}"


def _laid_out(table: Table, exact: Figures) -> Iterator[tuple[str, str, bool, int, int]]:
    """(row, field, may be negative, line, column) of every amount, where the form has it: lines from 0 below the head.

    Lines of two sides, and groups of economic codes, stand beside each other, each after its labels; the rows of a
    table that is printed across follow one another on one line.
    """
    if table.layout == "lines":
        column = LABELS
        for side in table.sides:
            for number, line in enumerate(side.lines):
                if line.id is not None and not line.ratio:
                    for beside, field in enumerate(side.fields):
                        yield line.id, field.id, line.signed, number, column + beside
            column += len(side.fields) + LABELS
    elif table.layout == "items":
        for order, group in enumerate(table.groups):
            for number, code in enumerate(group):
                yield code, "amount", False, number, LABELS + order * (LABELS + 1)
        for order, line in enumerate(table.totals):
            yield line.id or "", "amount", False, max(map(len, table.groups)), LABELS + order * (LABELS + 1)
    elif table.layout == "row":
        amounts = [(row.id, field.id) for row in table.rows for field in table.fields]
        yield from ((row, field, False, 0, column) for column, (row, field) in enumerate(amounts))
    else:
        rows = sorted({row for name, row, _ in exact if name == table.id and row != TOTAL})
        for number, row in enumerate([TOTAL, *rows]):
            for beside, field in enumerate(table.fields):
                yield row, field.id, field.signed, number, LABELS + beside
