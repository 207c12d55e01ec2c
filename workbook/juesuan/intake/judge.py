"""One file from path to result: read, recognised and checked, or the sentence why not."""

from __future__ import annotations

from juesuan.check import check
from juesuan.errors import UnreadableBook
from juesuan.excel.files import WorkbookFile, digest, open_workbook
from juesuan.excel.recognise import read_book
from juesuan.report.result import Result
from juesuan.rules import Catalogue


def judge(path: str, catalogue: Catalogue, *, hashed: bool = True, apart: bool = True) -> Result:
    """The result of one workbook; what cannot be read is a result, too. `apart` as for `open_workbook`."""
    return judged_file(path, catalogue, hashed=hashed, apart=apart)[0]


def judged_file(
    path: str, catalogue: Catalogue, *, hashed: bool = True, apart: bool = True
) -> tuple[Result, WorkbookFile | None]:
    """The result and the file it was read from, where it could be opened at all."""
    sha256 = digest(path) if hashed else None
    file = None
    try:
        file = open_workbook(path, apart=apart)
        return Result(path, sha256, check(read_book(file, catalogue.edition), catalogue)), file
    except UnreadableBook as error:
        return Result(path, sha256, None, str(error)), file
