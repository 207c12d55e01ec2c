"""What each command does once its arguments are known; returns the exit code. Heavy imports stay inside."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence

from juesuan.edition import DEFAULT_EDITION, known_editions, load_edition
from juesuan.errors import JuesuanError
from juesuan.intake.judge import AUTO, Order, catalogue_of, judge, read_as
from juesuan.rules import Catalogue, whole_catalogue

LONGEST_UNIT = 100


def template(options: argparse.Namespace) -> int:
    if not options.output.lower().endswith((".xlsx", ".xlsm")):
        raise JuesuanError(f"模板只能写成 .xlsx 或 .xlsm 文件，“{options.output}”不是。请换一个文件名。")
    if os.path.exists(options.output):
        raise JuesuanError(f"“{options.output}”已存在，没有覆盖。请换一个文件名，或先移走它。")
    from datetime import date

    from juesuan.excel.archive import save
    from juesuan.excel.code_file import read_codes_file
    from juesuan.excel.saving import workbook_bytes
    from juesuan.excel.template import Order, build_template

    year = date.today().year - 1 if options.year is None else options.year
    if not 2000 <= year <= 2100:
        raise JuesuanError(f"年度 {year} 不对。请写四位年度，如 2024。")
    if any(not char.isprintable() for char in options.unit) or len(options.unit) > LONGEST_UNIT:
        raise JuesuanError(f"单位名称里有不能显示的字符，或超过 {LONGEST_UNIT} 个字。请改正后再试。")
    catalogue = catalogue_of(options.edition, None)
    if not all(table.label for table in catalogue.edition.template_tables):
        raise JuesuanError(f"《{catalogue.edition.title}》还没有填报模板，目前有模板的是 {DEFAULT_EDITION}。")
    codes = read_codes_file(options.codes) if options.codes else ()
    order = Order(options.unit, year, "万元" if options.wan else "元", codes)
    file = build_template(catalogue, order)
    if options.output.lower().endswith(".xlsm"):
        from juesuan.addin.macro_book import macro_book_bytes

        save(macro_book_bytes(file), options.output)
    else:
        save(workbook_bytes(file), options.output)
    return 0


def check(options: argparse.Namespace) -> int:
    order = Order(options.edition, options.rules, _codes(options.select), _codes(options.ignore))
    if order.edition != AUTO:
        order.catalogue(order.edition)
    if options.format in ("html", "xlsx"):
        from juesuan.batch.few import told

        verdicts, content = told(options.books, order, options.format, sys.stderr)
        if isinstance(content, str):
            write_text(content, options.output, options.books)
        else:
            write_bytes(content, options.output, options.books)
        return _exit_code(verdicts)
    results = []
    for path in options.books:
        result = judge(path, order, hashed=options.format != "text")
        if result.verdict == "unjudged":
            print(f"{path}：{result.why}", file=sys.stderr)
        results.append(result)
    if options.format == "text":
        from juesuan.report.text import as_text

        text = as_text(results)
    else:
        from juesuan.report.structured import as_json, as_sarif

        text = as_json(results) if options.format == "json" else as_sarif(results)
    write_text(text, options.output, options.books)
    return _exit_code({result.verdict for result in results})


def batch(options: argparse.Namespace) -> int:
    from juesuan.batch.books import source_of
    from juesuan.batch.run import Job, run
    from juesuan.batch.units import read_units
    from juesuan.report.batch import as_text

    order = Order(options.edition, options.rules and os.path.abspath(options.rules), marked=not options.no_marks)
    workers = (os.cpu_count() or 1) if options.workers is None else options.workers
    if workers < 1:
        raise JuesuanError(f"--workers {workers} 不对，至少要 1。")
    units = read_units(options.expect) if options.expect else None
    source = source_of(options.source)
    outcome = run(Job(source, options.output, order, workers, options.scheduler, units, options.resume), sys.stderr)
    sys.stdout.write(as_text(outcome.verdicts, outcome.left_alone, options.output))
    return _exit_code(outcome.verdicts)


def fill(options: argparse.Namespace) -> int:
    from juesuan.excel.files import open_workbook
    from juesuan.excel.filling import write_filled
    from juesuan.excel.marking import copied
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.excel.parent_rows import complete
    from juesuan.fill import fill
    from juesuan.report.filled import as_text

    output = options.output or beside(options.book, "填列")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    book, edition = read_as(file, options.edition)
    catalogue = catalogue_of(edition, None)
    whole = complete(file, book, catalogue)
    before = carried = None
    if options.last_year:
        from juesuan.excel.supplement_sheets import carried_over
        from juesuan.last_year import find_last_year

        before = find_last_year(options.last_year, file, book)
        whole.book.last_year = before.book
        carried = carried_over(whole.file, whole.book, before.book, overwrite=options.overwrite)
    filled = fill(whole.book, catalogue, overwrite=options.overwrite)
    write_filled(whole.file, filled, output, carried.written if carried else {})
    sys.stdout.write(as_text(filled, output, whole.added, whole.mended, whole.refused))
    if before:
        from juesuan.report.filled import carried_text

        sys.stdout.write(carried_text(filled.book, before.path, before.note, carried))
    if file.copied_from:
        print(copied(file.copied_from))
    return 0


def mark(options: argparse.Namespace) -> int:
    from juesuan.check import check
    from juesuan.excel.archive import save
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook, workbook_of
    from juesuan.excel.marking import marked, peculiarities
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.excel.overwriting import require_no_edits
    from juesuan.excel.preflight import require_well_formed
    from juesuan.report.marked import as_text

    output = options.output or beside(options.book, "核对")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    require_no_edits(output)
    if is_marked(file.package):
        file = workbook_of(options.book, cleared(file.package))
    book, edition = read_as(file, options.edition)
    catalogue = catalogue_of(edition, options.rules)
    checked = check(book, catalogue)
    require_well_formed(file.package)
    save(marked(file, checked, catalogue), output)
    sys.stdout.write(as_text(checked, peculiarities(file, checked), output))
    return 0


def clear(options: argparse.Namespace) -> int:
    from juesuan.excel.archive import save
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook
    from juesuan.excel.outputs import beside, require_other_file

    output = options.output or beside(options.book, "已清除")
    file = open_workbook(options.book)
    package = file.package
    require_other_file(options.book, output)
    if file.copied_from:
        raise JuesuanError(f"“{options.book}”是 {file.copied_from}，里面没有 juesuan 的标注，没有写出。")
    save(cleared(package), output)
    found = "标注已去掉" if is_marked(package) else "没有 juesuan 的标注，与原工作簿相同"
    sys.stdout.write(f"已写出 {output}：{found}。\n")
    return 0


def explain(options: argparse.Namespace) -> int:
    from juesuan.derive import compute_uncached
    from juesuan.excel.files import open_workbook
    from juesuan.money import fen_of, read_text
    from juesuan.report.explained import as_text

    book, edition = read_as(open_workbook(options.book), options.edition)
    catalogue = catalogue_of(edition, options.rules)
    compute_uncached(book, catalogue)
    cell = book.find(options.cell)
    if cell is None:
        raise JuesuanError(
            f"“{options.cell}”不是认出的金额。请写成 工作表!单元格，如 公开03表!D12，指向表里的一个金额。"
        )
    fen = None
    if options.value is not None:
        reading = read_text(options.value)
        if reading is None or reading.millionths is None:
            raise JuesuanError(f"“{options.value}”不是金额。请写一个数，如 676.23，单位与工作簿相同。")
        fen = fen_of(reading.millionths, book.currency)
    sys.stdout.write(as_text(book, cell, catalogue, fen))
    return 0


def rules(options: argparse.Namespace) -> int:
    from juesuan.report.manual import manual, rule_list, rule_text, rules_json

    catalogue = _whole(options.edition, options.rules)
    if options.code:
        code = options.code.upper()
        editions = (options.edition, *known_editions())
        known = (whose for name in editions if (whose := _whole(name, options.rules)).rule(code))
        if (found := next(known, None)) is None or (rule := found.rule(code)) is None:
            raise JuesuanError(f"没有规则“{options.code}”。用 juesuan rules 查看全部规则。")
        catalogue = found._replace(rules=(rule,))
        text = rule_text(rule, catalogue)
    else:
        text = rule_list(catalogue)
    if options.format == "json":
        text = rules_json(catalogue)
    elif options.format == "md":
        text = manual(catalogue)
    sys.stdout.write(text)
    return 0


def editions(options: argparse.Namespace) -> int:
    from juesuan.report.forms import as_json, as_text

    found = [load_edition(name) for name in known_editions()]
    sys.stdout.write(as_json(found) if options.format == "json" else as_text(found))
    return 0


def addin(options: argparse.Namespace) -> int:
    from juesuan.addin import install
    from juesuan.addin.xlam import add_in

    if options.action == "build":
        from juesuan.excel.archive import save

        if not options.output or not options.output.lower().endswith(".xlam"):
            raise JuesuanError("请写出加载项的文件名，以 .xlam 结尾，如 juesuan addin build juesuan.xlam。")
        save(add_in(), options.output)
        sys.stdout.write(f"已写出 {options.output}。\n")
        return 0
    here = sys.platform == "win32"
    windows: install.Windows = install.ThisWindows() if here else install.NoWindows()
    if options.action == "install":
        steps = install.install_steps(windows, os.environ, install.windowless(sys.executable), add_in())
    else:
        steps = install.uninstall_steps(windows, os.environ)
    if not here:
        sys.stdout.write("这里不是 Windows，什么也没有做。在 Windows 上会这样做：\n")
    for step in list(steps):
        if here:
            step.take(windows)
        sys.stdout.write(f"  {step.said}\n")
    if here:
        sys.stdout.write("完成。请重新打开 Excel；WPS 请在“开发工具 → 加载项”里选中上面的加载项。\n")
    return 0


def _whole(edition: str, rules: str | None) -> Catalogue:
    """The rules about the workbook and about the text beside it."""
    catalogue = whole_catalogue(load_edition(edition))
    return catalogue.extended(rules) if rules else catalogue


def _codes(text: str) -> list[str]:
    return [code.strip().upper() for code in text.split(",") if code.strip()]


def _exit_code(verdicts: Collection[str]) -> int:
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0


def write_text(text: str, output: str, inputs: Sequence[str]) -> None:
    """To the screen, or whole or not at all to a file that is none of the inputs."""
    if output == "-":
        sys.stdout.write(text)
    else:
        write_bytes(text.encode(), output, inputs)


def write_bytes(content: bytes, output: str, inputs: Sequence[str]) -> None:
    """The same for what is no text."""
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    refuse_inputs(output, inputs)
    from juesuan.excel.archive import save

    save(content, output)


def refuse_inputs(output: str, inputs: Sequence[str]) -> None:
    """Raise JuesuanError where what is to be written is one of the files that were read."""
    if any(os.path.exists(path) and os.path.realpath(path) == os.path.realpath(output) for path in inputs):
        raise JuesuanError(f"输出文件“{output}”就是被核对的工作簿，未写。请换一个文件名。")
