"""The command line. Exit codes: 0 no error, 1 errors found, 2 something could not be done or judged."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from juesuan import __version__
from juesuan.edition import known_editions, load_edition
from juesuan.errors import JuesuanError
from juesuan.rules import Catalogue, load_catalogue

if TYPE_CHECKING:
    from juesuan.report.result import Result

DEFAULT_EDITION = "henan-2024"
LONGEST_UNIT = 100


_CHINESE = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "不能用 %(value)r，可选 %(choices)s",
    "expected one argument": "后面要跟一个值",
    "expected at least one argument": "后面至少要有一个值",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确，可能是 %(matches)s",
    "ignored explicit argument %r": "不能带值 %r",
    "invalid %(type)s value: %(value)r": "不能用 %(value)r，要写整数",
}
# argparse asks gettext for each of its own words; this is the translation it would not find.
argparse._ = lambda text: _CHINESE.get(text, text)  # type: ignore[attr-defined]


class _Help(argparse.HelpFormatter):
    """Help of one width everywhere; asking the terminal for its own would cost an import of `shutil`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"命令写法有误（{message}）。请看说明：{self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Bad input is one sentence on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = sys.argv[1:] if argv is None else list(argv)
    options = _parser(next(iter(arguments), None)).parse_args(arguments)
    try:
        return int(options.run(options))
    except JuesuanError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 2


