"""What the published text of 焦作2024 says beyond its tables, as the supplementary sheets hold it."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from juesuan.money import to_fen
from juesuan.narrative.supplement import EntryKind, Supplement, Value, supplement_forms
from juesuan.template.supplement_form import draw_supplement
from published_book import jiaozuo, workbook

FILE = Path(__file__).parent / "published" / "焦作2024-补充.toml"


def supplement() -> Supplement:
    """Every value in the kind its sheet declares."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    kinds = {entry.name: entry.kind for form in supplement_forms() for entry in (*form.lines, *form.columns)}
    return Supplement(
        {name: _value(text, kinds[name]) for name, text in content["values"].items()},
        {
            name: {key: _value(text, kinds[name]) for key, text in values.items()}
            for name, values in content["lists"].items()
        },
    )


def workbook_with_supplement() -> Workbook:
    """The nine tables of 焦作2024 and the nine supplementary sheets, in 万元."""
    file = workbook(jiaozuo())
    names = [(row.code, row.name) for row in jiaozuo().rows["general_budget"] if len(row.code) == 7]
    draw_supplement(file, supplement_forms(), "万元", supplement(), names)
    return file


def _value(text: str, kind: EntryKind) -> Value:
    if kind == "amount":
        return to_fen(Decimal(text), "万元")
    if kind == "score":
        return int(Decimal(text) * 100)
    return int(text) if kind == "count" else text
