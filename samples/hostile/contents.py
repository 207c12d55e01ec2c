"""Well-formed zips whose XML is a bomb, reaches far, is spelled oddly, or says what it should not."""

from __future__ import annotations

import re
import struct

from hostile.kind import MEGABYTE, SHEET, cells, changed, judged, parts, refused, rows, zipped

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHTER = f'<!DOCTYPE x [<!ENTITY l0 "哈">{LAUGHS}]>'.encode()
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def declared(part: str, doctype: bytes, entity: bytes) -> bytes:
    """The sample with a DOCTYPE before one part and an entity within it."""
    xml = parts()[part].replace(b"<t>", b"<t>" + entity, 1)
    return zipped(parts() | {part: doctype + xml})


@refused("实体-指数.xlsx", "工作表里有 10⁹ 倍的嵌套实体（billion laughs）", "实体声明")
def billion_laughs() -> bytes:
    return declared(SHEET, LAUGHTER, b"&l9;")


@refused("实体-平方.xlsx", "100 kB 的实体引用 20,000 次", "实体声明")
def quadratic() -> bytes:
    return declared(SHEET, b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>', b"&a;" * 20_000)


@refused("实体-字符串表.xlsx", "共享字符串里有嵌套实体", "实体声明")
def laughing_strings() -> bytes:
    return zipped(parts() | {STRINGS: LAUGHTER + b"<sst><si><t>&l9;</t></si></sst>"})


@refused("实体-本机文件.xlsx", "外部实体指向 file:///etc/hostname", "实体声明")
def local_file() -> bytes:
    return declared(SHEET, b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>', b"&f;")


@refused("实体-网络.xlsx", "外部 DTD 指向 http://127.0.0.1:9/", "实体声明")
def remote_file() -> bytes:
    return declared(WORKBOOK, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', b"")


@judged("嵌套一百万层.xlsx", "工作表后面有一百万层嵌套的元素")
def deep() -> bytes:
    xml = b"<extLst>" + b"<a>" * 1_000_000 + b"</a>" * 1_000_000 + b"</extLst></worksheet>"
    return changed(SHEET, b"</worksheet>", xml)


@refused("超长属性.xlsx", "一行有 50 MB 的属性", "长得不像表格")
def long_attribute() -> bytes:
    return rows('<row r="60" x="' + "a" * (50 * MEGABYTE) + '"/>')


@refused("没有收尾的标签.xlsx", "工作表后面有 600,000 个没有收尾的 <c", "不完整")
def unclosed_tags() -> bytes:
    return zipped(parts() | {SHEET: parts()[SHEET] + b"<c\n" * 600_000})


@judged("注释里的标签.xlsx", "注释里有 300,000 个没有收尾的 <row，还有 hidden=")
def commented_tags() -> bytes:
    return zipped(parts() | {SHEET: parts()[SHEET] + b"<!-- hidden= " + b"<row " * 300_000 + b"-->"})


@judged("声称的区域.xlsx", "dimension 写着 A1:XFD1048576，其实没有")
def claimed_dimension() -> bytes:
    claim = b'<dimension ref="A1:XFD1048576"'
    return zipped(parts() | {SHEET: re.sub(rb'<dimension ref="[^"]*"', claim, parts()[SHEET])})


@refused("远处有格.xlsx", "A1 以外，XFD1048576 也有数", "区域过大")
def far_cell() -> bytes:
    return rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@refused("远处有格-单引号.xlsx", "同上，属性用单引号", "区域过大")
def far_cell_in_single_quotes() -> bytes:
    return rows("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")


@refused("远处有格-藏起来.xlsx", "同上，前面的属性里有 >，藏住了地址", "超过限度")
def far_cell_in_hiding() -> bytes:
    return cells('<c x=">" r="XFD1048576"><v>1</v></c>')


@refused("远处有格-乱序.xlsx", "最下面的格写在前面", "区域过大")
def far_cell_out_of_order() -> bytes:
    row = b'<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    return changed(SHEET, b"<sheetData>", row)


@refused("最后一行.xlsx", "A1048576 有数", "区域过大")
def last_row() -> bytes:
    return rows('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


@refused("行号四十亿.xlsx", "行号 4000000000、列 ZZZZZZ", "区域过大")
def impossible_row() -> bytes:
    return rows('<row r="4000000000"><c r="ZZZZZZ4000000000"><v>1</v></c></row>')


@judged("合并整张表.xlsx", "合并 A100:XFD1048576")
def merged_sheet() -> bytes:
    return changed(SHEET, b'<mergeCell ref="', b'<mergeCell ref="A100:XFD1048576"/><mergeCell ref="')


@judged("合并整列.xlsx", "合并 N1:Q1048576 四整列")
def merged_columns() -> bytes:
    return changed(SHEET, b'<mergeCell ref="', b'<mergeCell ref="N1:Q1048576"/><mergeCell ref="')


@judged("十万处合并.xlsx", "100,000 处合并单元格")
def many_merges() -> bytes:
    merges = "".join(f'<mergeCell ref="N{row}:O{row}"/>' for row in range(100, 100_100))
    return changed(SHEET, b'<mergeCell ref="', merges.encode() + b'<mergeCell ref="')


@refused("百万空行.xlsx", "1,048,576 个有格式的空行", "行（多半是空行）")
def formatted_rows() -> bytes:
    return rows("".join(f'<row r="{row}" s="1" ht="15"/>' for row in range(60, 1_048_577)))


@refused("空格子.xlsx", "60,000 行各 20 个有边框的空格", "格（多半是空格）")
def blank_cells() -> bytes:
    row = "".join(f'<c r="{letter}{{0}}" s="1"/>' for letter in "ABCDEFGHIJKLMNOPQRST")
    return rows("".join(f'<row r="{number}">{row.format(number)}</row>' for number in range(60, 60_060)))


@judged("空格子不多.xlsx", "2,000 行各 20 个有边框的空格")
def some_blank_cells() -> bytes:
    row = "".join(f'<c r="{letter}{{0}}" s="1"/>' for letter in "ABCDEFGHIJKLMNOPQRST")
    return rows("".join(f'<row r="{number}">{row.format(number)}</row>' for number in range(60, 2060)))


@judged("五万条条件格式.xlsx", "50,000 条条件格式（反复复制粘贴）")
def conditional_formats() -> bytes:
    rule = '<cfRule type="expression" priority="1"><formula>A1=1</formula></cfRule>'
    formats = "".join(
        f'<conditionalFormatting sqref="A{row}">{rule}</conditionalFormatting>' for row in range(1, 50_001)
    )
    return changed(SHEET, b"<printOptions", formats.encode() + b"<printOptions")


@judged("整表数据验证.xlsx", "数据验证盖住整张表")
def validation() -> bytes:
    xml = '<dataValidations count="1"><dataValidation type="list" sqref="A1:XFD1048576"/></dataValidations>'
    return changed(SHEET, b"<printOptions", xml.encode() + b"<printOptions")


@refused("百万种格式.xlsx", "1,000,000 种单元格格式", "种单元格格式")
def many_styles() -> bytes:
    return changed(STYLES, b"</cellXfs>", b'<xf numFmtId="0"/>' * 1_000_000 + b"</cellXfs>")


@refused("百万个名称.xlsx", "700,000 个定义的名称（反复套用模板）", "个定义的名称")
def many_names() -> bytes:
    names = "".join(f'<definedName name="n{number}">甲!$A$1</definedName>' for number in range(700_000))
    return changed(WORKBOOK, b"</definedNames>", names.encode() + b"</definedNames>")


@refused("清单很长.xlsx", "xl/workbook.xml 有 30 MB 无名的元素", "清单超过")
def long_list() -> bytes:
    return changed(WORKBOOK, b"</workbook>", b"<a/>" * (30 * MEGABYTE // 4) + b"</workbook>")


@refused("清单很长.ods", "mimetype 写着有 3 GB", "缺少 xl/workbook.xml")
def long_mimetype() -> bytes:
    data = bytearray(zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet" + bytes(1000)}))
    struct.pack_into("<L", data, data.rfind(b"mimetype") - 46 + 24, 3 << 30)
    return bytes(data)


@refused("数字很长.xlsx", "隐藏的行号有五千位，格的地址也是", "没有核对完")
def long_numbers() -> bytes:
    digits = "9" * 5000
    return rows(f'<row r="{digits}" hidden="1"><c r="A{digits}"><v>1</v></c></row>')


@judged("两万个名称.xlsx", "20,000 个定义的名称")
def some_names() -> bytes:
    names = "".join(f'<definedName name="n{number}">甲!$A$1</definedName>' for number in range(20_000))
    return changed(WORKBOOK, b"</definedNames>", names.encode() + b"</definedNames>")


@refused("一串多用.xlsx", "一个 30 kB 的共享字符串，10,000 格都用它", "合计太多")
def one_string_everywhere() -> bytes:
    table = f'<sst xmlns="{MAIN}"><si><t>{"长" * 10_000}</t></si></sst>'
    columns = "ABCDEFGHIJ"
    used = "".join(
        f'<row r="{row}">{"".join(f"""<c r="{column}{row}" t="s"><v>0</v></c>""" for column in columns)}</row>'
        for row in range(100, 1100)
    )
    content = parts() | {STRINGS: table.encode()}
    return zipped(content | {SHEET: content[SHEET].replace(b"</sheetData>", used.encode() + b"</sheetData>")})


@refused("一张表列两万次.xlsx", "清单里 20,000 次列出同一张工作表", "张工作表")
def one_sheet_listed_often() -> bytes:
    sheets = "".join(f'<sheet name="附{number}" sheetId="{number}" r:id="rId1"/>' for number in range(100, 20_100))
    return changed(WORKBOOK, b"</sheets>", sheets.encode() + b"</sheets>")


@judged("一千五百张表.xlsx", "另有 1,500 张空工作表")
def many_sheets() -> bytes:
    content = parts()
    numbers = range(100, 1600)
    sheets = "".join(f'<sheet name="附{number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATED}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    content[WORKBOOK] = content[WORKBOOK].replace(b"</sheets>", sheets.encode() + b"</sheets>")
    content[RELATIONS] = content[RELATIONS].replace(b"</Relationships>", relations.encode() + b"</Relationships>")
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    return zipped(content | {f"xl/worksheets/sheet{number}.xml": sheet for number in numbers})


@judged("公式注入.xlsx", "DDE、HYPERLINK、WEBSERVICE 公式，和以 = + - @ 开头的文字")
def injection() -> bytes:
    formulas = ("cmd|'/c calc'!A0", 'HYPERLINK("http://127.0.0.1:9/","点我")', 'WEBSERVICE("http://127.0.0.1:9/")')
    texts = ("=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1")
    written = [
        f'<c r="{letter}60" t="str"><f>{formula.replace("&", "&amp;")}</f><v>x</v></c>'
        for letter, formula in zip("ABC", formulas, strict=True)
    ]
    written += [
        f'<c r="{letter}60" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for letter, text in zip("DEFGH", texts, strict=True)
    ]
    return cells("".join(written))


@judged("外部链接.xlsx", "外部链接：DDE 的 cmd /c calc，和 UNC 路径上的工作簿", "外部链接")
def external_links() -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = {
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{main}"><ddeLink ddeService="cmd" '
        'ddeTopic="/c calc"><ddeItems><ddeItem name="A0"/></ddeItems></ddeLink></externalLink>',
        "xl/externalLinks/externalLink2.xml": f'<externalLink xmlns="{main}" xmlns:r="{RELATED}">'
        '<externalBook r:id="rId1"/></externalLink>',
        "xl/externalLinks/_rels/externalLink2.xml.rels": "<Relationships xmlns="
        '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{RELATED}/externalLinkPath" Target="file:///\\\\127.0.0.1\\x\\y.xlsx" TargetMode="External"/>'
        "</Relationships>",
    }
    content = parts()
    references = '<externalReferences><externalReference r:id="rId98"/><externalReference r:id="rId99"/>'
    content[WORKBOOK] = content[WORKBOOK].replace(
        b"<definedNames>", references.encode() + b"</externalReferences><definedNames>"
    )
    related = "".join(
        f'<Relationship Id="rId{97 + number}" Type="{RELATED}/externalLink" '
        f'Target="externalLinks/externalLink{number}.xml"/>'
        for number in (1, 2)
    )
    content[RELATIONS] = content[RELATIONS].replace(b"</Relationships>", related.encode() + b"</Relationships>")
    return zipped(content | {name: text.encode() for name, text in links.items()})


def with_macros() -> bytes:
    content = parts()
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    return zipped(content | {"xl/vbaProject.bin": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)})


judged("有宏.xlsm", "带宏的工作簿；宏从不运行")(with_macros)
judged("有宏改名.xlsx", "带宏的工作簿，扩展名写成 .xlsx")(with_macros)


@judged("格没有地址.xlsx", "行和格都没有 r 属性（某些 Java 导出）")
def cells_without_addresses() -> bytes:
    content = parts()
    for part in [name for name in content if name.startswith("xl/worksheets/")]:
        content[part] = without_addresses(content[part])
    return zipped(content)


def without_addresses(xml: bytes) -> bytes:
    """The worksheet with every blank row and cell written out, and none saying where it stands."""
    head, _, rest = xml.partition(b"<sheetData>")
    body, _, tail = rest.partition(b"</sheetData>")
    written: list[bytes] = []
    for match in re.finditer(rb'<row r="(\d+)"[^>]*?(?:/>|>(.*?)</row>)', body, re.S):
        written += [b"<row/>"] * (int(match[1]) - 1 - len(written))
        cells: list[bytes] = []
        for cell in re.finditer(rb'<c r="([A-Z])\d+"([^>]*?)(/>|>.*?</c>)', match[2] or b"", re.S):
            cells += [b"<c/>"] * (cell[1][0] - 65 - len(cells))
            cells.append(b"<c" + cell[2] + cell[3])
        written.append(b"<row>" + b"".join(cells) + b"</row>")
    return head + b"<sheetData>" + b"".join(written) + b"</sheetData>" + tail


@refused("UTF-16.xlsx", "工作表的 XML 是 UTF-16", "不是 UTF-8")
def utf16() -> bytes:
    return zipped(parts() | {SHEET: parts()[SHEET].decode().encode("utf-16")})


@refused("GBK.xlsx", "工作表的 XML 声明并用 GBK 编码", "不是 UTF-8")
def gbk() -> bytes:
    text = '<?xml version="1.0" encoding="GBK"?>' + parts()[SHEET].decode()
    return zipped(parts() | {SHEET: text.encode("gb18030")})


@refused("声明UTF-8其实GBK.xlsx", "工作表的 XML 是 GBK，却没有声明", "损坏")
def undeclared_gbk() -> bytes:
    return zipped(parts() | {SHEET: parts()[SHEET].decode().encode("gb18030")})


@judged("带前缀.xlsx", "每个元素都带前缀 x:（Open XML SDK、财政系统）")
def prefixed() -> bytes:
    content = parts()
    for part in [name for name in content if name.startswith("xl/worksheets/")]:
        xml = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", content[part])
        content[part] = xml.replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=")
    return zipped(content)


@judged("严格格式.xlsx", "ISO/IEC 29500 Strict 的名字空间（“Strict Open XML”）")
def strict() -> bytes:
    old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    content = {
        name: data.replace(old + b"spreadsheetml/2006/", new + b"spreadsheetml/").replace(
            old + b"officeDocument/2006/", new + b"officeDocument/"
        )
        for name, data in parts().items()
    }
    return zipped(content)


@refused("XML不完整.xlsx", "工作表的 XML 断在半中间", "损坏")
def broken_xml() -> bytes:
    xml = parts()[SHEET]
    return zipped(parts() | {SHEET: xml[: xml.index(b"</sheetData>") - 40]})


@refused("表断在中间.xlsx", "工作表的数据在半中间就结束了，后面的行留在外面", "不完整")
def early_end() -> bytes:
    return changed("xl/worksheets/sheet5.xml", b'<row r="12"', b'</sheetData><row r="12"')


@refused("公式写在后面.xlsx", "一个表头格里，公式写在文字的后面：读取器把这一格当作空白", "公式写在值的后面")
def formula_behind() -> bytes:
    return changed("xl/worksheets/sheet3.xml", "<t>科目名称</t></is>".encode(), "<t>科目名称</t></is><f>1</f>".encode())


@judged("数的写法.xlsx", "NaN、INF、1e400、科学记数、带空格的数、不是数的数")
def spellings() -> bytes:
    values = ("1.0310000000000001E3", " 5 ", "NaN", "INF", "1e400", "abc")
    return cells(
        "".join(f'<c r="{letter}60"><v>{value}</v></c>' for letter, value in zip("ABCDEF", values, strict=True))
    )


@refused("字符串号越界.xlsx", "共享字符串的号是 999999", "损坏")
def string_beyond() -> bytes:
    return cells('<c r="A60" t="s"><v>999999</v></c>')


@judged("格式号越界.xlsx", "单元格格式的号是 99999")
def style_beyond() -> bytes:
    return cells('<c r="N60" s="99999"><v>5</v></c>')


@refused("未知的格类型.xlsx", "单元格的类型是 zz", "损坏")
def unknown_type() -> bytes:
    return cells('<c r="A60" t="zz"><v>5</v></c>')
