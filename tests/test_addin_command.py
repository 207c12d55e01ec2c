"""`juesuan addin` and the small window."""

from __future__ import annotations

import os
import shutil
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from juesuan.addin.install import ADD_IN, Windows, install_steps, uninstall_steps, windowless
from juesuan.addin.xlam import add_in
from juesuan.buttons.log import start_log
from juesuan.cli import main
from juesuan.errors import JuesuanError
from office import screen
from pictures import take_picture

ROOT = Path(__file__).resolve().parent.parent
WRONG = ROOT / "samples" / "焦作2024-有误.xlsx"
OPTIONS = r"Software\Microsoft\Office\16.0\Excel\Options"


class Machine:
    """A Windows in memory."""

    def __init__(self, registry: dict[str, dict[str, str]]) -> None:
        self.registry = registry
        self.files: dict[str, object] = {}

    def values(self, key: str) -> dict[str, str] | None:
        return self.registry.get(key)

    def set_value(self, key: str, name: str, value: str) -> None:
        self.registry.setdefault(key, {})[name] = value

    def delete_value(self, key: str, name: str) -> None:
        self.registry.get(key, {}).pop(name, None)

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = content

    def remove(self, path: str) -> None:
        self.files.pop(path, None)

    def shortcut(self, path: str, target: str, arguments: str) -> None:
        self.files[path] = (target, arguments)


def install(machine: Windows) -> None:
    folders = {"APPDATA": r"C:\Users\张三\AppData\Roaming"}
    for step in list(install_steps(machine, folders, r"C:\py\pythonw.exe", add_in())):
        step.take(machine)


def uninstall(machine: Windows) -> None:
    for step in list(uninstall_steps(machine, {"APPDATA": r"C:\Users\张三\AppData\Roaming"})):
        step.take(machine)


def test_installing_twice_registers_once_and_uninstalling_leaves_nothing_of_ours() -> None:
    others = {"OPEN": '"solver.xlam"', "OPEN1": r'/R "C:\my juesuan.xlam"', "UserName": "张三"}
    before = {OPTIONS: others}
    machine = Machine({key: dict(values) for key, values in before.items()})
    install(machine)
    install(machine)
    path = rf"C:\Users\张三\AppData\Roaming\Microsoft\AddIns\{ADD_IN}"
    assert machine.registry[OPTIONS] == before[OPTIONS] | {"OPEN2": f'"{path}"'}
    assert machine.registry[r"Software\juesuan"] == {"python": r"C:\py\pythonw.exe"}
    assert machine.files[path] == add_in()
    (sent,) = (content for name, content in machine.files.items() if "SendTo" in name)
    assert sent == (r"C:\py\pythonw.exe", "-P -m juesuan window")
    uninstall(machine)
    assert machine.registry[OPTIONS] == before[OPTIONS]
    assert not machine.files
    assert not machine.registry[r"Software\juesuan"]


def test_other_add_ins_keep_being_opened_after_ours_is_gone() -> None:
    """Excel reads OPEN, OPEN1, OPEN2 … and stops at a gap."""
    others = [f'"{name}.xlam"' for name in "abcdefghijkl"]
    values = [*others[:3], '"C:\\旧\\juesuan.xlam"', *others[3:]]
    names = ["OPEN", *(f"OPEN{number}" for number in range(1, len(values)))]
    machine = Machine({OPTIONS: dict(zip(names, values, strict=True)) | {"Options3": "1"}})
    install(machine)
    assert machine.registry[OPTIONS]["OPEN3"].endswith(rf'AppData\Roaming\Microsoft\AddIns\{ADD_IN}"'), "旧的位置要换掉"
    assert len(machine.registry[OPTIONS]) == len(values) + 1
    uninstall(machine)
    assert machine.registry[OPTIONS] == dict(zip(names, others, strict=False)) | {"Options3": "1"}


def test_a_step_that_windows_refuses_is_one_sentence() -> None:
    class Refusing(Machine):
        def set_value(self, key: str, name: str, value: str) -> None:
            raise PermissionError(13, "拒绝访问")

    with pytest.raises(JuesuanError, match=r"没有做成：记下程序位置 .*拒绝访问"):
        install(Refusing({}))


def test_an_excel_that_never_ran_is_registered_too() -> None:
    machine = Machine({})
    install(machine)
    assert ADD_IN in machine.registry[OPTIONS]["OPEN"]


def test_python_without_a_console() -> None:
    assert windowless(os.path.join("a", "python.exe")) == os.path.join("a", "pythonw.exe")