def _parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command, or of all of them where none or an unknown one is named."""
    parser = _Parser(prog="juesuan", description="部门决算公开表（公开01—09）勾稽核对。")
    parser.add_argument("--version", action="version", version=f"juesuan {__version__}", help="显示版本")
    commands = parser.add_subparsers(title="命令", prog="juesuan", metavar="命令", required=True, parser_class=_Parser)
    adders = {
        "template": _add_template,
        "check": _add_check,
        "fill": _add_fill,
        "mark": _add_mark,
        "clear": _add_clear,
        "rules": _add_rules,
        "editions": _add_editions,
    }
    for name, add in adders.items():
        if command == name or command not in adders:
            add(commands)
    return parser


def _add_template(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "template",
        help="生成填报模板",
        description="生成填报模板：九张表、三公汇总、勾稽检查，派生的格都是公式。",
    )
    command.add_argument("output", metavar="输出.xlsx", help="写到这个文件；已存在的文件不覆盖")
    command.add_argument(
        "--edition", default=DEFAULT_EDITION, metavar="版式", help=f"版式编号（默认 {DEFAULT_EDITION}）"
    )
    command.add_argument("--unit", default="", metavar="单位", help="单位名称")
    command.add_argument("--year", type=int, metavar="年度", help="年度，如 2024（默认为上一年）")
    command.add_argument("--codes", metavar="文件", help="要列出的科目：CSV 或 Excel，有科目编码、科目名称两栏")
    command.add_argument("--wan", action="store_true", help="金额单位用万元（默认为元）")
    command.set_defaults(run=_template)


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "check", help="核对工作簿，指出差错在哪一格", description="核对一份或多份决算公开工作簿。"
    )
    command.add_argument("books", nargs="+", metavar="工作簿", help=".xlsx 或 .xlsm 文件")
    command.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="输出格式（默认 text）")
    command.add_argument("-o", "--output", default="-", metavar="文件", help="写到文件；- 为屏幕（默认）")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.add_argument("--select", default="", metavar="编号", help="只用这些规则（编号或开头，用逗号分隔）")
    command.add_argument("--ignore", default="", metavar="编号", help="不用这些规则（编号或开头，用逗号分隔）")
    command.set_defaults(run=_check)


def _add_fill(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "fill",
        help="填列合计等派生数，写成另一份工作簿",
        description="填列合计、小计等由规则推算的格；录入的格从不改动。",
    )
    command.add_argument("book", metavar="工作簿", help=".xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-填列”）")
    command.add_argument("--overwrite", action="store_true", help="派生格里与规则不符的数也改写")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.set_defaults(run=_fill)


def _add_mark(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "mark",
        help="核对并标注：涂色、批注、首页“核对结果”",
        description="核对一份工作簿，把结果标在另写的一份上；工作簿里的其他内容原样保留。",
    )
    command.add_argument("book", metavar="工作簿", help=".xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-核对”）")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=_mark)


def _add_clear(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "clear",
        help="去掉标注",
        description="去掉 juesuan 的涂色、批注和“核对结果”，写成另一份；没有动过的，与标注以前分毫不差。",
    )
    command.add_argument("book", metavar="工作簿", help="标注过的 .xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-已清除”）")
    command.set_defaults(run=_clear)


def _add_rules(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "rules", help="规则目录，或解释一条规则", description="列出全部规则，或解释一条规则。"
    )
    command.add_argument("code", nargs="?", metavar="编号", help="规则编号，如 EXP002")
    command.add_argument("--format", choices=("text", "json", "md"), default="text", help="输出格式（默认 text）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=_rules)


def _add_editions(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser("editions", help="现有版式", description="列出软件认得的版式。")
    command.add_argument("--format", choices=("text", "json"), default="text", help="输出格式（默认 text）")
    command.set_defaults(run=_editions)


def _template(options: argparse.Namespace) -> int:
    if not options.output.lower().endswith(".xlsx"):
        raise JuesuanError(f"模板只能写成 .xlsx 文件，“{options.output}”不是。请换一个文件名。")
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
    codes = read_codes_file(options.codes) if options.codes else ()
    order = Order(options.unit, year, "万元" if options.wan else "元", codes)
    save(workbook_bytes(build_template(_catalogue(options.edition, None), order)), options.output)
    return 0


def _check(options: argparse.Namespace) -> int:
    catalogue = _catalogue(options.edition, options.rules).select(_codes(options.select), _codes(options.ignore))
    results = []
    for path in options.books:
        result = _result(path, catalogue, hashed=options.format != "text")
        if result.verdict == "unjudged":
            print(f"{path}：{result.why}", file=sys.stderr)
        results.append(result)
    if options.format == "text":
        from juesuan.report.text import as_text

        text = as_text(results)
    else:
        from juesuan.report.structured import as_json, as_sarif

        text = as_json(results) if options.format == "json" else as_sarif(results, catalogue)
    _write(text, options.output, options.books)
    verdicts = {result.verdict for result in results}
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0


def _result(path: str, catalogue: Catalogue, *, hashed: bool) -> Result:
    from juesuan.check import check
    from juesuan.errors import UnreadableBook
    from juesuan.excel.files import digest, open_workbook
    from juesuan.excel.recognise import read_book
    from juesuan.report.result import Result

    sha256 = digest(path) if hashed else None
    try:
        return Result(path, sha256, check(read_book(open_workbook(path), catalogue.edition), catalogue))
    except UnreadableBook as error:
        return Result(path, sha256, None, str(error))


def _fill(options: argparse.Namespace) -> int:
    from juesuan.excel.files import open_workbook
    from juesuan.excel.filling import write_filled
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.excel.parent_rows import complete
    from juesuan.excel.recognise import read_book
    from juesuan.fill import fill
    from juesuan.report.filled import as_text

    catalogue = _catalogue(options.edition, None)
    output = options.output or beside(options.book, "填列")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    whole = complete(file, read_book(file, catalogue.edition), catalogue)
    filled = fill(whole.book, catalogue, overwrite=options.overwrite)
    write_filled(whole.file, filled, output)
    sys.stdout.write(as_text(filled, output, whole.added, whole.mended, whole.refused))
    return 0


def _mark(options: argparse.Namespace) -> int:
    from juesuan.check import check
    from juesuan.excel.archive import save
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook, workbook_of
    from juesuan.excel.marking import marked
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.excel.recognise import read_book
    from juesuan.report.marked import as_text

    catalogue = _catalogue(options.edition, options.rules)
    output = options.output or beside(options.book, "核对")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    if is_marked(file.package):
        file = workbook_of(options.book, cleared(file.package))
    checked = check(read_book(file, catalogue.edition), catalogue)
    save(marked(file, checked, catalogue), output)
    sys.stdout.write(as_text(checked, file.package, output))
    return 0


def _clear(options: argparse.Namespace) -> int:
    from juesuan.excel.archive import save
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook
    from juesuan.excel.outputs import beside, require_other_file

    output = options.output or beside(options.book, "已清除")
    package = open_workbook(options.book).package
    require_other_file(options.book, output)
    save(cleared(package), output)
    found = "标注已去掉" if is_marked(package) else "没有 juesuan 的标注，与原工作簿相同"
    sys.stdout.write(f"已写出 {output}：{found}。\n")
    return 0


def _rules(options: argparse.Namespace) -> int:
    from juesuan.report.manual import manual, rule_list, rule_text, rules_json

    catalogue = _catalogue("auto", options.rules)
    if options.code:
        rule = catalogue.rule(options.code.upper())
        if rule is None:
            raise JuesuanError(f"没有规则“{options.code}”。用 juesuan rules 查看全部规则。")
        catalogue = catalogue._replace(rules=(rule,))
        text = rule_text(rule, catalogue)
    else:
        text = rule_list(catalogue)
    if options.format == "json":
        text = rules_json(catalogue)
    elif options.format == "md":
        text = manual(catalogue)
    sys.stdout.write(text)
    return 0


def _editions(options: argparse.Namespace) -> int:
    editions = [load_edition(name) for name in known_editions()]
    if options.format == "json":
        import json

        entries = [{"id": edition.id, "title": edition.title, "basis": edition.basis} for edition in editions]
        sys.stdout.write(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{edition.id}  {edition.title}\n    依据：{edition.basis}\n" for edition in editions)
    return 0


def _catalogue(edition: str, rules: str | None) -> Catalogue:
    catalogue = load_catalogue(load_edition(DEFAULT_EDITION if edition == "auto" else edition))
    return catalogue.extended(rules) if rules else catalogue


def _codes(text: str) -> list[str]:
    return [code.strip().upper() for code in text.split(",") if code.strip()]


def _write(text: str, output: str, inputs: Sequence[str]) -> None:
    """To the screen, or whole or not at all to a file that is none of the inputs."""
    if output == "-":
        sys.stdout.write(text)
        return
    if any(os.path.exists(path) and os.path.realpath(path) == os.path.realpath(output) for path in inputs):
        raise JuesuanError(f"输出文件“{output}”就是被核对的工作簿，未写。请换一个文件名。")
    from juesuan.excel.archive import save

    save(text.encode(), output)
