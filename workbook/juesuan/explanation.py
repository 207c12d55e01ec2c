"""说明: what a clerk writes about something to be verified, so that it need not be asked again."""

from typing import Literal

from juesuan.place import Place
from juesuan.record import NamedTuple

Source = Literal["sheet", "note", "file"]
SOURCES: dict[Source, str] = {"sheet": "说明表", "note": "批注", "file": "说明文件"}


class Explanation(NamedTuple):
    """`text` is about what `rule` found of a figure: in words the table, the row and the column, '' for any.

    `amount` and `expected` (分) are what the figure was and should have been as the text was written, `about` what was
    said of it; None and '' where they were not written down. `place` is where it stands in a workbook.
    """

    rule: str
    text: str
    table: str = ""
    row: str = ""
    field: str = ""
    amount: int | None = None
    expected: int | None = None
    about: str = ""
    source: Source = "file"
    place: Place | None = None
