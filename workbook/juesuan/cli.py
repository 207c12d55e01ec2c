"""The command line. Exit codes: 0 no error, 1 errors found, 2 something could not be done or judged."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from juesuan import __version__, commands
from juesuan.arguments import Parser
from juesuan.edition import DEFAULT_EDITION
from juesuan.errors import JuesuanError

BOOKS = ".xlsx、.xlsm、.xlsb、.xls、.et 或 .ods 文件"


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
    parser = Parser(prog="juesuan", description="部门决算公开表（公开01—09）勾稽核对。")
    parser.add_argument("--version", action="version", version=f"juesuan {__version__}", help="显示版本")
    group = parser.add_subparsers(title="命令", prog="juesuan", metavar="命令", required=True, parser_class=Parser)
    adders = {
        "template": _add_template,
        "check": _add_check,
        "batch": _add_batch,
        "fill": _add_fill,
        "mark": _add_mark,
        "clear": _add_clear,
        "explain": _add_explain,
        "narrate": _add_narrate,
        "publish": _add_publish,
        "proofread": _add_proofread,
        "rules": _add_rules,
        "editions": _add_editions,
        "mailbox": _add_mailbox,
        "watch": _add_watch,
        "addin": _add_addin,
        "window": _add_window,
    }
    for name, add in adders.items():
        if command == name or command not in adders:
            add(group)
    return parser


def _add_template(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "template",
        help="生成填报模板",
        description="生成填报模板：九张表、三公汇总、勾稽检查，派生的格都是公式；写成 .xlsm 的封面上另有一列按钮。",
    )
    command.add_argument("output", metavar="输出.xlsx", help="写到这个文件（.xlsx 或 .xlsm）；已存在的文件不覆盖")
    command.add_argument(
        "--edition", default=DEFAULT_EDITION, metavar="版式", help=f"版式编号，或版式文件（默认 {DEFAULT_EDITION}）"
    )
    command.add_argument("--unit", default="", metavar="单位", help="单位名称")
    command.add_argument("--year", type=int, metavar="年度", help="年度，如 2024（默认为上一年）")
    command.add_argument("--codes", metavar="文件", help="要列出的科目：CSV 或 Excel，有科目编码、科目名称两栏")
    command.add_argument("--wan", action="store_true", help="金额单位用万元（默认为元）")
    command.set_defaults(run=commands.template)


def _add_check(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "check", help="核对工作簿，指出差错在哪一格", description="核对一份或多份决算公开工作簿。"
    )
    command.add_argument("books", nargs="+", metavar="工作簿", help=BOOKS)
    command.add_argument(
        "--format", choices=("text", "json", "sarif", "html", "xlsx"), default="text", help="输出格式（默认 text）"
    )
    command.add_argument("-o", "--output", default="-", metavar="文件", help="写到文件；- 为屏幕（默认）")
    command.add_argument(
        "--edition", default="auto", metavar="版式", help="版式编号，或自己写的版式文件（.toml）；auto 为自动（默认）"
    )
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.add_argument("--select", default="", metavar="编号", help="只用这些规则（编号或开头，用逗号分隔）")
    command.add_argument("--ignore", default="", metavar="编号", help="不用这些规则（编号或开头，用逗号分隔）")
    command.set_defaults(run=commands.check)


def _add_batch(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "batch",
        help="核对一个文件夹里的全部工作簿，写成总览网页和汇总表",
        description="核对一个文件夹（连同下面各层）里的全部工作簿，写出 results.jsonl、summary.xlsx、"
        "总览网页 index.html，有错和要核实的各标注一份在 marked/。一份坏文件不影响其他。",
    )
    command.add_argument("source", metavar="文件夹", help="文件夹，或一行一个路径的清单文件")
    command.add_argument("-o", "--output", required=True, metavar="输出文件夹", help="结果写在这里；没有就新建")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, metavar="个数", help="同时核对几份（默认同处理器个数）")
    where.add_argument(
        "--scheduler", metavar="地址", help="交给 Dask 集群，如 tcp://10.0.0.5:8786（要装 juesuan[cluster]）"
    )
    command.add_argument("--expect", metavar="名单.csv", help="应报单位：单位编码、单位名称、主管部门、邮箱、截止日期")
    command.add_argument("--resume", action="store_true", help="接着上次没有做完的做")
    command.add_argument("--no-marks", action="store_true", help="不写标注的工作簿")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=commands.batch)


def _add_fill(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "fill",
        help="填列合计等派生数，写成另一份工作簿",
        description="填列合计、小计等由规则推算的格；录入的格从不改动。",
    )
    command.add_argument("book", metavar="工作簿", help=BOOKS)
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-填列”）")
    command.add_argument("--overwrite", action="store_true", help="派生格里与规则不符的数也改写")
    command.add_argument("--last-year", metavar="上年工作簿", help="上年的工作簿，或放着它的文件夹；据它填补02 上年数")
    command.add_argument(
        "--edition", default="auto", metavar="版式", help="版式编号，或自己写的版式文件（.toml）；auto 为自动（默认）"
    )
    command.set_defaults(run=commands.fill)


def _add_mark(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "mark",
        help="核对并标注：涂色、批注、首页“核对结果”",
        description="核对一份工作簿，把结果标在另写的一份上；工作簿里的其他内容原样保留。",
    )
    command.add_argument("book", metavar="工作簿", help=BOOKS)
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-核对”）")
    command.add_argument(
        "--edition", default="auto", metavar="版式", help="版式编号，或自己写的版式文件（.toml）；auto 为自动（默认）"
    )
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=commands.mark)


def _add_clear(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "clear",
        help="去掉标注",
        description="去掉 juesuan 的涂色、批注和“核对结果”，写成另一份；没有动过的，与标注以前分毫不差。",
    )
    command.add_argument("book", metavar="工作簿", help="标注过的 .xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", metavar="文件", help="写到这个文件（默认在原处，名为“原名-已清除”）")
    command.set_defaults(run=commands.clear)


def _add_explain(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "explain",
        help="一格的来龙去脉：它参与的每条关系和两边的数",
        description="列出一格参与的每条关系和两边的数；--try 试填一个数，看还有哪些不相符。工作簿不会改动。",
    )
    command.add_argument("book", metavar="工作簿", help=BOOKS)
    command.add_argument("cell", metavar="工作表!单元格", help="如 公开03表!D12")
    command.add_argument("--try", dest="value", metavar="金额", help="试填这个数，单位与工作簿相同")
    command.add_argument(
        "--edition", default="auto", metavar="版式", help="版式编号，或自己写的版式文件（.toml）；auto 为自动（默认）"
    )
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=commands.explain)


def _add_narrate(group: argparse._SubParsersAction[Parser]) -> None:
    from juesuan import text_commands

    command = group.add_parser(
        "narrate",
        help="由工作簿写出第三部分情况说明（Word）",
        description="由工作簿和补01—补09写出第三部分情况说明；缺的数和原因标黄待填。",
    )
    command.add_argument("book", metavar="工作簿", help=".xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", required=True, metavar="说明.docx", help="写到这个 Word 文件")
    command.add_argument("--full", action="store_true", help="整本公开件：封面、目录、第一至第五部分")
    command.add_argument("--last-year", metavar="上年工作簿", help="上年的工作簿，或放着它的文件夹；上年数从它取")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.set_defaults(run=text_commands.narrate)


def _add_publish(group: argparse._SubParsersAction[Parser]) -> None:
    from juesuan import text_commands

    command = group.add_parser(
        "publish",
        help="写出整套公开文件：Word、PDF、干净的工作簿、开放数据和清单",
        description="先核对，有错误的不写；写出整本公开件（docx、pdf）、只有数值的工作簿、CSV、JSON 和清单。",
    )
    command.add_argument("book", metavar="工作簿", help=".xlsx 或 .xlsm 文件")
    command.add_argument("-o", "--output", required=True, metavar="文件夹", help="写到这个文件夹；要是新的或空的")
    command.add_argument("--override", metavar="理由", help="有错误也公开；理由记在清单里")
    command.add_argument("--no-pdf", action="store_true", help="不写 PDF（没有 LibreOffice 时）")
    command.add_argument("--last-year", metavar="上年工作簿", help="上年的工作簿，或放着它的文件夹；上年数从它取")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.set_defaults(run=text_commands.publish)


def _add_proofread(group: argparse._SubParsersAction[Parser]) -> None:
    from juesuan import text_commands

    command = group.add_parser(
        "proofread",
        help="核对公开说明的文字：每个数、占比、增减、名称与表是否一致",
        description="拿公开说明（第三部分和附件）的文字对照工作簿，逐句核对。文字稿和工作簿都不会改动。不给工作簿时，先从文字稿里取出各表。",
    )
    command.add_argument("document", metavar="文字稿", help=".docx、.pdf（有文字层）、.txt 或 .md 文件")
    command.add_argument(
        "--book", metavar="工作簿", help="对照的 .xlsx 或 .xlsm 文件；不给时从文字稿里提取各表，一并核对"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="输出格式（默认 text）")
    command.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="文件",
        help="结果写到文件；- 为屏幕（默认）；写成 .xlsx 时，把提取的各表存为工作簿",
    )
    command.add_argument("--last-year", metavar="上年工作簿", help="上年的工作簿，或放着它的文件夹；增减对照它")
    command.add_argument("--annotate", metavar="批注稿.docx", help="另写一份 Word 文字稿，问题写成批注")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.set_defaults(run=text_commands.proofread)


def _add_rules(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser("rules", help="规则目录，或解释一条规则", description="列出全部规则，或解释一条规则。")
    command.add_argument("code", nargs="?", metavar="编号", help="规则编号，如 EXP002")
    command.add_argument(
        "--edition", default=DEFAULT_EDITION, metavar="版式", help=f"版式编号，或版式文件（默认 {DEFAULT_EDITION}）"
    )
    command.add_argument("--format", choices=("text", "json", "md"), default="text", help="输出格式（默认 text）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=commands.rules)


def _add_editions(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "editions", help="现有版式", description="列出软件认得的版式，各有什么依据，哪些是推定。"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="输出格式（默认 text）")
    command.set_defaults(run=commands.editions)


def _add_addin(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "addin",
        help="Excel、WPS 的按钮：生成、安装、卸载加载项",
        description="生成加载项 juesuan.xlam，或在 Windows 上安装、卸载；在其他系统上只说会做什么。",
    )
    command.add_argument("action", choices=("build", "install", "uninstall"), metavar="build|install|uninstall")
    command.add_argument("output", nargs="?", metavar="输出.xlam", help="build 写到这个文件")
    command.set_defaults(run=commands.addin)


def _add_window(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "window",
        help="打开一个小窗口，用按钮填列、核对、清除、发送",
        description="打开一个小窗口，对已保存的工作簿填列、核对、清除标记、发送；不需要宏。",
    )
    command.add_argument("book", nargs="?", default="", metavar="工作簿", help=".xlsx 或 .xlsm 文件，可以在窗口里再选")
    command.set_defaults(run=_window)


def _window(options: argparse.Namespace) -> int:
    from juesuan.buttons.window import show

    return show(options.book, main)


def _add_mailbox(group: argparse._SubParsersAction[Parser]) -> None:
    from juesuan.mailbox_options import add_mailbox

    add_mailbox(group)


def _add_watch(group: argparse._SubParsersAction[Parser]) -> None:
    from juesuan.mailbox_options import add_watch

    add_watch(group)
