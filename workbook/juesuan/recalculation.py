"""What makes the formulas of our template come to other amounts than `fill`, which reads more than they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from juesuan.book import Book, Sheet
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.place import Place
from juesuan.wording import UNTIDY, few

LISTED = 5


def recalculation_troubles(book: Book) -> Iterator[str]:
    """A sentence for each; nothing for a workbook that is not our template."""
    if "模板" not in book.facts:
        return
    for sheet in book.sheets.values():
        texts = [cell.place for cell in book.cells.values() if cell.table == sheet.table.id and cell.tidy is not None]
        name = sheet.table.name
        if texts:
            yield f"{name} {_listed(texts)}的金额是文本，公式不会计入；请改成数值。"
        if sheet.untidy_codes:
            places = [row.place for row in sheet.untidy_codes]
            yield f"{name} {_listed(places)}的科目编码{UNTIDY}，公式认不出；请改成半角数字。"
        if late := list(_below_their_items(sheet)):
            yield f"{name} {_listed(late)}的类、款排在它的下级之后，公式只加下面的行，会少加；请按科目编码排序。"


def _below_their_items(sheet: Sheet) -> Iterator[Place]:
    seen: set[str] = set()
    for row in sheet.rows if sheet.table.layout == "codes" else ():
        code = code_of(row.key)
        if code != TOTAL and code in seen:
            yield row.place
        seen |= {code[:3], code[:5]} - {code}


def _listed(places: Sequence[Place]) -> str:
    return few([place.address for place in places], "格", LISTED)
