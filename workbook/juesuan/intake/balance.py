"""A workbook from path to balanced copy, for the command and for the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from juesuan.intake.judge import AUTO, catalogue_of, read_as

if TYPE_CHECKING:
    from juesuan.balance.balanced import Balanced
    from juesuan.balance.method import Method


class Copy(NamedTuple):
    """What was written: `balanced` is None for a mere copy of what had been balanced so before.

    `copied_from`: in words, the format of an original that is no .xlsx.
    """

    balanced: Balanced | None
    copied_from: str | None


def write_balanced(
    path: str, output: str, method: Method = "none", edition: str = AUTO, rules: str | None = None
) -> Copy:
    """Balance the workbook at `path`, without our marks if it has any, into `output`.

    Raises JuesuanError, and writes nothing, when it has errors, cannot be judged, read or written.
    """
    from juesuan.marking.clearing import cleared, is_marked
    from juesuan.reading.files import open_workbook, workbook_of
    from juesuan.writing.balancing import balance_file
    from juesuan.writing.outputs import require_other_file
    from juesuan.written import save

    file = open_workbook(path)
    require_other_file(path, output)
    if is_marked(file.package):
        file = workbook_of(path, cleared(file.package))
    book, edition = read_as(file, edition)
    content, balanced = balance_file(file, book, catalogue_of(edition, rules), method)
    save(content, output)
    return Copy(balanced, file.copied_from)
