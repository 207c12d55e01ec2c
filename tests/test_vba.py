"""The macros: built from text, read back unchanged by others, compiled, and right about the command they build."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import olefile
import pytest
from oletools.olevba import VBA_Parser
from pyopenvba.exceptions import VBACompileError, VBARuntimeError
from pyopenvba.integrity import check_file
from pyopenvba.interpreter import HostBridge, Interpreter, VBAObject, member, method

from juesuan.addin.macro_book import macro_book_bytes
from juesuan.addin.sources import declared_buttons, macros, read, ribbon_2007, starter
from juesuan.addin.xlam import add_in
from juesuan.buttons.__main__ import arguments
from juesuan.buttons.actions import ACTIONS
from juesuan.buttons.attach import windows_sources
from juesuan.edition import load_edition
from juesuan.rules import load_catalogue
from juesuan.template.template import Order, build_template
from juesuan.vba.compression import compressed
from juesuan.vba.project import Module, project
from tools import validation_errors

ROOT = Path(__file__).resolve().parent.parent
RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"


def macro_book() -> bytes:
    catalogue = load_catalogue(load_edition("henan-2024"))
    return macro_book_bytes(build_template(catalogue, Order("示例单位", 2024, "元")))


@pytest.fixture(scope="module", params=["juesuan.xlam", "模板.xlsm"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("built") / request.param
    path.write_bytes(add_in() if path.suffix == ".xlam" else macro_book())
    return path


def modules_of(path: Path) -> dict[str, str]:
    """Every module as olevba extracts it."""
    parser = VBA_Parser(str(path))
    found = {name: code for _, stream, name, code in parser.extract_all_macros() if stream.startswith("VBA/")}
    parser.close()
    return {name.rpartition(".")[0]: code for name, code in found.items()}


def test_every_module_is_extracted_unchanged(built: Path) -> None:
    found = modules_of(built)
    for module in macros(ribbon=built.suffix == ".xlam"):
        assert found[module.name] == module.source
    for name in ("JuesuanRun", *(["JuesuanRibbon"] if built.suffix == ".xlam" else [])):
        written = (ROOT / "macros" / f"{name}.bas").read_text("ascii")
        assert found[name].replace("\r\n", "\n") == f'Attribute VB_Name = "{name}"\n{written}'


def test_chinese_in_a_module_is_kept(tmp_path: Path) -> None:
    """Ours are ASCII, but the writer must not depend on it."""
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(project("P", [Module("ThisWorkbook", kind="workbook"), Module("A", "' 公开01表：收入\n")]))
    assert "公开01表：收入" in modules_of(path)["A"]


def test_macros_are_ascii() -> None:
    assert all(module.source.isascii() for module in macros(ribbon=True))


def test_the_package_and_the_project_are_sound(built: Path, tmp_path: Path) -> None:
    report = check_file(built)
    assert not report.issues, report.issues
    with zipfile.ZipFile(built) as archive:
        project_bytes = archive.read("xl/vbaProject.bin")
    assert not olefile.OleFileIO(project_bytes, raise_defects=olefile.DEFECT_INCORRECT).parsing_issues
    assert validation_errors(built) == []


def test_code_names_are_the_document_modules(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {match for part in archive.namelist() if part.startswith("xl/w") and part.endswith(".xml")
                 for match in re.findall(r'codeName="(\w+)"', archive.read(part).decode())}  # fmt: skip
    standard = {module.name for module in macros(ribbon=True)}
    assert names == modules_of(built).keys() - standard


def test_two_builds_are_the_same_bytes(built: Path) -> None:
    assert built.read_bytes() == (add_in() if built.suffix == ".xlam" else macro_book())


def test_macros_compile() -> None:
    modules = {module.name: module.code for module in macros(ribbon=True)}
    for name, code in modules.items():
        Interpreter().add_module(code, name=name)
    with pytest.raises(VBACompileError):
        Interpreter().add_module(modules["JuesuanRun"].replace("End If", "", 1), name="Broken")


def test_what_the_macros_say_is_readable_chinese() -> None:
    vba = Interpreter()
    vba.add_module(next(module.code for module in macros(ribbon=True) if module.name == "JuesuanTexts"), name="T")
    assert vba.run("TextNoBook", []) == "没有打开的工作簿。请先打开要核对的工作簿。"


class Shell(VBAObject):  # type: ignore[misc]
    """WScript.Shell: starts nothing, ends with `code`; None where starting programs is forbidden."""

    def __init__(self, code: int | None) -> None:
        self.code, self.started = code, ""

    @method(name="Run")  # type: ignore[untyped-decorator]
    def run(self, command: object, style: object, wait: object) -> int:
        if self.code is None:
            raise VBARuntimeError(70, "Permission denied")
        self.started = str(command)
        return self.code


class Excel(VBAObject):  # type: ignore[misc]
    """Application and ActiveWorkbook in one; `hwnd` is None where the program does not tell it."""

    def __init__(self, hwnd: int | None) -> None:
        self.hwnd = hwnd

    @member(name="PathSeparator")  # type: ignore[untyped-decorator]
    def separator(self) -> str:
        return "\\"

    @member(name="Hwnd")  # type: ignore[untyped-decorator]
    def window(self) -> int:
        if self.hwnd is None:
            raise VBARuntimeError(438, "Object doesn't support this property or method")
        return self.hwnd

    @member(name="FullName")  # type: ignore[untyped-decorator]
    def full_name(self) -> str:
        return "D:\\决算.xlsx"


class Host(HostBridge):  # type: ignore[misc]
    def __init__(self, code: int | None, hwnd: int | None = 7) -> None:
        self.shell, self.excel = Shell(code), Excel(hwnd)

    def global_object(self, name: str) -> object:
        return self.excel if name in ("application", "activeworkbook") else super().global_object(name)

    def create(self, type_name_: str) -> object:
        assert type_name_.lower() == "wscript.shell"
        return self.shell


def pressed(host: Host) -> Interpreter:
    """The interpreter knows no Environ; where Python is, is written into the macro."""
    vba = Interpreter(host)
    for module in macros(ribbon=False):
        vba.add_module(module.code.replace('Environ("JUESUAN_PYTHON")', '"C:\\py\\pythonw.exe"'), name=module.name)
    vba.run("Press_check", [])
    return vba


@pytest.mark.parametrize(("hwnd", "sources"), [(7, 5), (None, 4)])
def test_a_program_that_does_not_tell_its_window_is_found_by_its_workbook(hwnd: int | None, sources: int) -> None:
    host = Host(0, hwnd)
    assert not pressed(host).dialogs
    given = arguments(windows_arguments(host.shell.started)[4:])
    assert (given.action, given.book, given.hwnd) == ("check", "D:\\决算.xlsx", hwnd or 0)
    assert len(list(windows_sources(given.hwnd))) == sources


@pytest.mark.parametrize(("code", "said"), [(0, ""), (1, "没有做完就退出了"), (None, "可能被安全软件拦住了")])
def test_a_program_that_does_not_run_to_its_end_is_said(code: int | None, said: str) -> None:
    host = Host(code)
    vba = pressed(host)
    assert ("check" in host.shell.started) is (code is not None)
    assert [said in prompt for _, prompt, *_ in vba.dialogs] == ([True] if said else [])


@pytest.mark.parametrize(
    "name",
    [
        r"C:\决算\焦作 2024.xlsx",
        r"C:\a=b\c&d^e%PATH%\100%.xlsx",
        r"\\服务器\共享 文件夹\决算(1)'s;,@!.xlsx",
        r"D:\尾部反斜杠\\x.xlsm",
        "工作簿1",
        "https://contoso.sharepoint.com/sites/x/%E5%86%B3%E7%AE%97.xlsx",
    ],
)
def test_the_command_line_is_parsed_back(name: str) -> None:
    vba = Interpreter()
    vba.add_module(read("JuesuanRun.bas"), name="JuesuanRun")
    python = r"C:\Program Files\juesuan\python\pythonw.exe"
    for function, given in (
        ("WindowsCommand", [python, "check", name, "1311768"]),
        ("OtherCommand", [python, "check", name]),
    ):
        command = str(vba.run(function, given))
        assert "%" not in command, "WScript.Shell.Run 会展开 %…%"
        program, *rest = windows_arguments(command)
        assert (program, rest[:3]) == (python, ["-P", "-m", "juesuan.buttons"])
        parsed = arguments(rest[3:])
        assert (parsed.action, parsed.book) == ("check", name)
        assert parsed.hwnd == (1311768 if function == "WindowsCommand" else None)


def windows_arguments(command: str) -> list[str]:
    """Split as the C runtime of Windows does: 2n backslashes before a quotation mark are n, and 2n+1 are n and it."""
    found: list[str] = []
    current, quoted, inside = "", False, False
    at = 0
    while at < len(command):
        slashes = len(command[at:]) - len(command[at:].lstrip("\\"))
        at += slashes
        if command[at : at + 1] == '"':
            current += "\\" * (slashes // 2)
            if slashes % 2:
                current += '"'
            else:
                quoted = not quoted
            inside, at = True, at + 1
            continue
        current += "\\" * slashes
        inside = inside or bool(slashes)
        if at < len(command):
            if command[at] in " \t" and not quoted:
                found += [current] if inside else []
                current, inside = "", False
            else:
                current, inside = current + command[at], True
            at += 1
    return found + ([current] if inside else [])


def test_every_button_does_something_and_every_action_has_a_button() -> None:
    actions = [button.action for button in declared_buttons()]
    assert sorted(actions) == sorted(ACTIONS)


def test_buttons_call_what_there_is() -> None:
    for space, xml in ((RIBBON, read("customUI14.xml")), (RIBBON.replace("2009/07", "2006/01"), ribbon_2007())):
        buttons = list(ElementTree.fromstring(xml).iter(f"{space}button"))
        assert buttons
        assert all({"label", "supertip", "screentip", "imageMso"} <= item.attrib.keys() for item in buttons)
        assert {item.attrib["onAction"] for item in buttons} == {"PressControl"}
    code = "".join(module.code for module in macros(ribbon=True))
    assert "Public Sub PressControl(" in code
    assert all(f"Public Sub {starter(button.action)}()" in code for button in declared_buttons())


def test_the_template_has_a_button_for_each() -> None:
    with zipfile.ZipFile(BytesIO(macro_book())) as archive:
        drawing = archive.read("xl/drawings/vmlDrawing1.vml").decode()
    assert re.findall(r"<x:FmlaMacro>\[0\]!(\w+)<", drawing) == [
        starter(button.action) for button in declared_buttons()
    ]
    assert all(button.label in drawing for button in declared_buttons())


@pytest.mark.parametrize("data", [b"", b"a", b"abc" * 3000, bytes(range(256)) * 33, "勾稽".encode() * 4097])
def test_streams_are_decompressed_by_others(data: bytes) -> None:
    from oletools.olevba import decompress_stream

    if data:
        assert bytes(decompress_stream(bytearray(compressed(data))))[: len(data)] == data
    else:
        assert compressed(data) == b"\x01"
