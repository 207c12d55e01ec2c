"""Take the 说明 that serve nothing off the sheets they stand on."""

from __future__ import annotations

from juesuan.answers import states
from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.explanation import Explanation
from juesuan.marking.clearing import drop_sheet, is_marked
from juesuan.marking.explanation_sheet import holds_nothing_else, kept_rows, open_rows, rewrite, sheet_of
from juesuan.marking.result_looks import looks_in
from juesuan.ooxml.patch import STYLES, patch_of
from juesuan.ooxml.styles_xml import Styles
from juesuan.reading.files import WorkbookFile


def pruned(file: WorkbookFile, checked: Checked) -> tuple[bytes, list[Explanation]]:
    """The workbook without them, and what was taken off. A marked one keeps its lines that wait for an answer.

    Raises JuesuanError for a sheet that holds more than 说明, and for a workbook that cannot be patched.
    """
    became = states(checked.findings, checked.book)
    gone = [item for item, state in became.items() if state == "unused" and item.source == "sheet"]
    if not gone:
        return file.package.data, gone
    patch = patch_of(file.package)
    styles = Styles(patch.read(STYLES))
    waiting = open_rows(checked) if is_marked(file.package) else []
    for grid in file.explained:
        places = {item.place for item in gone if item.place and item.place.sheet == grid.name}
        if not places:
            continue
        if file.copied_from or not holds_nothing_else(grid, patch):
            named = "、".join(str(place.row + 1) for place in sorted(places))
            raise JuesuanError(f"工作表“{grid.name}”里还有别的内容，没有改写。请自己删去用不上的说明：第 {named} 行。")
        if rows := [*kept_rows(grid, checked, without=places), *waiting]:
            rewrite(patch, grid.name, sheet_of(rows, checked.book.currency, looks_in(styles)))
        else:
            drop_sheet(patch, grid.name)
        waiting = []
    patch.write(STYLES, styles.xml)
    return patch.result(), gone
