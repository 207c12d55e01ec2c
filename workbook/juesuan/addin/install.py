"""Install the add-in on Windows: what is done, as a list of steps that can be shown before they are taken.

Files go to Excel's add-in folder and to “发送到”; the registry tells Excel which add-ins to open, and the macros where
Python is. Nothing needs an administrator.
"""

from __future__ import annotations

import ntpath
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from juesuan.errors import JuesuanError, why
from juesuan.written import written

ADD_IN, SHORTCUT = "juesuan.xlam", "决算核对.lnk"
OURS = r"Software\juesuan"
_EXCEL = r"Software\Microsoft\Office\{}\Excel\Options"
_VERSIONS = ("16.0", "15.0", "14.0")
_OPEN = "OPEN"
_OPENED = re.compile(_OPEN + r"\d*", re.I)


class Windows(Protocol):
    """What of Windows is read and changed; registry paths are below HKEY_CURRENT_USER."""

    def values(self, key: str) -> dict[str, str] | None: ...
    def set_value(self, key: str, name: str, value: str) -> None: ...
    def delete_value(self, key: str, name: str) -> None: ...
    def write(self, path: str, content: bytes) -> None: ...
    def remove(self, path: str) -> None: ...
    def shortcut(self, path: str, target: str, arguments: str) -> None: ...


class Step(NamedTuple):
    """One thing to do: the name of a method of `Windows` and its arguments; `said` is what it is to the clerk."""

    does: str
    arguments: tuple[str | bytes, ...]
    said: str

    def take(self, windows: Windows) -> None:
        """Raises JuesuanError when it cannot be taken: rights are missing, or a part of the installation."""
        try:
            getattr(windows, self.does)(*self.arguments)
        except JuesuanError:
            raise
        except Exception as error:  # what the registry and COM raise has no common base
            raise JuesuanError(f"没有做成：{self.said}（{error}）。前面的几步已经做了；请改好再运行一次。") from error


def install_steps(windows: Windows, folders: Mapping[str, str], python: str, content: bytes) -> Iterator[Step]:
    """`folders`: the environment, for APPDATA; `python`: pythonw.exe of this installation."""
    path = _add_in(folders)
    yield Step("write", (path, content), f"复制加载项到 {path}")
    yield Step("set_value", (OURS, "python", python), f"记下程序位置 {python}")
    for key, options in _installed(windows):
        name = next((name for name, value in options.items() if _is_ours(name, value)), "") or _free(options)
        if options.get(name) != f'"{path}"':
            yield Step("set_value", (key, name, f'"{path}"'), f"登记到 Excel：HKCU\\{key} {name}")
    shortcut = _shortcut(folders)
    yield Step("shortcut", (shortcut, python, "-P -m juesuan window"), f"放入“发送到”菜单：{shortcut}")


def uninstall_steps(windows: Windows, folders: Mapping[str, str]) -> Iterator[Step]:
    """Other add-ins move up to where ours was: Excel stops reading at a gap."""
    for key, options in _installed(windows):
        listed = sorted((name for name in options if _OPENED.fullmatch(name)), key=lambda name: (len(name), name))
        others = [options[name] for name in listed if not _is_ours(name, options[name])]
        for name, value in zip(listed, others, strict=False):
            if options[name] != value:
                yield Step("set_value", (key, name, value), f"别的加载项前移一位：HKCU\\{key} {name}")
        for name in listed[len(others) :]:
            yield Step("delete_value", (key, name), f"从 Excel 注销：HKCU\\{key} {name}")
    yield Step("delete_value", (OURS, "python"), "忘掉程序位置")
    for path in (_add_in(folders), _shortcut(folders)):
        yield Step("remove", (path,), f"删除 {path}")


def windowless(python: str) -> str:
    """The Python beside this one that shows no console."""
    folder, name = ntpath.split(python) if sys.platform == "win32" else os.path.split(python)
    return os.path.join(folder, name.replace("python.exe", "pythonw.exe"))


def _add_in(folders: Mapping[str, str]) -> str:
    return ntpath.join(folders.get("APPDATA", "%APPDATA%"), "Microsoft", "AddIns", ADD_IN)


def _shortcut(folders: Mapping[str, str]) -> str:
    return ntpath.join(folders.get("APPDATA", "%APPDATA%"), "Microsoft", "Windows", "SendTo", SHORTCUT)


def _installed(windows: Windows) -> Iterator[tuple[str, dict[str, str]]]:
    """The options of every Excel that has some; of the newest where none has run yet."""
    found = [(key, values) for key in map(_EXCEL.format, _VERSIONS) if (values := windows.values(key)) is not None]
    yield from found or [(_EXCEL.format(_VERSIONS[0]), {})]


def _is_ours(name: str, value: str) -> bool:
    """A value is a path in quotation marks, before which may stand an option such as /R, or a bare name."""
    return bool(_OPENED.fullmatch(name)) and re.split(r'[\\/"]', value.lower().rstrip('" '))[-1] == ADD_IN


def _free(options: Mapping[str, str]) -> str:
    """The first of OPEN, OPEN1, OPEN2 … that is not taken: Excel stops reading at a gap."""
    taken = {name.upper() for name in options}
    number = 0
    while (name := f"{_OPEN}{number or ''}") in taken:
        number += 1
    return name


class ThisWindows:
    """The machine we are on."""

    def values(self, key: str) -> dict[str, str] | None:
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:  # type: ignore[attr-defined]
                count = winreg.QueryInfoKey(opened)[1]  # type: ignore[attr-defined]
                listed = [winreg.EnumValue(opened, number) for number in range(count)]  # type: ignore[attr-defined]
        except OSError:
            return None
        return {name: value for name, value, _ in listed if isinstance(value, str)}

    def set_value(self, key: str, name: str, value: str) -> None:
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:  # type: ignore[attr-defined]
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)  # type: ignore[attr-defined]

    def delete_value(self, key: str, name: str) -> None:
        import winreg

        try:
            access = winreg.KEY_SET_VALUE  # type: ignore[attr-defined]
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, access) as opened:  # type: ignore[attr-defined]
                winreg.DeleteValue(opened, name)  # type: ignore[attr-defined]
        except FileNotFoundError:
            return

    def write(self, path: str, content: bytes) -> None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with written(path) as half, open(half, "wb") as file:
                file.write(content)
        except OSError as error:
            raise JuesuanError(f"写不了“{path}”：{why(error)}。请先关闭 Excel 和 WPS 再安装。") from error

    def remove(self, path: str) -> None:
        try:
            os.unlink(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise JuesuanError(f"删不了“{path}”：{why(error)}。请先关闭 Excel 和 WPS 再卸载。") from error

    def shortcut(self, path: str, target: str, arguments: str) -> None:
        from win32com.client import Dispatch

        link = Dispatch("WScript.Shell").CreateShortcut(path)
        link.TargetPath, link.Arguments = target, arguments
        link.Save()


class NoWindows:
    """Any other system: nothing is known of it and nothing changed."""

    def values(self, key: str) -> dict[str, str] | None:
        return None

    def set_value(self, key: str, name: str, value: str) -> None: ...
    def delete_value(self, key: str, name: str) -> None: ...
    def write(self, path: str, content: bytes) -> None: ...
    def remove(self, path: str) -> None: ...
    def shortcut(self, path: str, target: str, arguments: str) -> None: ...
