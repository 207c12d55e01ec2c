"""The texts the add-in is built from: VBA modules and the declaration of the buttons."""

from __future__ import annotations

import os
from typing import NamedTuple
from xml.etree import ElementTree

from juesuan.vba.project import Module

PROJECT = "Juesuan"
RIBBON = "customUI14.xml"
_SPACE_2010 = "http://schemas.microsoft.com/office/2009/07/customui"
_SPACE_2007 = "http://schemas.microsoft.com/office/2006/01/customui"
_HERE = os.path.dirname(os.path.abspath(__file__))
_FOLDERS = (
    os.path.join(os.path.dirname(_HERE), "data", "macros"),
    os.path.join(_HERE, "..", "..", "..", "macros"),
)
"""Where the sources lie in an installed package, and in the repository."""

_SAID = {
    "TextNoBook": "没有打开的工作簿。请先打开要核对的工作簿。",
    "TextNoPython": "没有找到 juesuan 程序。请重新安装，或右键点击文件，用“发送到 → 决算核对”。",
    "TextFailed": "juesuan 没有做完就退出了，可能没有装全。请重新安装；或右键点击文件，用“发送到 → 决算核对”。",
    "TextBlocked": "juesuan 没有启动，可能被安全软件拦住了。请右键点击文件，用“发送到 → 决算核对”。",
}
"""What the macros themselves have to say, because there is no Python to say it."""


class Declared(NamedTuple):
    """A button as the ribbon declares it; `action` is what it starts."""

    action: str
    label: str
    tip: str


def declared_buttons() -> list[Declared]:
    """The buttons in the order of the ribbon."""
    root = ElementTree.fromstring(read(RIBBON))
    buttons = (element for element in root.iter() if element.tag.endswith("}button"))
    return [Declared(item.attrib["id"], item.attrib["label"], item.attrib["supertip"]) for item in buttons]


def ribbon_2007() -> str:
    """The ribbon in the form of 2007, which WPS reads too."""
    return read(RIBBON).replace(_SPACE_2010, _SPACE_2007)


def macros(*, ribbon: bool) -> list[Module]:
    """The standard modules; the callback of the ribbon only where there is one."""
    names = ["JuesuanRun"] + (["JuesuanRibbon"] if ribbon else [])
    written = [Module(name, read(f"{name}.bas")) for name in names]
    return [*written, Module("JuesuanButtons", _starters()), Module("JuesuanTexts", _texts())]


def starter(action: str) -> str:
    """The macro that a button on a sheet calls."""
    return f"Press_{action}"


def read(name: str) -> str:
    """One of the sources as it is written."""
    folder = next(folder for folder in _FOLDERS if os.path.exists(os.path.join(folder, RIBBON)))
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def _starters() -> str:
    subs = (
        f'\nPublic Sub {starter(item.action)}()\n    Press "{item.action}"\nEnd Sub\n' for item in declared_buttons()
    )
    return "Option Explicit\n" + "".join(subs)


def _texts() -> str:
    """Functions that yield Chinese sentences, spelled in character codes: right under every code page."""
    functions = []
    for name, said in _SAID.items():
        codes = [f"ChrW({ord(char)})" for char in said]
        rows = [codes[start : start + 8] for start in range(0, len(codes), 8)]
        lines = "".join(f"    said = said & {' & '.join(row)}\n" for row in rows)
        functions.append(
            f"\nPublic Function {name}() As String\n    Dim said As String\n{lines}    {name} = said\nEnd Function\n"
        )
    return "Option Explicit\n" + "".join(functions)
