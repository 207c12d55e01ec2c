"""What kind of file it is, told by its content; its name may say anything."""

from typing import Literal

from juesuan.errors import UnreadableBook
from juesuan.ooxml.package import Package

Kind = Literal["xlsx", "xlsb", "ods", "xls", "encrypted"]
"""`encrypted` is a workbook of any kind in an encrypted envelope; an encrypted .xls is of kind `xls`."""

WORDS: dict[Kind, str] = {"xlsb": ".xlsb", "ods": ".ods", "xls": ".xls（或 .et）"}
"""The formats that are copied before they are worked on, in words."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_BOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods")
_RESAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再核对。"
_ASK = "请取得填报用的 Excel 工作簿后再核对。"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"PDF 文件，不是工作簿。{_ASK}"),
    (b"Rar!", "RAR 压缩包。请先解压，再核对里面的工作簿。"),
    (b"7z\xbc\xaf", "7z 压缩包。请先解压，再核对里面的工作簿。"),
    (b"\x1f\x8b", "gzip 压缩包。请先解压，再核对里面的工作簿。"),
    (b"{\\rtf", f"RTF 文档，不是工作簿。{_ASK}"),
    (b"\xff\xd8\xff", f"图片，不是工作簿。{_ASK}"),
    (b"\x89PNG", f"图片，不是工作簿。{_ASK}"),
)
_OLDER = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""How the bare streams of Excel 2 to 5 begin."""
_START = 4096


def kind_of(data: bytes, name: str) -> tuple[Package | None, Kind]:
    """The kind of workbook `data` is, and its package if it is a zip.

    Raises UnreadableBook, which says what it is instead, for everything else.
    """
    if data.startswith(b"PK"):
        package = Package(data, name)
        return package, _zipped(package)
    if data.startswith(_OLE):
        return None, _compound(data, name)
    raise UnreadableBook(f"“{name}”{_otherwise(data)}")


def _zipped(package: Package) -> Kind:
    if package.has("xl/workbook.xml"):
        return "xlsx"
    if package.has("xl/workbook.bin"):
        return "xlsb"
    names = package.entries
    kind = names.get("mimetype")
    if kind and kind.size < _START and package.read("mimetype").startswith(_SPREADSHEET):
        return "ods"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise UnreadableBook(f"“{package.name}”是 Word 或 PowerPoint 文件，不是工作簿。{_ASK}")
    if any(name.lower().endswith(_BOOKS) for name in names):
        raise UnreadableBook(f"“{package.name}”是压缩包。请先解压，再核对里面的工作簿。")
    raise UnreadableBook(
        f"“{package.name}”不是完整的 .xlsx 工作簿（缺少 xl/workbook.xml）。请用 Excel 或 WPS 打开后另存一份。"
    )


def _compound(data: bytes, name: str) -> Kind:
    """An OLE file is told by the names of its streams, which stand in its directory in UTF-16."""
    if _names(data, "EncryptedPackage"):
        return "encrypted"
    if _names(data, "Workbook") or _names(data, "Book"):
        return "xls"
    if _names(data, "WordDocument") or _names(data, "PowerPoint Document"):
        raise UnreadableBook(f"“{name}”是旧的 Word 或 PowerPoint 文件，不是工作簿。{_ASK}")
    raise UnreadableBook(f"“{name}”里没有工作表，可能没有传完，或不是工作簿。{_RESAVE}")


def _names(data: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") + bytes(2) in data


def _otherwise(data: bytes) -> str:
    """What a file is that is no workbook, and what to do, as the rest of a sentence."""
    for mark, words in _OTHERS:
        if data.startswith(mark):
            return f"是 {words}" if words[0].isascii() else f"是{words}"
    if data.startswith(_OLDER):
        return f"是 Excel 95 以前的旧格式，读不了。{_RESAVE}"
    if not data.strip(b"\0"):
        return "的内容全是 0，多半没有传完。请重新取得该文件。"
    start = data[:_START].replace(b"\0", b"").lower()
    if b"office:spreadsheet" in start or b"excel.sheet" in start:
        return f"是 2003 年的 XML 表格，只是扩展名像工作簿，读不了。{_RESAVE}"
    if b"<html" in start or b"<table" in start or b"<!doctype html" in start or b"mime-version:" in start:
        return f"是网页（系统导出的 HTML 表格），只是扩展名像工作簿，读不了。{_RESAVE}"
    if data.rfind(b"PK\x05\x06") > 0:
        return "前面混进了别的内容，多半是下载时出的差错。请重新取得该文件。"
    if _is_text(data[:_START]):
        return f"是文本（如 CSV），只是扩展名像工作簿，读不了。{_RESAVE}"
    return f"不是 Excel 工作簿，也不是别的认得的文件。{_RESAVE}"


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\r\n\f" for byte in start)
