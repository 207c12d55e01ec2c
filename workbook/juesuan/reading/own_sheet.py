"""Our own sheets in a workbook: known by hidden names, whatever they are called and wherever they stand."""

from __future__ import annotations

from juesuan.ooxml.package import Package

NAME = "核对结果"
MARKER = "_juesuan"
"""A name that belongs to our sheet alone; programs carry it along when the sheet is renamed, moved or copied."""
TRACE = f"{MARKER}_sources"
"""The same of 汇总来源, which lists the figures of other workbooks."""
TRACE_NAME = "汇总来源"


def own_sheets(package: Package) -> list[str]:
    """The names of our sheets 核对结果: usually one or none; a clerk may have copied it."""
    return _sheets(package, MARKER)


def traces(package: Package) -> list[str]:
    """The names of our sheets 汇总来源."""
    return _sheets(package, TRACE)


def _sheets(package: Package, marker: str) -> list[str]:
    workbook = package.read("xl/workbook.xml")
    if marker.encode() not in workbook:
        return []
    from juesuan.ooxml.workbook_xml import sheets_naming

    return sheets_naming(workbook, marker)
