"""Open a workbook file safely and hand out its worksheets as grids. The file is only ever read."""

import os

from juesuan.given import content_of, require_content
from juesuan.ooxml.package import Package
from juesuan.reading.grid import Grid
from juesuan.reading.kinds import WORDS, Kind, kind_of
from juesuan.reading.own_sheet import own_sheets, traces
from juesuan.reading.preflight import preflight, require_honest_zip, require_sound_parts
from juesuan.reading.values import SheetValues, read_values
from juesuan.record import NamedTuple

EXPLAINED_BY = ("规则", "金额", "说明")
"""The headings of a sheet with 说明, whatever it is called."""


class WorkbookFile(NamedTuple):
    """`grids` in workbook order without our own sheets; `package` is the zip they came in.

    `explained` are the sheets 说明, which hold no tables. `oversized` names worksheets that were not read because
    something stands far outside any table. `copied_from` is the format of a file that is no .xlsx, in words: `package`
    is then an .xlsx of its values.
    """

    path: str
    grids: tuple[Grid, ...]
    hidden_sheets: tuple[str, ...]
    oversized: tuple[str, ...]
    package: Package
    copied_from: str | None = None
    explained: tuple[Grid, ...] = ()


def open_workbook(path: str, *, apart: bool = True) -> WorkbookFile:
    """Read a workbook of any format. Raises UnreadableBook with one sentence for what cannot be read.

    Readers that a file may bring down run in a process of their own; `apart` is False where this process is one.
    """
    return workbook_of(path, content_of(path), apart=apart)


def workbook_of(path: str, data: bytes, *, apart: bool = True) -> WorkbookFile:
    """The workbook whose content is `data`; `path` is what it is called."""
    name = os.path.basename(path)
    require_content(data, name)
    package, kind = kind_of(data, name)
    if kind == "encrypted":
        from juesuan.reading.values_apart import opened

        package, kind = kind_of(opened(data, name, apart=apart), name)
    if package is None or kind != "xlsx":
        return _copied(path, data, package, kind, apart)
    ordinary, distant = preflight(package)
    far = tuple(sheet for sheet, part in package.sheet_parts.items() if part in distant) if distant else ()
    skip = (*far, *own_sheets(package), *traces(package))
    if ordinary:
        sheets = read_values(package.data, name, skip)
    else:
        from juesuan.reading.values_apart import ask_values

        sheets = ask_values(package.data, name, kind, skip, apart=apart)
    return _file(path, sheets, package, far)


def _copied(path: str, data: bytes, package: Package | None, kind: Kind, apart: bool) -> WorkbookFile:
    """A file of another format: its values, and an .xlsx of them."""
    from juesuan.reading.dates import number_in_excel, number_of
    from juesuan.reading.plain_copy import named_for_excel, plain_copy
    from juesuan.reading.values_apart import ask_values

    name = os.path.basename(path)
    if package:
        require_honest_zip(package)
        require_sound_parts(package)
        data = package.data
    sheets = named_for_excel(ask_values(data, name, kind, apart=apart))
    copy = Package(plain_copy(sheets, number_of if kind == "ods" else number_in_excel), name)
    copy.knows({sheet.name: sheet.computed for sheet in sheets})
    return _file(path, sheets, copy, ())._replace(copied_from=WORDS[kind])


def _file(path: str, sheets: list[SheetValues], package: Package, far: tuple[str, ...]) -> WorkbookFile:
    grids = tuple(
        Grid(sheet.name, sheet.top, sheet.left, sheet.rows, sheet.merges) for sheet in sheets if sheet.rows is not None
    )
    explained = _explained(grids)
    hidden = tuple(sheet.name for sheet in sheets if not sheet.visible and sheet.rows is not None)
    oversized = (*far, *(sheet.name for sheet in sheets if sheet.rows is None))
    if explained:
        grids = tuple(grid for grid in grids if grid not in explained)
    return WorkbookFile(path, grids, hidden, oversized, package, explained=explained)


def _explained(grids: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The sheets that hold 说明."""
    likely = [grid for grid in grids if grid.all_texts.issuperset(EXPLAINED_BY)]
    if not likely:
        return ()
    from juesuan.reading.explanations import headings_of

    return tuple([grid for grid in likely if headings_of(grid)])
