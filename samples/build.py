"""Write every sample workbook: ``python samples/build.py``. The same figures always give the same bytes."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

# Before openpyxl is loaded: it writes other bytes where lxml is installed.
os.environ["OPENPYXL_LXML"] = "False"

from openpyxl import Workbook

from juesuan.ooxml.saving import workbook_bytes
from other_forms import ELSEWHERE, elsewhere
from published_book import Drawn, drawn
from published_supplement import workbook_with_supplement
from slips import SLIPS, Slip
from slips.slip import JIAOZUO, MADE_UP, Writes, base_book
from slips.together import SLIPS_TOGETHER

FOLDER = Path(__file__).parent
INDEX = "目录.csv"
BORN = datetime(2025, 8, 1)


def build(folder: Path) -> None:
    """Write all samples below `folder`, and remove broken ones that no slip makes any more."""
    broken, made_up = folder / "broken", folder / "made_up"
    for place in (broken, made_up):
        place.mkdir(parents=True, exist_ok=True)
    bases = {name: drawn(base_book(name)) for name in (JIAOZUO, *MADE_UP)}
    _save(bases[JIAOZUO].file, folder / f"{JIAOZUO}.xlsx")
    _save(workbook_with_supplement(), folder / f"{JIAOZUO}-补充资料.xlsx")
    for name in MADE_UP:
        _save(bases[name].file, made_up / f"{name}.xlsx")
    for name in ELSEWHERE:
        _save(drawn(*elsewhere(name)).file, made_up / f"{name}.xlsx")
    _save(_broken(*SLIPS_TOGETHER).file, folder / f"{JIAOZUO}-有误.xlsx")
    places = []
    for slip in SLIPS:
        path = broken / f"{slip.rule}.xlsx"
        if slip.redo or slip.touch:
            book = _broken(slip)
            _save(book.file, path)
            places.append(_where(slip, book))
        else:
            book = bases[slip.base]
            with _written(slip.writes(book)):
                _save(book.file, path)
            places.append(_where(slip, book))
    for path in broken.glob("*.xlsx"):
        if path.stem not in {slip.rule for slip in SLIPS}:
            path.unlink()
    _write(broken / INDEX, _index(places))


def _broken(*slips: Slip) -> Drawn:
    """The base of the first slip, drawn with all of them in it."""
    book = base_book(slips[0].base)
    for slip in slips:
        book = slip.redo(book) if slip.redo else book
    result = drawn(book)
    for slip in slips:
        for cell, content in slip.writes(result):
            cell.value = content
        if slip.touch:
            slip.touch(result)
    return result


@contextmanager
def _written(writes: Writes) -> Iterator[None]:
    """The mistakes stand in the sheets for a while."""
    honest = [(cell, cell.value) for cell, _ in writes]
    for cell, content in writes:
        cell.value = content
    try:
        yield
    finally:
        for cell, content in honest:
            cell.value = content


def _where(slip: Slip, book: Drawn) -> tuple[str, str, str, str, str]:
    """A line of the index: rule, base, worksheet, address, mistake."""
    match slip.place:
        case (table, row, field):
            cell = book.amount(table, row, field)
        case (table, row):
            cell = book.label(table, row)
        case ():
            return slip.rule, slip.base, "", "", slip.mistake
        case find:
            cell = find(book)
    return slip.rule, slip.base, cell.parent.title, cell.coordinate, slip.mistake


def _index(places: list[tuple[str, str, str, str, str]]) -> bytes:
    """For Excel: UTF-8 with its mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("规则", "由哪本账改成", "工作表", "单元格", "埋的错"), *places])
    return text.getvalue().encode("utf-8-sig")


def _save(file: Workbook, path: Path) -> None:
    _write(path, workbook_bytes(file, BORN))


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing."""
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    os.replace(half, path)


if __name__ == "__main__":
    build(FOLDER)
