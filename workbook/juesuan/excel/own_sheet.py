"""Our sheet 核对结果 in a workbook: known by a hidden name of its own, whatever it is called and wherever it stands."""

from __future__ import annotations

from juesuan.excel.package import Package

NAME = "核对结果"
MARKER = "_juesuan"
"""A name that belongs to our sheet alone; programs carry it along when the sheet is renamed, moved or copied."""


def own_sheets(package: Package) -> list[str]:
    """The names of our sheets: usually one or none; a clerk may have copied it."""
    workbook = package.read("xl/workbook.xml")
    if MARKER.encode() not in workbook:
        return []
    from juesuan.excel.workbook_xml import sheets_naming

    return sheets_naming(workbook, MARKER)
