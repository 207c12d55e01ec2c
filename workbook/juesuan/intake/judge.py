"""One file from path to result: read, recognised and checked, or the sentence why not."""

from __future__ import annotations

from juesuan.check import check
from juesuan.errors import UnreadableBook
from juesuan.excel.files import digest, open_workbook
from juesuan.excel.recognise import read_book
from juesuan.report.result import Result
from juesuan.rules import Catalogue


def judge(path: str, catalogue: Catalogue, *, hashed: bool = True, apart: bool = True) -> Result:
    """The result of one workbook; what cannot be read is a result, too. `apart` as for `open_workbook`."""
    sha256 = digest(path) if hashed else None
    try:
        return Result(path, sha256, check(read_book(open_workbook(path, apart=apart), catalogue.edition), catalogue))
    except UnreadableBook as error:
        return Result(path, sha256, None, str(error))
