"""Draw the supplementary sheets 补01–补09 for a clerk to fill in, or filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.money import FEN_PER, Currency
from juesuan.narrative.supplement import NOTHING, Entry, EntryKind, Supplement, SupplementForm, Value
from juesuan.ooxml.text_size import text_lines
from juesuan.template import style
from juesuan.template.page import set_page

SPARE_ROWS = 40
FEW_COLUMNS, NARROW_TEXT = 5, 20
FIRST = 4
_OPEN = Protection(locked=False)
_WIDTHS: dict[EntryKind, float] = {"code": 12, "name": 28, "amount": 16, "score": 10, "count": 10, "text": 44}
_LOOKS: dict[EntryKind, style.Look] = {
    "amount": style.AMOUNT,
    "code": style.CODE,
    "name": style.TYPED,
    "text": style.TYPED,
}
"""What is typed as text stays text: 100% and 007."""

_LABEL_WIDTH, _VALUE_WIDTH, _HINT_WIDTH = 38.0, 48.0, 30.0


def draw_supplement(
    file: Workbook,
    forms: Sequence[SupplementForm],
    currency: Currency,
    supplement: Supplement = NOTHING,
    keys: Sequence[tuple[str, str]] = (),
) -> None:
    """Append a worksheet for each form. `keys`: codes and names that a list of codes begins with."""
    for form in forms:
        sheet = file.create_sheet(form.name)
        widths = _measure(sheet, form)
        _above(sheet, form, currency, widths)
        row = _lines(sheet, form, currency, supplement)
        if form.columns:
            sheet.print_title_rows = f"{row}:{row}"
            row = _list(sheet, form, row, currency, supplement, keys)
        set_page(sheet, len(widths), row, landscape=bool(form.columns), one_page=not form.columns)
        sheet.protection.sheet = True
        sheet.protection.formatRows = sheet.protection.formatColumns = False


def _above(sheet: Worksheet, form: SupplementForm, currency: Currency, widths: Sequence[float]) -> None:
    """Title, hint and currency, each across the sheet."""
    hint = form.hint or "没有的填 0；文字不写句号。"
    texts = ((form.name, style.TITLE), (hint, style.NOTE), (f"金额单位：{currency}", style.ABOVE["left"]))
    for row, ((text, look), height) in enumerate(zip(texts, style.ABOVE_HEIGHTS, strict=True), 1):
        _say(sheet, row, 1, text, look)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
        sheet.row_dimensions[row].height = max(height, style.row_height(text_lines(text, sum(widths)), wide=True))


def _lines(sheet: Worksheet, form: SupplementForm, currency: Currency, supplement: Supplement) -> int:
    row = FIRST
    for row, entry in enumerate(form.lines, FIRST):
        _say(sheet, row, 1, entry.label, style.LABEL)
        _put(sheet, row, 2, entry, supplement.values.get(entry.name), currency)
        _say(sheet, row, 3, entry.hint, style.HINT)
        needed = max(text_lines(entry.label, _LABEL_WIDTH), text_lines(entry.hint, _HINT_WIDTH))
        sheet.row_dimensions[row].height = style.row_height(needed, wide=True)
    for validation, places in _validations((entry, f"B{FIRST + order}") for order, entry in enumerate(form.lines)):
        for place in places:
            validation.add(place)
        sheet.add_data_validation(validation)
    return row + 2 if form.lines else FIRST


def _list(
    sheet: Worksheet,
    form: SupplementForm,
    row: int,
    currency: Currency,
    supplement: Supplement,
    codes: Sequence[tuple[str, str]],
) -> int:
    key, *columns = form.columns
    for column, entry in enumerate(form.columns, 1):
        _say(sheet, row, column, entry.label, style.HEADER)
    known = dict.fromkeys(each for entry in columns for each in supplement.lists.get(entry.name, {}))
    names = dict(codes) if key.kind == "code" else {}
    keys = [*known, *(code for code in names if code not in known)]
    last = row + max(len(keys), 1) + SPARE_ROWS
    for line in range(row + 1, last):
        each = keys[line - row - 1] if line - row <= len(keys) else None
        _put(sheet, line, 1, key, each, currency)
        for column, entry in enumerate(columns, 2):
            value = supplement.lists.get(entry.name, {}).get(each) if each else None
            _put(
                sheet,
                line,
                column,
                entry,
                value if value is not None else names.get(each or "") if column == 2 else None,
                currency,
            )
    places = (
        (entry, f"{get_column_letter(column)}{row + 1}:{get_column_letter(column)}{last - 1}")
        for column, entry in enumerate(form.columns, 1)
    )
    for validation, ranges in _validations(places):
        for place in ranges:
            validation.add(place)
        sheet.add_data_validation(validation)
    return last


def _validations(entries: Iterator[tuple[Entry, str]]) -> Iterator[tuple[DataValidation, list[str]]]:
    """Numbers are not negative, counts are whole, and what can only be one of a few is chosen from a list."""
    places: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for entry, place in entries:
        if entry.choices or entry.kind in ("amount", "count", "score"):
            places.setdefault((entry.kind, entry.choices), []).append(place)
    for (kind, choices), ranges in places.items():
        validation = DataValidation(allow_blank=True, showErrorMessage=True, errorTitle="补充资料")
        if choices:
            validation.type, validation.formula1 = "list", f'"{",".join(choices)}"'
            validation.error = f"请填 {'、'.join(choices)} 之一。"
        else:
            validation.type, validation.operator, validation.formula1 = "decimal", "greaterThanOrEqual", "0"
            validation.error = "请填不小于 0 的数。"
        if kind == "count":
            validation.type, validation.error = "whole", "请填不小于 0 的整数。"
        yield validation, ranges


def _put(sheet: Worksheet, row: int, column: int, entry: Entry, value: Value | None, currency: Currency) -> None:
    look = _LOOKS.get(entry.kind, style.LABEL)
    cell = sheet.cell(row, column)
    look.dress(cell)
    cell.protection = _OPEN
    if isinstance(value, int):
        scale = {"amount": FEN_PER[currency], "score": 100}.get(entry.kind, 1)
        cell.value = value if scale == 1 else Decimal(value) / scale
    elif value:
        cell.value, cell.data_type = value, "s"


def _say(sheet: Worksheet, row: int, column: int, text: str, look: style.Look) -> None:
    cell = sheet.cell(row, column, text or None)
    look.dress(cell)


def _measure(sheet: Worksheet, form: SupplementForm) -> list[float]:
    """The widths of the columns; those for texts are narrower where there are many columns."""
    text = _WIDTHS["text"] if len(form.columns) <= FEW_COLUMNS else NARROW_TEXT
    widths: list[float] = [_LABEL_WIDTH, _VALUE_WIDTH, _HINT_WIDTH] if form.lines else []
    for column, entry in enumerate(form.columns):
        wide = text if entry.kind == "text" else _WIDTHS[entry.kind]
        widths[column : column + 1] = [max(wide, widths[column]) if column < len(widths) else wide]
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    return widths
