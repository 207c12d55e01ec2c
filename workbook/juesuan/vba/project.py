"""A VBA project ([MS-OVBA]): modules as text in, vbaProject.bin out.

`_VBA_PROJECT` says version 0xFFFF: there are no compiled caches, the host compiles the sources. The language is
English (0x0409, as the specification demands) whatever the text; the code page alone says how text is stored.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from juesuan.vba.compound import compound_file
from juesuan.vba.compression import compressed

CODE_PAGE = 936
_LANGUAGE = 0x0409
_NO_CACHES = bytes.fromhex("CC61FFFF000000")
_WIN64 = 3
_VERSION = (0x5A2B4C3D, 1)
_BASES = {
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "sheet": "0{00020820-0000-0000-C000-000000000046}",
}
_DOCUMENT = """\
Attribute VB_Base = "{base}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = True
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = True
"""
_REFERENCES = (
    (
        "stdole",
        "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\\Program Files\\Common Files\\Microsoft Shared"
        "\\OFFICE16\\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


class Module(NamedTuple):
    """`code` without attribute lines; a workbook or sheet module must be named as the codeName in the workbook."""

    name: str
    code: str = ""
    kind: Literal["standard", "workbook", "sheet"] = "standard"

    @property
    def source(self) -> str:
        """The stored text: attributes, then the code, every line ended by CRLF."""
        head = f'Attribute VB_Name = "{self.name}"\n'
        if self.kind != "standard":
            head += _DOCUMENT.format(base=_BASES[self.kind])
        return "".join(f"{line}\r\n" for line in (head + self.code).splitlines())


def project(name: str, modules: Sequence[Module]) -> bytes:
    """vbaProject.bin with `modules`; the same modules always give the same bytes."""
    streams = {module.name: compressed(_text(module.source)) for module in modules}
    streams |= {"_VBA_PROJECT": _NO_CACHES, "dir": compressed(_directory(name, modules))}
    names = b"".join(_text(module.name) + b"\0" + _wide(module.name) + b"\0\0" for module in modules)
    return compound_file({"VBA": streams, "PROJECT": _text(_settings(name, modules)), "PROJECTwm": names + b"\0\0"})


def _text(text: str) -> bytes:
    return text.encode(f"cp{CODE_PAGE}")


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _twice(number: int, wide: int, text: str) -> bytes:
    return _record(number, _text(text)) + _record(wide, _wide(text))


def _directory(name: str, modules: Sequence[Module]) -> bytes:
    language = struct.pack("<I", _LANGUAGE)
    data = _record(0x01, struct.pack("<I", _WIN64)) + _record(0x02, language) + _record(0x14, language)
    data += _record(0x03, struct.pack("<H", CODE_PAGE)) + _record(0x04, _text(name)) + _twice(0x05, 0x40, "")
    data += _record(0x06) + _record(0x3D) + _record(0x07, bytes(4)) + _record(0x08, bytes(4))
    data += struct.pack("<HIIH", 0x09, 4, *_VERSION) + _twice(0x0C, 0x3C, "")
    for reference, library in _REFERENCES:
        target = _text(library)
        data += _twice(0x16, 0x3E, reference)
        data += _record(0x0D, struct.pack("<I", len(target)) + target + bytes(6))
    data += _record(0x0F, struct.pack("<H", len(modules))) + _record(0x13, b"\xff\xff")
    for module in modules:
        data += _twice(0x19, 0x47, module.name) + _twice(0x1A, 0x32, module.name) + _twice(0x1C, 0x48, "")
        data += _record(0x31, bytes(4)) + _record(0x1E, bytes(4)) + _record(0x2C, b"\xff\xff")
        data += _record(0x21 if module.kind == "standard" else 0x22) + _record(0x2B)
    return data + _record(0x10)


def _settings(name: str, modules: Sequence[Module]) -> str:
    """The PROJECT stream: a list of the modules, and that the project is neither locked nor hidden."""
    identity = "{" + str(uuid5(NAMESPACE_URL, f"vba:{name}")).upper() + "}"
    listed = (
        f"Module={module.name}" if module.kind == "standard" else f"Document={module.name}/&H00000000"
        for module in modules
    )
    lines = (
        f'ID="{identity}"',
        *listed,
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_obscured(bytes(4), identity, 0x07)}"',
        f'DPB="{_obscured(bytes(1), identity, 0x0E)}"',
        f'GC="{_obscured(bytes((0xFF,)), identity, 0x15)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    )
    return "".join(f"{line}\r\n" for line in lines)


def _obscured(data: bytes, identity: str, seed: int) -> str:
    """`data` as PROJECT stores what is not to be edited by hand ([MS-OVBA] 2.4.3); any seed will do."""
    version, key = 2, sum(identity.encode()) & 0xFF
    stored = [seed, seed ^ version, seed ^ key]
    before, last, last_but_one = key, seed ^ key, seed ^ version
    for byte in (*bytes((seed & 6) // 2), *struct.pack("<I", len(data)), *data):
        code = byte ^ ((last_but_one + before) & 0xFF)
        stored.append(code)
        last_but_one, last, before = last, code, byte
    return bytes(stored).hex().upper()
