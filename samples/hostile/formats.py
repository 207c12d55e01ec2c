"""Other formats under their own names or false ones, and what is no workbook at all."""

from __future__ import annotations

import io
import zipfile

from hostile.kind import FOLDER, SAMPLE, judged, refused, zipped
from hostile.xlsb import as_xlsb

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def encrypted(password: str) -> bytes:
    """The sample in the envelope in which Excel encrypts workbooks."""
    import msoffcrypto.format.ooxml  # type: ignore[import-untyped]

    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(SAMPLE.read_bytes())).encrypt(password, out)
    return out.getvalue()


def saved(name: str) -> bytes:
    """A file that LibreOffice saved from the sample."""
    return (FOLDER / name).read_bytes()


def xls() -> bytes:
    return saved("焦作2024-有误.xls")


judged("旧格式.xls", "Excel 97—2003 的 .xls（BIFF8）")(xls)
judged("WPS.et", "WPS 的 .et（内容是 .xls）")(xls)
judged("旧格式改名.xlsx", ".xls 改名 .xlsx")(xls)
judged("新格式改名.xls", ".xlsx 改名 .xls")(SAMPLE.read_bytes)
judged("新格式改名.et", ".et，内容是 .xlsx")(SAMPLE.read_bytes)


@judged("二进制.xlsb", "Excel 二进制工作簿")
def xlsb() -> bytes:
    return as_xlsb(SAMPLE)


@judged("开放文档.ods", "OpenDocument 表格")
def ods() -> bytes:
    return saved("焦作2024-有误.ods")


@refused("重复炸弹.ods", "1 kB 的 .ods，重复 16,383 × 1,048,575 个格", "损坏")
def repeating_ods() -> bytes:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16383"/>'
    row = f'<table:table-row table:number-rows-repeated="1048575">{cell}</table:table-row>'
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table")
    )
    body = f'<office:body><office:spreadsheet><table:table table:name="甲">{row}</table:table></office:spreadsheet>'
    xml = f"<office:document-content{spaces}>{body}</office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = f'<manifest:manifest xmlns:manifest="{space}">{entry}</manifest:manifest>'
    return zipped({"mimetype": kind.encode(), "content.xml": xml.encode(), "META-INF/manifest.xml": manifest.encode()})


@judged("默认密码.xlsx", "用 Excel 默认密码加密：打开时不问密码")
def default_password() -> bytes:
    return encrypted("VelvetSweatshop")


@judged("默认密码.xls", "只保护了结构的 .xls：用默认密码加密，打开时不问密码")
def default_password_xls() -> bytes:
    return saved("默认密码.xls")


@refused("加密.xlsx", "加了密码 123456", "加了密码")
def locked() -> bytes:
    return encrypted("123456")


@refused("加密.xls", "加了密码 123456 的 .xls", "加了密码")
def locked_xls() -> bytes:
    return saved("加了密码.xls")


@refused("信封是空的.xlsx", "有 EncryptedPackage 的名称，没有内容", "损坏")
def empty_envelope() -> bytes:
    return OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(504)


@refused("OLE乱码.xls", "OLE 开头，后面是乱码", "没有工作表")
def junk() -> bytes:
    return OLE + bytes(number * 7919 % 251 for number in range(4096))


@refused("坏的.xls", ".xls 中间少了一段", "")
def torn_xls() -> bytes:
    data = xls()
    return data[:8192] + data[12288:]


@refused("旧文档.xls", "旧的 Word 文档改名 .xls", "Word")
def document() -> bytes:
    return OLE + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(504)


@refused("新文档.xlsx", ".docx 改名 .xlsx", "Word")
def new_document() -> bytes:
    return zipped({"word/document.xml": b"<w/>"})


@refused("网页.xls", "HTML 表格改名 .xls（系统导出）", "网页")
def page() -> bytes:
    return '<html><head><meta charset="gb2312"></head><table><tr><td>决算数</td></tr></table></html>'.encode("gb18030")


@refused("表格2003.xls", "2003 年的 XML 表格改名 .xls", "2003")
def spreadsheet_2003() -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}"/>'.encode()


@refused("文本.xls", "GBK 的 CSV 改名 .xls", "CSV")
def csv() -> bytes:
    return "科目编码,科目名称,决算数\r\n201,一般公共服务支出,1\r\n".encode("gb18030")


@refused("PDF.xlsx", "PDF 改名 .xlsx", "PDF")
def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF"


@refused("RAR.xlsx", "RAR 压缩包改名 .xlsx", "RAR")
def rar() -> bytes:
    return b"Rar!\x1a\x07\x00" + bytes(100)


@refused("加密压缩包.zip", "加了密码的压缩包，里面有一份工作簿", "压缩包")
def locked_zip() -> bytes:
    data = bytearray(zipped({"决算.xlsx": SAMPLE.read_bytes()}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert zipfile.ZipFile(io.BytesIO(bytes(data))).infolist()[0].flag_bits & 1
    return bytes(data)
