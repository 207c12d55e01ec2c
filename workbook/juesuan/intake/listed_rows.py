"""The rows of a list that somebody keeps in a CSV or in the first sheet of a workbook."""

from __future__ import annotations

import os

from juesuan.errors import JuesuanError
from juesuan.given import content_of, csv_rows, decoded, is_package
from juesuan.reading.files import workbook_of
from juesuan.reading.grid import as_text


def listed_rows(path: str, what: str) -> list[list[str]]:
    """The texts of each row, numbers as they are typed. Raises JuesuanError where the file is no such `what`."""
    data = content_of(path, what)
    if not is_package(data):
        name = os.path.basename(path)
        return [[cell.strip() for cell in row] for row in csv_rows(decoded(data, name), name)]
    if not (grids := workbook_of(path, data).grids):
        raise JuesuanError(
            f"“{os.path.basename(path)}”里没有读得了的工作表。请把{what}写在一张普通的工作表上，删去表外远处的内容。"
        )
    grid = grids[0]
    return [[as_text(value) for value in grid.values(row)] for row in range(grid.bottom)]
