"""How a workbook is changed at random. The same seed always gives the same mutant."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random
from typing import NamedTuple

Parts = dict[str, bytes]
_BETWEEN_TAGS = re.compile(rb">(?=<)")
_TAG = re.compile(rb"<[^<>]*>")
_ATTRIBUTES = re.compile(rb'<[\w:.-]+((?:\s+[\w:.-]+="[^"]*")+)\s*(/?>)')
_ATTRIBUTE = re.compile(rb'\s+([\w:.-]+)="([^"]*)"')
_NUMBER = re.compile(rb'(?<=["A-Z>])\d+')
_TEXT = re.compile("[一-龥]")
_HUGE = (b"0", b"-1", b"65536", b"1048577", b"4294967296", b"99999999999999999999")


class Way(NamedTuple):
    """One kind of change. `spelling`: it changes how the workbook is written and nothing that it says.

    `sealed`: a zip has checksums against it, so that what is read must be what was there.
    """

    name: str
    change: Callable[[bytes, Random], bytes]
    spelling: bool = False
    sealed: bool = False


def in_parts(change: Callable[[Parts, Random], Parts]) -> Callable[[bytes, Random], bytes]:
    """A change of the parts of a zip, packed again with sizes and sums that are right."""

    def changed(data: bytes, random: Random) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = change({name: archive.read(name) for name in archive.namelist()}, random)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, xml in content.items():
                archive.writestr(name, xml)
        return out.getvalue()

    return changed


def in_xml(change: Callable[[bytes, Random], bytes]) -> Callable[[bytes, Random], bytes]:
    """A change of one XML part, mostly a worksheet."""

    def changed(parts: Parts, random: Random) -> Parts:
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        sheets = [name for name in names if "worksheets" in name or name == "content.xml"]
        name = random.choice(sheets if sheets and random.random() < 0.7 else names)
        return parts | {name: change(parts[name], random)}

    return in_parts(changed)


def flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def flipped_directory(data: bytes, random: Random) -> bytes:
    """Bytes of the zip directory, or of any file's last tenth."""
    changed = bytearray(data)
    start = data.find(b"PK\x01\x02")
    for _ in range(random.choice((1, 2, 4))):
        changed[random.randrange(start if start > 0 else len(data) * 9 // 10, len(changed))] = random.randrange(256)
    return bytes(changed)


def cut(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data))
    return data[:start] if random.random() < 0.5 else data[:start] + data[start + random.randrange(1, 4096) :]


def overwritten(data: bytes, random: Random) -> bytes:
    """A number of the binary structure is another one, often a huge one."""
    changed = bytearray(data)
    number = random.choice((0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, random.getrandbits(32)))
    struct.pack_into("<L", changed, random.randrange(len(changed) - 4), number)
    return bytes(changed)


def without_part(parts: Parts, random: Random) -> Parts:
    gone = random.choice(list(parts))
    return {name: content for name, content in parts.items() if name != gone}


def emptied_part(parts: Parts, random: Random) -> Parts:
    name = random.choice(list(parts))
    return parts | {name: random.choice((b"", b"<a/>", b"\0" * 100, parts[name][: len(parts[name]) // 2]))}


def renamed_part(parts: Parts, random: Random) -> Parts:
    name = random.choice(list(parts))
    other = random.choice((name.upper(), f"{name}.bak", name.replace("/", "//"), f"x/{name}"))
    return {other if part == name else part: content for part, content in parts.items()}


def added_part(parts: Parts, random: Random) -> Parts:
    name = random.choice(("xl/worksheets/sheet99.xml", "xl/media/a.png", "customXml/item9.xml", "docProps/甲.xml", "a"))
    return parts | {name: random.choice((b"", b"<a/>", b"<!-- 1 -->", random.randbytes(50)))}


def single_quotes(xml: bytes, random: Random) -> bytes:
    def quote(match: re.Match[bytes]) -> bytes:
        attributes = match[1].replace(b'"', b"'") if b"'" not in match[1] else match[1]
        return match[0].replace(match[1], attributes) if random.random() < 0.5 else match[0]

    return _ATTRIBUTES.sub(quote, xml)


def other_order(xml: bytes, random: Random) -> bytes:
    """Attributes in another order, with other white space."""

    def shuffle(match: re.Match[bytes]) -> bytes:
        attributes = _ATTRIBUTE.findall(match[1])
        random.shuffle(attributes)
        space = random.choice((b" ", b"\n", b"\t", b"  "))
        written = b"".join(space + name + b'="' + value + b'"' for name, value in attributes)
        return match[0].replace(match[1], written)

    return _ATTRIBUTES.sub(shuffle, xml)


def white_space(xml: bytes, random: Random) -> bytes:
    """Blanks, comments and instructions between rows, where they mean nothing."""
    noise = random.choice((b"\n", b"  ", b"<!-- c -->", b'<!-- <c r="A1"><v>1</v></c> -->', b"<?p i?>"))
    return re.sub(rb"(?=<row\b|<mergeCell |</sheetData>)", lambda _: noise if random.random() < 0.3 else b"", xml)


def character_references(xml: bytes, random: Random) -> bytes:
    """Chinese letters as character references."""
    head, between, text = xml.partition(b"<sheetData>")

    def refer(match: re.Match[str]) -> str:
        return f"&#x{ord(match[0]):X};" if random.random() < 0.2 else match[0]

    return head + between + _TEXT.sub(refer, text.decode()).encode()


def longer_tags(xml: bytes, random: Random) -> bytes:
    """<a/> as <a></a>."""

    def spell(match: re.Match[bytes]) -> bytes:
        return b"<c%s></c>" % match[1] if random.random() < 0.5 else match[0]

    return re.sub(rb"<c(?= )([^<>]*)/>", spell, xml)


def without_tag(xml: bytes, random: Random) -> bytes:
    tags = list(_TAG.finditer(xml))
    if not tags:
        return xml
    tag = random.choice(tags)
    return xml[: tag.start()] + xml[tag.end() :]


def doubled_tag(xml: bytes, random: Random) -> bytes:
    tags = list(_TAG.finditer(xml))
    if not tags:
        return xml
    tag, place = random.choice(tags), random.choice(tags).end()
    return xml[:place] + tag[0] * random.choice((1, 1, 2, 1000)) + xml[place:]


def moved_stretch(xml: bytes, random: Random) -> bytes:
    first, second, third = sorted(random.randrange(len(xml) + 1) for _ in range(3))
    return xml[:first] + xml[second:third] + xml[first:second] + xml[third:]


def other_number(xml: bytes, random: Random) -> bytes:
    """One number, be it an amount, an address or an index, is another."""
    numbers = list(_NUMBER.finditer(xml))
    if not numbers:
        return xml
    number = random.choice(numbers)
    other = random.choice((*_HUGE, str(random.randrange(2000)).encode()))
    return xml[: number.start()] + other + xml[number.end() :]


def other_byte(xml: bytes, random: Random) -> bytes:
    changed = bytearray(xml or b" ")
    changed[random.randrange(len(changed))] = random.choice((0, 0x22, 0x26, 0x3C, 0x3E, 0xFF, random.randrange(256)))
    return bytes(changed)


def slipped_in(xml: bytes, random: Random) -> bytes:
    """Something that does not belong there between two tags."""
    places = [match.end() for match in _BETWEEN_TAGS.finditer(xml)] or [0]
    place = random.choice(places)
    strange = (
        b"<!DOCTYPE a>", b"<![CDATA[<c/>]]>", b"<c/>", b"<c><v>7</v></c>", b"<row/>", b'<c r="XFD1048576"><v>1</v></c>',
        b"<x:c/>", b"&amp;", b"&a;", b"1", b"<sheetData>", b"</sheetData>",
        b'<row r="9"><c r="C9" t="e"><v>#N/A</v></c></row>',
        b"<f>1</f>", b'<mergeCell ref="A1:XFD1048576"/>', b"\xef\xbb\xbf", b"<a" * 200,
    )  # fmt: skip
    return xml[:place] + random.choice(strange) + xml[place:]


BYTES = (
    Way("翻转字节", flipped, sealed=True),
    Way("改目录", flipped_directory, sealed=True),
    Way("截断、抽掉一段", cut, sealed=True),
    Way("改结构里的数", overwritten, sealed=True),
)
ZIPPED = (
    *BYTES,
    Way("少一个部件", in_parts(without_part)),
    Way("部件清空、截半", in_parts(emptied_part)),
    Way("部件改名", in_parts(renamed_part)),
    Way("多一个部件", in_parts(added_part), spelling=True),
    Way("XML 少一个标签", in_xml(without_tag)),
    Way("XML 标签重复", in_xml(doubled_tag)),
    Way("XML 段落换位", in_xml(moved_stretch)),
    Way("XML 改一个数", in_xml(other_number)),
    Way("XML 改一个字节", in_xml(other_byte)),
    Way("XML 塞进异物", in_xml(slipped_in)),
)
WORKSHEETS = (
    *ZIPPED,
    Way("写法：单引号", in_xml(single_quotes), spelling=True),
    Way("写法：属性换序", in_xml(other_order), spelling=True),
    Way("写法：空白和注释", in_xml(white_space), spelling=True),
    Way("写法：字符引用", in_xml(character_references), spelling=True),
    Way("写法：不缩写的空标签", in_xml(longer_tags), spelling=True),
)
