"""Zips that are bombs, lie, are damaged, or are spelled in a way of their own."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

from hostile.kind import MEGABYTE, SAMPLE, SHEET, judged, parts, refused, zipped

LARGE = 100 * MEGABYTE


def directory(offset: int, form: str, value: int, name: str = SHEET) -> bytes:
    """The sample with another value in the directory's line of one part."""
    data = bytearray(SAMPLE.read_bytes())
    struct.pack_into(form, data, data.rfind(name.encode()) - 46 + offset, value)
    return bytes(data)


@refused("炸弹-空格.xlsx", "工作表的 XML 是 100 MB 空格，压缩后 0.1 MB", "解压后超过")
def bomb_of_spaces() -> bytes:
    return zipped(parts() | {SHEET: b" " * LARGE})


@refused("炸弹-单元格.xlsx", "工作表里有 100 MB 真的单元格", "解压后超过")
def bomb_of_cells() -> bytes:
    cell = b"<c><v>1</v></c>"
    head, tail = parts()[SHEET].split(b"</sheetData>")
    row = b"<row>" + cell * (LARGE // len(cell)) + b"</row></sheetData>"
    return zipped(parts() | {SHEET: head + row + tail})


@refused("炸弹-字符串表.xlsx", "共享字符串有 100 MB", "解压后超过")
def bomb_of_strings() -> bytes:
    return zipped(parts() | {"xl/sharedStrings.xml": b"<si><t>aaaaaaaaaa</t></si>" * (LARGE // 26)})


@refused("炸弹-一个字符串.xlsx", "一格里有 30 MB 文字", "长得不像表格")
def bomb_of_one_string() -> bytes:
    text = b'<row r="60"><c r="A60" t="inlineStr"><is><t>' + b"a" * (30 * MEGABYTE) + b"</t></is></c></row></sheetData>"
    return zipped(parts() | {SHEET: parts()[SHEET].replace(b"</sheetData>", text)})


@refused("炸弹-大小不实.xlsx", "目录里写 3 kB，解压有 100 MB", "损坏")
def bomb_that_lies() -> bytes:
    data = bytearray(bomb_of_spaces())
    struct.pack_into("<L", data, data.rfind(SHEET.encode()) - 46 + 24, 3000)
    return bytes(data)


@refused("炸弹-大文件大小不实.xlsx", "解压 10 MB，另一部分写 1 kB、解压有 100 MB", "大小不实")
def large_bomb_that_lies() -> bytes:
    content = parts() | {"docProps/app.xml": b"<a/>" * (10 * MEGABYTE // 4), SHEET: b"<a/>" * (LARGE // 4)}
    data = bytearray(zipped(content))
    struct.pack_into("<L", data, data.rfind(SHEET.encode()) - 46 + 24, 1000)
    return bytes(data)


@judged("炸弹-没有用到的图片.xlsx", "图片文件夹里有 200 MB 的零，谁也不读它")
def unused_bomb() -> bytes:
    return zipped(parts() | {"xl/media/x.bin": bytes(2 * LARGE)})


@refused("六万个文件.xlsx", "压缩包里有 60,000 个空文件", "个文件，不像工作簿")
def many_entries() -> bytes:
    out = io.BytesIO(SAMPLE.read_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(60_000):
            archive.writestr(zipfile.ZipInfo(f"junk/{number}"), b"")
    return out.getvalue()


@refused("路径穿越.xlsx", "压缩包里有 ../../../tmp/evil.txt", "指向别处")
def traversal() -> bytes:
    return zipped(parts() | {"../../../tmp/evil.txt": b"evil"})


@refused("绝对路径.xlsx", "压缩包里有 /etc/evil", "指向别处")
def absolute() -> bytes:
    return zipped(parts() | {"/etc/evil": b"evil"})


@refused("盘符路径.xlsx", "压缩包里有 C:\\evil", "指向别处")
def drive() -> bytes:
    return zipped(parts() | {"C:\\evil": b"evil"})


@refused("重名.xlsx", "同一张工作表有两份，数不同", "重名")
def doubled() -> bytes:
    out = io.BytesIO(SAMPLE.read_bytes())
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", parts()["xl/worksheets/sheet1.xml"].replace(b"1031.33", b"1.00"))
    return out.getvalue()


@refused("大小写重名.xlsx", "两份工作表的名称只差大小写", "重名")
def doubled_in_capitals() -> bytes:
    return zipped(parts() | {"xl/worksheets/SHEET1.xml": b"<worksheet/>"})


@refused("重叠.xlsx", "目录里两个文件指着同一段内容", "重叠")
def overlapping() -> bytes:
    return directory(42, "<L", 0)


@refused("少见的压缩方法.xlsx", "工作表标作 LZMA 压缩", "压缩方法")
def other_method() -> bytes:
    return directory(10, "<H", zipfile.ZIP_LZMA)


@refused("加密的压缩项.xlsx", "工作表标作加密", "加了密码")
def encrypted_entry() -> bytes:
    return directory(8, "<H", 1)


@judged("反斜杠.xlsx", "压缩包里的路径用反斜杠")
def backslashes() -> bytes:
    content = parts()
    data = zipped(content)
    for name in content:
        data = data.replace(name.encode(), name.replace("/", "\\").encode())
    return data


@refused("截去一半.xlsx", "只有前一半", "文件不完整")
def half() -> bytes:
    data = SAMPLE.read_bytes()
    return data[: len(data) // 2]


@refused("截去结尾.xlsx", "少了最后 30 字节", "文件不完整")
def without_tail() -> bytes:
    return SAMPLE.read_bytes()[:-30]


@refused("空文件.xlsx", "0 字节", "空文件")
def empty() -> bytes:
    return b""


@refused("全零.xlsx", "5 万字节的零（上传失败）", "全是 0")
def zeros() -> bytes:
    return bytes(50_000)


@refused("前面有杂物.xlsx", "压缩包前面混进了别的字节", "混进了别的内容")
def prefixed() -> bytes:
    return b"HTTP/1.1 200 OK\x00\r\n" * 8 + SAMPLE.read_bytes()


@judged("后面有杂物.xlsx", "压缩包后面有填充（下载工具）")
def suffixed() -> bytes:
    return SAMPLE.read_bytes() + bytes(4096)


@refused("校验和不对.xlsx", "工作表里一个数变了，校验和没有变", "压缩内容损坏")
def wrong_crc() -> bytes:
    data = bytearray(zipped(parts() | {SHEET: parts()[SHEET].replace(b"<v>", b"<v>1", 1)}))
    struct.pack_into("<L", data, data.rfind(SHEET.encode()) - 46 + 16, zlib.crc32(parts()[SHEET]))
    return bytes(data)


@refused("错一个字节.xlsx", "压缩内容里错了一个字节", "损坏")
def flipped() -> bytes:
    data = bytearray(SAMPLE.read_bytes())
    data[data.find(SHEET.encode()) + 400] ^= 0x10
    return bytes(data)


@refused("压缩包.zip", "压缩包里装着一份工作簿", "是压缩包")
def archive() -> bytes:
    return zipped({"决算.xlsx": SAMPLE.read_bytes()})


@refused("缺工作簿.xlsx", "没有 xl/workbook.xml", "缺少 xl/workbook.xml")
def without_workbook() -> bytes:
    return zipped({name: data for name, data in parts().items() if name != "xl/workbook.xml"})


@refused("缺工作表.xlsx", "表单里有 sheet2，压缩包里没有", "损坏")
def without_sheet() -> bytes:
    return zipped({name: data for name, data in parts().items() if name != "xl/worksheets/sheet2.xml"})


@judged("缺样式.xlsx", "没有 xl/styles.xml")
def without_styles() -> bytes:
    return zipped({name: data for name, data in parts().items() if name != "xl/styles.xml"})


@judged("缺内容类型.xlsx", "没有 [Content_Types].xml")
def without_types() -> bytes:
    return zipped({name: data for name, data in parts().items() if name != "[Content_Types].xml"})
