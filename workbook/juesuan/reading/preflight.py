"""Before any reader opens a workbook: is the zip honest, is its content of a bearable size, is it spelled as usual.

Ordinary workbooks are held in memory anyway; what is larger is looked through in pieces of constant size.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence

from juesuan.errors import UnreadableBook
from juesuan.ooxml.extent import reach
from juesuan.ooxml.package import NOT_XML, Entry, Package

MOST_ENTRIES = 10_000
LARGEST_CONTENT = 64 << 20
"""Bytes of all XML together; a published account has less than a million."""
ORDINARY = 2 << 20
"""Bytes of all XML together up to which a workbook is read in this process."""
LARGEST_LIST = 4 << 20
"""Bytes of the list of worksheets and names, which is read into a tree."""
PIECE = 1 << 20
MOST: dict[bytes, tuple[int, str]] = {
    b"<row": (200_000, "行（多半是空行）"),
    b"<c ": (1_000_000, "格（多半是空格）"),
    b"<mergeCell ": (200_000, "处合并单元格"),
    b"<xf ": (100_000, "种单元格格式"),
    b"<definedName ": (50_000, "个定义的名称"),
    b"<sheet ": (2_000, "张工作表"),
}
"""What is counted in content that is not ordinary, the most there may be of it, and its Chinese name."""

_ESSENTIAL = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/")
_TEXTS = "xl/sharedStrings.xml"
_LISTED_SHEET = rb"<(?:[\w.-]+:)?sheet[\s/>]"
_TAGS_OF_CELL = 4
"""So many tags at least make a cell with a value."""
_LISTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_FORMULA_BEHIND = rb"</(?:[\w.-]+:)?(?:v|is)>\s*<(?:[\w.-]+:)?f[\s/>]"
_ENCRYPTED = 0x1
_TRIM = "删去多余的内容，"


def require_honest_zip(package: Package) -> None:
    """Raise UnreadableBook for a zip that readers may understand differently, or that is no workbook's."""
    entries = package.entries
    if package.count > MOST_ENTRIES:
        raise _refused(package, f"压缩包里有 {package.count} 个文件，不像工作簿")
    if package.count != len({name.lower() for name in entries}):
        raise _refused(package, "压缩包里有重名的文件，各程序会读出不同的数")
    if any(name[:1] == "/" or "../" in name or ":" in name for name in entries):
        raise _refused(package, "压缩包里有指向别处的文件名")
    end = 0
    for entry in sorted(entries.values(), key=lambda entry: entry.offset):
        if entry.offset < end:
            raise _refused(package, "压缩包里的文件互相重叠")
        end = entry.offset + 30 + entry.packed
        if entry.method not in (0, 8):
            raise _refused(package, "用了别的压缩方法")
        if struct.unpack_from("<H", entry.record, 8)[0] & _ENCRYPTED:
            raise _refused(package, "压缩包加了密码")
    size = sum(entry.size for entry in _content(package).values())
    if size > LARGEST_CONTENT:
        raise _too_large(package)


def require_sound_parts(package: Package) -> None:
    """Raise UnreadableBook where a part of any kind is not what the directory says of it."""
    if sum(entry.size for entry in package.entries.values()) > LARGEST_CONTENT:
        raise _too_large(package)
    if not all(package.packed(part).sound for part in package.entries):
        raise package.broken("压缩内容损坏")


def preflight(package: Package) -> tuple[bool, frozenset[str]]:
    """Look through an .xlsx before it is read. Raises UnreadableBook with one sentence for what is not to be read.

    Returns whether it is ordinary, nothing large or odd in it, so that the reader needs no process of its own; and
    the worksheet parts with a cell so far out that their area must not be held in memory.
    """
    require_honest_zip(package)
    content = _content(package)
    ordinary = sum(entry.size for entry in content.values()) <= ORDINARY
    listed = len(re.findall(_LISTED_SHEET, package.read("xl/workbook.xml")))
    most, words = MOST[b"<sheet "]
    if listed > most:
        raise _refused(package, f"有 {listed} {words}，超过 {most}", _TRIM)
    if not ordinary:
        _look_through(package, content)
        if any(part in content and content[part].size > LARGEST_LIST for part in _LISTS):
            raise _refused(package, f"工作表和名称的清单超过 {LARGEST_LIST >> 20} MB", _TRIM)
    for part, entry in content.items():
        xml = package.read(part)
        if len(xml) != entry.size or zlib.crc32(xml) != entry.crc:
            raise package.broken("压缩内容损坏")
        if b"<!DOCTYPE" in xml:
            raise _refused(package, "里面有实体声明（DOCTYPE），工作簿不该有")
        if part.startswith(_ESSENTIAL):
            _require_utf8(package, xml)
    reaches = {part: reach(xml) for part, xml in package.worksheets.items()}
    far = frozenset(part for part, how in reaches.items() if how == "far")
    if strange := [part for part, xml in package.worksheets.items() if xml.count(b"sheetData") > 2]:
        require_well_formed(package, strange)
    return ordinary and "odd" not in reaches.values() and not _multiplies(package, listed), far


