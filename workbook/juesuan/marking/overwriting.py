"""What stands at the output already: our marks may be written over, but not what somebody did in the marked copy."""

from __future__ import annotations

import os

from juesuan.errors import JuesuanError
from juesuan.marking.clearing import was_changed
from juesuan.ooxml.package import Package


def require_no_edits(output: str) -> None:
    """Raise JuesuanError when `output` is a marked workbook that somebody has changed since it was marked."""
    if not os.path.isfile(output):
        return
    try:
        with open(output, "rb") as file:
            package = Package(file.read(), output)
        changed = package.has("xl/workbook.xml") and was_changed(package)
    except (OSError, JuesuanError):  # whatever it is, it is no marked copy
        return
    if changed:
        raise JuesuanError(
            f"“{output}”标注以后有人改过，没有覆盖。请用 -o 换一个文件名，或直接对改过的这一份运行 juesuan mark。"
        )
