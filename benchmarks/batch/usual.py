"""The usual job: openpyxl reads every cell, and every relation is confronted with a tolerance. Paths are arguments.

It finds and rounds nothing more: no joint verdict, no culprits, no page.
"""

from __future__ import annotations

import io
import sys
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.bounds import judge
from juesuan.derive import compute_uncached
from juesuan.edition import load_edition
from juesuan.ooxml.package import Package
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid
from juesuan.reading.recognise import read_book
from juesuan.relations import relate
from juesuan.rules import load_catalogue


def values(sheet: Worksheet) -> list[list[Any]]:
    return [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]


def main() -> None:
    catalogue = load_catalogue(load_edition("henan-2024"))
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            data = file.read()
        workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        grids = tuple(
            Grid(
                sheet.title,
                0,
                0,
                values(sheet),
                {
                    (area.min_row - 1, area.min_col - 1): (area.max_row - 1, area.max_col - 1)
                    for area in sheet.merged_cells.ranges
                },
            )
            for sheet in workbook.worksheets
        )
        book = read_book(WorkbookFile(path, grids, (), (), Package(data, path)), catalogue.edition)
        book, _ = compute_uncached(book, catalogue)
        verdicts = [judge(relation).verdict for relation in relate(catalogue, book).relations]
        assert verdicts


if __name__ == "__main__":
    main()
