"""What ``import juesuan`` offers to programs: the roads of the commands without the screen."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.check import Checked as Checked
from juesuan.check import check
from juesuan.errors import JuesuanError as JuesuanError
from juesuan.intake.judge import AUTO, Order, catalogue_of, judge, read_as
from juesuan.record import NamedTuple
from juesuan.report.result import Result as Result
from juesuan.report.structured import as_json as as_json
from juesuan.rules import Finding as Finding
from juesuan.schemas import schema as schema


class Marked(NamedTuple):
    """What was marked, and sentences on what else there is to know of the workbook."""

    checked: Checked
    peculiarities: tuple[str, ...]


def check_workbook(
    path: str,
    *,
    edition: str = AUTO,
    rules: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    last_year: Sequence[str] = (),
    explanations: str = "",
    overrides: Sequence[tuple[str, str]] = (),
) -> Result:
    """Check one workbook, which is only read.

    `edition`: its id or a .toml file, by default what the workbook is recognised as; `rules`: a file of further rules;
    `select`, `ignore`: rule codes or their beginnings; `last_year`: last year's workbook or the folder it is in,
    and, if given, that of the year before; `explanations`: a file of 说明; `overrides`: rules whose errors are let
    through, and why.
    A file that cannot be read gives a result that is ``unjudged``. Raises JuesuanError where edition, rules or last
    year's workbook cannot be used. Amounts of findings are in 分.
    """
    order = Order(edition, rules, select, ignore, last_year=last_year, explanations=explanations, overrides=overrides)
    if edition != AUTO:
        order.require_sound()
    return judge(path, order)


def mark_workbook(
    path: str,
    output: str,
    *,
    edition: str = AUTO,
    rules: str | None = None,
    last_year: Sequence[str] = (),
    explanations: str = "",
    overrides: Sequence[tuple[str, str]] = (),
) -> Marked:
    """Check one workbook and write a copy with what was found marked in it; everything else in it stays as it is.

    Marks it came with are taken off before. Raises JuesuanError where the workbook cannot be read, `output` is the
    workbook itself, or somebody has worked on what is there.
    """
    from juesuan.intake.marked_copy import unmarked
    from juesuan.marking.marking import marked, peculiarities
    from juesuan.marking.overwriting import require_no_edits
    from juesuan.reading.files import open_workbook
    from juesuan.reading.preflight import require_well_formed
    from juesuan.writing.outputs import require_other_file
    from juesuan.written import save

    file = open_workbook(path)
    require_other_file(path, output)
    require_no_edits(output)
    file = unmarked(file)
    book, found = read_as(file, edition)
    if last_year:
        from juesuan.intake.last_year import join_last_year

        join_last_year(last_year, file, book)
    if explanations:
        from juesuan.intake.explanations import join_explanations

        join_explanations(explanations, book)
    catalogue = catalogue_of(found, rules).overriding(overrides)
    checked = check(book, catalogue)
    require_well_formed(file.package)
    save(marked(file, checked, catalogue), output)
    return Marked(checked, tuple(peculiarities(file, checked)))


def clear_workbook(path: str, output: str) -> bool:
    """Write a copy without our marks, the same bytes as before marking if nobody changed it; whether it had any.

    Raises JuesuanError where the workbook cannot be read, is of a kind that we do not mark, or is `output` itself.
    """
    from juesuan.marking.clearing import cleared, is_marked
    from juesuan.reading.files import open_workbook
    from juesuan.writing.outputs import require_other_file
    from juesuan.written import save

    file = open_workbook(path)
    require_other_file(path, output)
    if file.copied_from:
        raise JuesuanError(
            f"“{path}”是 {file.copied_from}，没有写出。juesuan mark 写出的标注件都是 .xlsx，请给出那一份；"
            "按钮标注的，请打开它按“清除标记”，或另存为 .xlsx 再试。"
        )
    save(cleared(file.package), output)
    return is_marked(file.package)
