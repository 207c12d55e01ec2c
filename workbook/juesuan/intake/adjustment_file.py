"""Read the 调整表: the amounts that are counted twice between units, from a CSV or a workbook."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from juesuan.book import Key
from juesuan.errors import JuesuanError
from juesuan.expr import spelled_alike
from juesuan.intake.listed_rows import listed_rows
from juesuan.merge.member import Adjustment
from juesuan.model import TOTAL, Edition, Table, plain_label
from juesuan.money import Currency, fen_of, has_extra_decimals, read_value
from juesuan.reading.grid import spelled

_HEADINGS = {
    "table": ("表", "表名", "表号"),
    "row": ("行", "科目编码", "项目", "科目编码或项目"),
    "field": ("栏", "栏目", "栏次名称"),
    "amount": ("金额", "扣除金额", "调整金额", "扣除"),
    "reason": ("原因", "调整原因", "理由", "说明"),
    "unit": ("单位", "单位名称"),
}
_CODE = re.compile(r"\d{3,7}(?!\d)", re.ASCII)
_REQUIRED = ("table", "row", "amount", "reason")


def read_adjustments(path: str, edition: Edition, currency: Currency) -> list[Adjustment]:
    """The adjustments in the order of the file, amounts in `currency`.

    Raises JuesuanError that names the file, the row and what to do.
    """
    name = os.path.basename(path)
    columns: dict[str, int] = {}
    found: list[Adjustment] = []
    for number, row in enumerate(listed_rows(path, "调整表"), 1):
        if not columns:
            columns = _columns(row)
        elif any(row):
            given = {what: row[at] if at < len(row) else "" for what, at in columns.items()}
            found.append(_adjustment(given, f"调整表“{name}”第 {number} 行", edition, currency))
    if not columns:
        raise JuesuanError(f"调整表“{name}”里没有“表、行、栏、金额、原因”这几栏。请在第一行写上栏名。")
    return found


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Where the columns stand; nothing unless all that are needed are there."""
    texts = [spelled(text) for text in row]
    found = {
        what: next(at for at, text in enumerate(texts) if text in words)
        for what, words in _HEADINGS.items()
        if any(text in words for text in texts)
    }
    return found if all(what in found for what in _REQUIRED) else {}


def _adjustment(given: dict[str, str], where: str, edition: Edition, currency: Currency) -> Adjustment:
    table = next(
        (item for item in edition.template_tables if spelled(given["table"]) in map(spelled, item.names)), None
    )
    if table is None:
        raise JuesuanError(f"{where}：不认识表“{given['table']}”。请写表号，如 公开03表。")
    row = _row(table, given["row"])
    if row is None:
        raise JuesuanError(f"{where}：{table.name}没有“{given['row']}”一行。请写科目编码，或表上印的项目名称。")
    field = _field(table, row, given.get("field", ""))
    if field is None:
        wrong = f"这一行没有“{named}”一栏" if (named := given.get("field", "")) else "没有写哪一栏"
        raise JuesuanError(f"{where}：{table.name}{wrong}。请写表头上的栏名。")
    amount = read_value(given["amount"], currency)
    if not amount or amount < 0 or has_extra_decimals(amount):
        raise JuesuanError(f"{where}：金额“{given['amount']}”不对。请写要扣除的正数，最多两位小数，单位同工作簿。")
    if not given["reason"]:
        raise JuesuanError(f"{where}：没有写原因。请写明为什么扣除。")
    key: Key = (table.id, row, field)
    return Adjustment(key, fen_of(amount, currency), given["reason"], given.get("unit", ""))


def _row(table: Table, text: str) -> str | None:
    text = spelled(text)
    if table.layout in ("codes", "items") and (code := _CODE.match(text)):
        return code[0]
    if table.layout == "codes" and text == "合计":
        return TOTAL
    names = [(line.id, name) for line, _ in table.all_lines for name in line.names] + [
        (row.id, row.title) for row in table.rows
    ]
    return next((id_ for id_, name in names if id_ and (text == id_ or _alike(name, text))), None)


def _alike(name: str, text: str) -> bool:
    return spelled_alike(name.strip(), text) or spelled_alike(plain_label(name), plain_label(text))


def _field(table: Table, row: str, text: str) -> str | None:
    fields = [field for field_id in table.fields_of(row) if (field := table.field(field_id))]
    if not text:
        return fields[0].id if len(fields) == 1 else None
    paths = {field.id: (field.id, field.title, field.header[-1], "".join(field.header)) for field in fields}
    named = [field_id for field_id, names in paths.items() if any(spelled_alike(name, text) for name in names)]
    return named[0] if len(named) == 1 else None
