"""The command line. Exit codes: 0 no error, 1 errors found, 2 something could not be done or judged.

A command is the module of its name: `HELP` and `DESCRIPTION`, `declare` its arguments, `run` it. Only the one that is
called is loaded, and what is dear or rare only in the function that needs it.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from juesuan import __version__
from juesuan.cli.arguments import Parser
from juesuan.cli.output import reader_left
from juesuan.errors import JuesuanError, why

COMMANDS = (
    "template", "check", "batch", "merge", "fill", "balance", "mark", "clear", "explain", "explanations", "narrate",
    "publish",
    "proofread", "rules", "codes", "editions", "mailbox", "watch", "addin", "window",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Bad input is one sentence on stderr, never a traceback."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed, or on Windows without a console
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 -- as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = (sys.argv[1:] if argv is None else list(argv)) or ["--help"]
    options = parser(next(iter(arguments), None)).parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except JuesuanError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError) and reader_left():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        where = f"“{os.fsdecode(error.filename)}”" if isinstance(error.filename, str | bytes) else ""
        print(f"没有做完：{where}{why(error)}。请核对磁盘空间和权限后再试。", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 2


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command, or of all of them where none or an unknown one is named."""
    whole = Parser(
        prog="juesuan",
        description="核对部门决算公开表（公开01表—公开09表）：指出哪一格不对，应为多少，怎么办。",
        epilog="先核对一份试试：juesuan check 工作簿.xlsx。每个命令都有自己的说明，如 juesuan check --help。",
    )
    whole.add_argument("--version", action="version", version=f"juesuan {__version__}", help="显示版本")
    group = whole.add_subparsers(title="命令", prog="juesuan", metavar="命令", required=True, parser_class=Parser)
    for name in [command] if command in COMMANDS else COMMANDS:
        module = _module(name)
        declared = group.add_parser(name, help=module.HELP, description=module.DESCRIPTION)
        module.declare(declared)
        declared.set_defaults(run=module.run)
    return whole


def _module(command: str) -> ModuleType:
    """The module of a command; `importlib` would cost the import of itself."""
    name = f"{__name__}.{command}"
    __import__(name)
    return sys.modules[name]