@pytest.mark.skipif(sys.platform == "win32", reason="在 Windows 上会真的安装")
@pytest.mark.parametrize("action", ["install", "uninstall"])
def test_elsewhere_it_says_what_it_would_do(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", action]) == 0
    said = capsys.readouterr().out
    assert said.startswith("这里不是 Windows，什么也没有做。")
    assert ADD_IN in said


def test_build_writes_the_add_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "决算 a=1&b%.xlam"
    assert main(["addin", "build", str(out)]) == 0
    assert out.read_bytes() == add_in()
    assert main(["addin", "build", str(tmp_path / "x.zip")]) == 2
    assert "以 .xlam 结尾" in capsys.readouterr().err


def test_the_wheel_has_the_sources_of_the_add_in() -> None:
    """The sources lie in macros/; a wheel carries them as data."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"macros" = "juesuan/data/macros"' in text


def test_the_window_does_what_the_commands_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tkinter = pytest.importorskip("tkinter")
    from juesuan.buttons import window

    monkeypatch.chdir(tmp_path)
    path = Path(shutil.copy(WRONG, "决算 数据=1&2%.xlsx"))
    shown: list[str] = []
    monkeypatch.setattr(window, "open_draft", shown.append)
    asked: list[str] = []
    answers = iter([True, False, False, False])

    def ask(title: str, question: str, **given: object) -> bool:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr("tkinter.messagebox.askyesno", ask)
    with screen() as display:
        monkeypatch.setenv("DISPLAY", display)
        root = tkinter.Tk()
        small = window.Window(root, main, str(path))
        small.buttons["核对九张表"].invoke()
        marked = tmp_path / "决算 数据=1&2%-核对.xlsx"
        assert marked.exists()
        assert "结论：有差错，必须改正" in small.said
        root.update()
        take_picture("窗口.png", tmp_path, display, root.winfo_id())
        small.buttons["发送"].invoke()
        (attached,) = message_from_bytes(Path(shown[0]).read_bytes(), policy=default).iter_attachments()
        assert attached.get_filename() == marked.name
        small.path.set(str(marked))
        small.buttons["清除标记"].invoke()
        assert (tmp_path / "决算 数据=1&2%-核对-已清除.xlsx").read_bytes() == WRONG.read_bytes()
        small.buttons["生成情况说明"].invoke()
        assert small.said == "没有写情况说明：工作簿有差错。请先按“核对九张表”，改好再生成。\n"
        shutil.copy(WRONG.with_name("焦作2024.xlsx"), "对.xlsx")
        small.path.set("对.xlsx")
        small.buttons["生成情况说明"].invoke()
        assert small.said.startswith("已写出 对-情况说明.docx。")
        assert (tmp_path / "对-情况说明.docx").exists()
        small.buttons["生成情况说明"].invoke()
        assert small.said == "“对-情况说明.docx”已存在，没有覆盖。\n"
        for label, ending in (("填列合计", "填列"), ("转为万元", "万元")):
            kept = Path(f"对-{ending}.xlsx")
            kept.write_text("接着填的")
            small.buttons[label].invoke()
            assert kept.read_text() == "接着填的"
        assert len(asked) == 4, "只问已有的"
        assert "手工改过的会丢失" in asked[0]
        small.path.set("没有.xlsx")
        small.buttons["生成情况说明"].invoke()
        assert "找不到文件" in small.said
        small.buttons["填列合计"].invoke()
        assert "找不到文件" in small.said
        assert small.result == ""
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
        start_log()
        monkeypatch.setattr(small, "_run", {}.__getitem__)
        root.tk.eval(f"{small.buttons['填列合计']} invoke")
        assert small.said.startswith("程序出错了，没有做完。详情记在“")
        assert "TypeError" in next(tmp_path.glob("状态/juesuan/按钮.log")).read_text("utf-8")
        root.destroy()

        opened: list[window.Window] = []

        def look_and_close(root: Any) -> None:
            shown.append(opened[0].said)
            root.destroy()

        monkeypatch.setattr(tkinter.Tk, "mainloop", look_and_close)
        made = window.Window
        monkeypatch.setattr(window, "Window", lambda *given: opened.append(made(*given)))
        assert main(["window", "甲.xlsx", "乙.xls", "丙.et"]) == 0
        assert opened[0].path.get() == "甲.xlsx"
        assert "另有 2 本没有打开" in shown[-1]


def test_without_a_screen_there_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tkinter")
    if sys.platform != "linux":
        pytest.skip("有图形界面")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["window"]) == 2
    assert "没有图形界面" in capsys.readouterr().err
