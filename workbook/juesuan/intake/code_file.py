"""Read the functional codes a template should list from a CSV or Excel file with columns 科目编码 and 科目名称."""

from __future__ import annotations

import os

from juesuan.errors import JuesuanError
from juesuan.intake.listed_rows import listed_rows
from juesuan.reading.code_rows import CODE_LENGTHS
from juesuan.reading.grid import spelled
from juesuan.template.form import CodeRow

CODE, NAME = "科目编码", "科目名称"


def read_codes_file(path: str) -> list[CodeRow]:
    """The codes in the order of the file. Raises JuesuanError that names the file, the row and what to do."""
    name = os.path.basename(path)
    rows = listed_rows(path, "科目表")
    headings = ([spelled(text) for text in row] for row in rows)
    heading, named = next(((at, row) for at, row in enumerate(headings) if CODE in row and NAME in row), (None, []))
    if heading is None:
        raise JuesuanError(f"“{name}”里没有“{CODE}”“{NAME}”两栏。请在第一行写上这两个栏名。")
    columns = named.index(CODE), named.index(NAME)
    found: dict[str, CodeRow] = {}
    for number, row in enumerate(rows[heading + 1 :], heading + 2):
        code, title = (row[column] if column < len(row) else "" for column in columns)
        if not code and not title:
            continue
        code = spelled(code)
        if not (code.isascii() and code.isdigit() and len(code) in CODE_LENGTHS):
            raise JuesuanError(f"“{name}”第 {number} 行的科目编码“{code}”不是3、5、7位数字，请改正。")
        if code in found:
            raise JuesuanError(f"“{name}”第 {number} 行的科目编码 {code} 重复出现，请删去一行。")
        found[code] = CodeRow(code, title)
    return list(found.values())
