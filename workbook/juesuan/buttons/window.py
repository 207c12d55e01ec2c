"""A small window that runs the commands on saved files, where Excel or WPS has no macros or may not start programs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tkinter
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from tkinter import filedialog, messagebox, scrolledtext, ttk
from types import TracebackType

from juesuan.buttons.draft import open_draft, write_draft
from juesuan.buttons.log import LOG, log_path, start_log
from juesuan.errors import JuesuanError, why
from juesuan.writing.outputs import beside, narrative_beside

Run = Callable[[Sequence[str]], int]
"""The command line, as a function."""

_COMMANDS = (
    ("填列合计", "fill"),
    ("核对九张表", "mark"),
    ("清除标记", "clear"),
    ("转为万元", "balance"),
    ("生成情况说明", "narrate"),
)
_BOOKS = "*.xlsx *.xlsm *.xlsb *.xls *.et *.ods"
_ENDINGS = {"fill": "填列", "mark": "核对", "clear": "已清除", "balance": "万元"}
_HINT = "先选已保存的工作簿，再按按钮。原来的工作簿不会改动，结果另写一份。\n"
_FAILED = 2
_REPLACE = "“{}”已存在。\n要用新的结果换掉它吗？在里面手工改过的会丢失。"


class Window:
    """`said` is what stands in the text field; every button works on `path`."""

    def __init__(self, root: tkinter.Tk, run: Run, path: str = "", more: int = 0) -> None:
        """`more`: how many further workbooks were sent along, which are left."""
        self._run = run
        root.title("决算核对")
        root.report_callback_exception = self._broken
        root.minsize(640, 420)
        self.path = tkinter.StringVar(root, path)
        top = ttk.Frame(root, padding=8)
        top.pack(fill="x")
        ttk.Entry(top, textvariable=self.path).pack(side="left", fill="x", expand=True)
        ttk.Button(top, text="选择……", command=self.choose).pack(side="left", padx=(8, 0))
        row = ttk.Frame(root, padding=(8, 0))
        row.pack(fill="x")
        self.buttons = {label: ttk.Button(row, text=label, command=self._pressing(verb)) for label, verb in _COMMANDS}
        self.buttons["发送"] = ttk.Button(row, text="发送", command=self.send)
        self.buttons["打开结果"] = ttk.Button(row, text="打开结果", command=self.open_result)
        for button in self.buttons.values():
            button.pack(side="left", padx=(0, 8))
        self.text = scrolledtext.ScrolledText(root, wrap="word", state="disabled")
        self.text.pack(fill="both", expand=True, padx=8, pady=8)
        self.result = ""
        self.say((f"一次处理一本；另有 {more} 本没有打开，请逐本发送。\n" if more else "") + _HINT)

    @property
    def said(self) -> str:
        return self.text.get("1.0", "end-1c")

    def say(self, text: str) -> None:
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.insert("1.0", text)
        self.text.configure(state="disabled")
        self.text.update_idletasks()

    def choose(self) -> None:
        chosen = filedialog.askopenfilename(
            filetypes=[("工作簿", "*.xlsx *.xlsm *.xlsb *.xls *.et *.ods"), ("所有文件", "*.*")]
        )
        if chosen:
            self.path.set(os.path.normpath(chosen))

    def command(self, verb: str) -> bool:
        """Run a command on the workbook and show what it says; whether it wrote something."""
        path = self.path.get().strip().strip('"')
        if not path:
            self.say(_HINT)
            return False
        output = beside(path, _ENDINGS[verb]) if verb in _ENDINGS else narrative_beside(path)
        if os.path.exists(output) and not messagebox.askyesno("决算核对", _REPLACE.format(output), default="no"):
            self.say(f"“{output}”已存在，没有覆盖。\n")
            return False
        self.say("正在处理……")
        self.result = ""
        if refused := self._unfit(path) if verb == "narrate" else "":
            self.say(refused)
            return False
        code, text = captured(self._run, [verb, path, "-o", output])
        self.say(text)
        self.result = output if code != _FAILED else ""
        return code != _FAILED

    def _unfit(self, path: str) -> str:
        """Why no narrative is written."""
        code, text = captured(self._run, ["check", path])
        if not code:
            return ""
        return text if code == _FAILED else "没有写情况说明：工作簿有差错。请先按“核对九张表”，改好再生成。\n"

    def send(self) -> None:
        """Check, and open a draft with the annotated copy."""
        if not self.command("mark"):
            return
        verdict = self.said
        try:
            draft = write_draft(self.result, "部门决算公开表核对", verdict)
            open_draft(draft)
        except JuesuanError as error:
            self.say(f"{verdict}\n{error}\n")
            return
        self.say(f"{verdict}\n邮件草稿已打开（{draft}），附有标注的副本。请填收件人，检查后自己发出。\n")

    def open_result(self) -> None:
        if not self.result:
            self.say("还没有结果。请先按前面的按钮。\n")
            return
        try:
            _open(self.result)
        except OSError as error:
            self.say(f"打不开“{self.result}”：{why(error)}。请在文件夹里打开它。\n")

    def _broken(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Where a bug in a button ends: there is no console to show it."""
        LOG.error("window", exc_info=(kind, error, trace))
        self.say(f"程序出错了，没有做完。详情记在“{log_path()}”，请把它发给维护人员。\n")

    def _pressing(self, verb: str) -> Callable[[], object]:
        return lambda: self.command(verb)


def captured(run: Run, arguments: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command, and all it says."""
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        code = run(arguments)
    return code, text.getvalue()


def show(books: Sequence[str], run: Run) -> int:
    """Open the window with the first of these workbooks and wait until it is closed.

    Raises JuesuanError where there is no screen.
    """
    try:
        root = tkinter.Tk()
    except tkinter.TclError as error:
        raise JuesuanError("这里打不开窗口（没有图形界面）。请用命令行，如 juesuan mark 工作簿。") from error
    start_log()
    Window(root, run, "".join(books[:1]), max(len(books) - 1, 0))
    root.mainloop()
    return 0


def _open(path: str) -> None:
    if sys.platform == "win32":
        os.startfile(path)
    else:
        subprocess.Popen(["xdg-open", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
