"""One file from path to result: read, recognised and checked, or the sentence why not."""

from __future__ import annotations

from juesuan.check import check
from juesuan.errors import UnreadableBook
from juesuan.excel.files import digest, open_workbook
from juesuan.excel.preflight import require_well_formed
from juesuan.excel.recognise import read_book
from juesuan.report.result import Result
from juesuan.rules import Catalogue


def judge(path: str, catalogue: Catalogue, *, hashed: bool = True, apart: bool = True) -> Result:
    """The result of one workbook; what cannot be read is a result, too. `apart` as for `open_workbook`."""
    sha256 = digest(path) if hashed else None
    try:
        file = open_workbook(path, apart=apart)
        checked = check(read_book(file, catalogue.edition), catalogue)
        if checked.verdict == "fail":
            require_well_formed(file.package)
        return Result(path, sha256, checked)
    except UnreadableBook as error:
        return Result(path, sha256, None, str(error))
