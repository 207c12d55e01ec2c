"""The register of units: which address speaks for which unit. A CSV file with the columns 单位 and 邮箱."""

from __future__ import annotations

import csv
import io

from juesuan.errors import DeclarationError, why
from juesuan.mailbox.encoded import decoded

_UNIT, _ADDRESS = ("单位", "单位名称"), ("邮箱", "邮箱地址", "地址")


def read_register(path: str) -> dict[str, str]:
    """Address → unit; several addresses of one unit stand in several lines. Raises DeclarationError."""
    try:
        with open(path, "rb") as file:
            text = decoded(file.read().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise DeclarationError(f"读不了单位名册“{path}”：{why(error)}。") from error
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    header = rows[0] if rows else []
    unit = next((number for number, title in enumerate(header) if title in _UNIT), None)
    address = next((number for number, title in enumerate(header) if title in _ADDRESS), None)
    if unit is None or address is None:
        raise DeclarationError(f"单位名册“{path}”的第一行要有“单位”和“邮箱”两栏。")
    register: dict[str, str] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) <= max(unit, address) or not row[address]:
            continue
        key = row[address].lower()
        if register.setdefault(key, row[unit]) != row[unit]:
            raise DeclarationError(
                f"单位名册“{path}”第 {number} 行：{key} 已属于“{register[key]}”。一个邮箱只能属于一个单位。"
            )
    return register