def _multiplies(package: Package, listed: int) -> bool:
    """Whether far more may be read than the XML holds: one worksheet `listed` many times, a long text in many cells."""
    sheets = package.worksheets.values()
    largest = listed * max(map(len, sheets), default=0)
    texts = package.read(_TEXTS).split(b"si>") if package.has(_TEXTS) else []
    cells = listed * max((xml.count(b"<") // _TAGS_OF_CELL for xml in sheets), default=0)
    return max(largest, cells * max(map(len, texts), default=0)) > LARGEST_CONTENT


def require_well_formed(package: Package, parts: Sequence[str] = ()) -> None:
    """Raise UnreadableBook where XML is broken off, closed wrongly, or has a formula behind its value.

    The reader then stops early, or takes the cell for blank, and says nothing. What it left out cannot make a book
    agree, so that of all parts this is asked only if the book has errors.
    """
    from xml.parsers import expat

    for part in parts or ("xl/workbook.xml", "xl/sharedStrings.xml", *package.worksheets):
        if package.has(part):
            try:
                expat.ParserCreate().Parse(package.read(part), True)
            except expat.ExpatError as error:
                raise package.broken("内容不完整") from error
            if re.search(_FORMULA_BEHIND, package.read(part)):
                raise package.broken("公式写在值的后面")


def _content(package: Package) -> dict[str, Entry]:
    """The parts that somebody parses; pictures and the like are only ever copied."""
    return {part: entry for part, entry in package.entries.items() if not part.lower().endswith(NOT_XML)}


def _look_through(package: Package, content: dict[str, Entry]) -> None:
    counts = dict.fromkeys(MOST, 0)
    for part, entry in content.items():
        size, rest = 0, b""
        for piece in _pieces(package, part):
            size += len(piece)
            text = rest + piece
            cut = text.rfind(b"<")
            if size > entry.size:
                raise _refused(package, "压缩包目录里写的大小不实")
            if cut < 0 or len(text) - cut > PIECE:
                raise _refused(package, "有一处内容长得不像表格", _TRIM)
            rest = text[cut:]
            for mark in MOST:
                counts[mark] += text.count(mark, 0, cut)
    for mark, (most, words) in MOST.items():
        if counts[mark] > most:
            raise _refused(package, f"有 {counts[mark]} {words}，超过 {most}", _TRIM)


def _pieces(package: Package, part: str) -> Iterator[bytes]:
    """The content of a part, a piece at a time."""
    packed = package.packed(part)
    if packed.method == 0:
        yield from (packed.data[start : start + PIECE] for start in range(0, len(packed.data), PIECE))
        return
    press = zlib.decompressobj(-15)
    data = packed.data
    try:
        while data and not press.eof:
            yield press.decompress(data, PIECE)
            data = press.unconsumed_tail
    except zlib.error as error:
        raise package.broken("压缩内容损坏") from error


def _require_utf8(package: Package, xml: bytes) -> None:
    declared = xml[: xml.find(b"?>")].lower() if xml.startswith(b"<?xml") else b""
    if b"\0" in xml[:4] or (b"encoding" in declared and b"utf-8" not in declared and b"ascii" not in declared):
        raise _refused(package, "内容不是 UTF-8 编码")


def _too_large(package: Package) -> UnreadableBook:
    return _refused(package, f"解压后超过 {LARGEST_CONTENT >> 20} MB", _TRIM)


def _refused(package: Package, why: str, trim: str = "") -> UnreadableBook:
    return UnreadableBook(f"“{package.name}”没有读：{why}。请用 Excel 或 WPS 打开，{trim}另存为 .xlsx 后再核对。")
