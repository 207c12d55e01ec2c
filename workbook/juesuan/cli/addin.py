"""``juesuan addin``: the add-in with the buttons."""

from __future__ import annotations

import argparse
import os
import sys

from juesuan.cli.arguments import Parser
from juesuan.errors import JuesuanError

HELP = "Excel、WPS 的按钮：生成、安装、卸载加载项"
DESCRIPTION = "生成加载项 juesuan.xlam，或在 Windows 上安装、卸载；在其他系统上只说会做什么。"


def declare(command: Parser) -> None:
    command.add_argument("action", choices=("build", "install", "uninstall"), metavar="build|install|uninstall")
    command.add_argument("output", nargs="?", metavar="输出.xlam", help="build 写到这个文件")


def run(options: argparse.Namespace) -> int:
    from juesuan.addin import install
    from juesuan.addin.xlam import add_in

    if options.action == "build":
        from juesuan.written import save

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
