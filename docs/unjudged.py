"""Provoke, on small made-up files, every sentence a clerk meets when a book is not judged or a command not run."""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.cli import main
from juesuan.given import LARGEST
from juesuan.reading.preflight import LARGEST_CONTENT, LARGEST_LIST, MOST, MOST_ENTRIES, ORDINARY

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "焦作2024.xlsx"
BOOK = "决算.xlsx"
RULES = "本省.toml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")

RESAVE = "用 Excel 或 WPS 打开原件，“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，核对另存的这一份。"
UNLOCK = "先取消密码：Excel 在“文件 → 信息 → 保护工作簿”，WPS 在“文件 → 文档加密”。"
RESEND = "文件在传送中断过。请上报单位重新发送；压缩包里的先完整解压。"
FORM = "表名、表头、行名要保持公开格式的文字：对照同名空表改回来，不要改动或合并表头。"

NOT_OPENED, NOT_JUDGED, NOT_RUN = "文件打不开", "读到了，但无法判断", "命令没有执行"
Provoke = Callable[[], list[str]]


class Case(NamedTuple):
    """`provoke` writes files into the current folder and returns the command to be run there."""

    group: str
    title: str
    remedy: str
    provoke: Provoke


CASES: list[Case] = []


def case(group: str, title: str, remedy: str) -> Callable[[Provoke], Provoke]:
    def add(provoke: Provoke) -> Provoke:
        CASES.append(Case(group, title, remedy, provoke))
        return provoke

    return add


def sentences() -> Iterator[tuple[Case, str]]:
    """Each case with what it prints. Stops when one no longer ends with exit code 2 and one sentence."""
    for item in CASES:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            code, said = run(item.provoke())
        if code != 2 or len(said.splitlines()) != 1:
            raise SystemExit(f"“{item.title}”不再引出一句话：退出码 {code}，{said}")
        yield item, said


def run(command: list[str]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = main(command)
        except SystemExit as end:
            code = int(end.code or 0)
    return code, said.getvalue().strip()


def check(*options: str) -> list[str]:
    return ["check", BOOK, *options]


def written(data: bytes) -> list[str]:
    Path(BOOK).write_bytes(data)
    return check()


def edited(change: Callable[[Workbook], None]) -> list[str]:
    """Check the sample after `change`."""
    book = load_workbook(SAMPLE)
    change(book)
    book.save(BOOK)
    return check()


def put(sheet: str, address: str, value: str) -> list[str]:
    """Check the sample with another value in one cell."""

    def change(book: Workbook) -> None:
        worksheet = book[sheet]
        assert isinstance(worksheet, Worksheet)
        worksheet[address] = value

    return edited(change)


def find(sheet: str, text: str) -> str:
    """The address of the first cell of the sample that holds `text`."""
    worksheet = load_workbook(SAMPLE)[sheet]
    assert isinstance(worksheet, Worksheet)
    return next(cell.coordinate for row in worksheet for cell in row if cell.value == text)


def zipped(parts: dict[str, str]) -> bytes:
    """The sample with some zip parts written anew, uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(SAMPLE) as old, zipfile.ZipFile(out, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return out.getvalue()


def patched_directory(offset: int, form: str, value: int) -> bytes:
    """The sample with another value in the zip directory's line of its second worksheet."""
    data = bytearray(SAMPLE.read_bytes())
    struct.pack_into(form, data, data.rfind(b"xl/worksheets/sheet2.xml") - 46 + offset, value)
    return bytes(data)


def archived(name: str) -> bytes:
    """A zip that holds nothing but a small file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr(name, "content")
    return out.getvalue()


def sample() -> None:
    """Let the sample lie there as it is."""
    Path(BOOK).write_bytes(Path(SAMPLE).read_bytes())


def rules(text: str) -> list[str]:
    Path(RULES).write_text(text, encoding="utf-8")
    sample()
    return check("--rules", RULES)


@case(NOT_OPENED, "路径不对", "核对文件名和文件夹；路径里有空格的，用引号括起来。")
def missing() -> list[str]:
    return check()


@case(NOT_OPENED, "给的是文件夹", "写到文件为止，例如 `juesuan check 报送/某单位.xlsx`；整个文件夹用 `报送/*.xlsx`。")
def folder() -> list[str]:
    os.mkdir(BOOK)
    return check()


@case(NOT_OPENED, "给的是管道或设备", "先把内容存成文件，再核对这个文件。")
def pipe() -> list[str]:
    os.mkfifo(BOOK)
    return check()


@case(NOT_OPENED, "没有权限，或被别的程序占用", "关闭正打开它的 Excel、WPS；仍不行的，把文件复制到自己的文件夹再核对。")
def unreadable() -> list[str]:
    Path("报送").touch()
    return ["check", f"报送/{BOOK}"]


@case(NOT_OPENED, "空文件", RESEND)
def empty() -> list[str]:
    return written(b"")


@case(NOT_OPENED, "文件太大", "决算公开工作簿通常不到 1 MB。检查是否拿错文件；删去其中的图片、附件和无关工作表后另存。")
def large() -> list[str]:
    with open(BOOK, "wb") as file:
        file.truncate(LARGEST + 1)
    return check()


@case(
    NOT_OPENED,
    "加了密码",
    f"{UNLOCK}只保护了结构、打开时不问密码的，不必取消。",
)
def encrypted() -> list[str]:
    import msoffcrypto.format.ooxml  # type: ignore[import-untyped]

    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(SAMPLE.read_bytes())).encrypt("123456", out)
    return written(out.getvalue())


@case(NOT_OPENED, "旧格式的文件坏了", f"{RESEND}不行再试：{RESAVE}")
def broken_compound() -> list[str]:
    return written(OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(504))


@case(NOT_OPENED, "旧的 Office 文件里没有工作表", RESEND)
def no_sheets() -> list[str]:
    return written(OLE + bytes(1016))


@case(NOT_OPENED, "是旧的 Word 文件", f"可能是 .doc 改了扩展名。{RESAVE}")
def old_document() -> list[str]:
    return written(OLE + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(504))


@case(NOT_OPENED, "文本改了扩展名", f"多半是 CSV。{RESAVE}")
def no_zip() -> list[str]:
    return written("科目编码,科目名称,决算数\n".encode())


@case(NOT_OPENED, "网页改了扩展名", f"有的系统“导出 Excel”导出的其实是网页。{RESAVE}")
def page() -> list[str]:
    return written("<html><table><tr><td>决算数</td></tr></table></html>".encode())


@case(NOT_OPENED, "压缩包", "解压后，核对里面的工作簿；多份的一起给：`juesuan check 解压后的文件夹/*.xlsx`。")
def archive() -> list[str]:
    return written(archived("决算.xlsx"))


@case(NOT_OPENED, "是别的 Office 文件", f"可能是 .docx 改了扩展名。{RESAVE}")
def other_document() -> list[str]:
    return written(archived("word/document.xml"))


@case(NOT_OPENED, "不是完整的工作簿", RESAVE)
def other_zip() -> list[str]:
    return written(archived("说明.txt"))


@case(NOT_OPENED, "没有传完", RESEND)
def cut() -> list[str]:
    return written(SAMPLE.read_bytes()[:-100])


@case(NOT_OPENED, "压缩包的目录坏了", f"{RESEND}不行再试：{RESAVE}")
def directory() -> list[str]:
    data = SAMPLE.read_bytes()
    end = data.rfind(b"PK\x05\x06") + 16
    return written(data[:end] + bytes(4) + data[end + 4 :])


@case(NOT_OPENED, "压缩的内容坏了", f"{RESEND}不行再试：{RESAVE}")
def compressed() -> list[str]:
    name, content = "xl/worksheets/unlisted.xml", "<worksheet/>"
    data = bytearray(zipped({name: content}))
    header = data.rfind(name.encode()) - 46
    struct.pack_into("<H", data, header + 10, zipfile.ZIP_DEFLATED)
    return written(bytes(data))


@case(NOT_OPENED, "解压后大得不像话", f"可能是恶意文件，先问报送单位来历，不要打开。确实是决算表的：{RESAVE}")
def bomb() -> list[str]:
    name = "xl/worksheets/sheet1.xml"
    data = bytearray(SAMPLE.read_bytes())
    struct.pack_into("<L", data, data.rfind(name.encode()) - 46 + 24, LARGEST_CONTENT + 1)
    return written(bytes(data))


@case(NOT_OPENED, "压缩包里有重名的文件", f"各程序读出的数会不同，问报送单位要原件。{RESAVE}")
def doubled() -> list[str]:
    first, second = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
    return written(SAMPLE.read_bytes().replace(second.encode(), first.encode()))


@case(NOT_OPENED, "内容里有实体声明", f"工作簿里不该有，可能是恶意文件，先问报送单位来历。{RESAVE}")
def entities() -> list[str]:
    return written(zipped({"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY y "z">]><worksheet/>'}))


@case(NOT_OPENED, "压缩包目录里的大小不实", f"可能是恶意文件，先问报送单位来历。{RESAVE}")
def lying() -> list[str]:
    data = bytearray(zipped({"xl/worksheets/sheet1.xml": "<!-- -->" * (ORDINARY // 8 + 1)}))
    name = "xl/worksheets/sheet2.xml"
    struct.pack_into("<L", data, data.rfind(name.encode()) - 46 + 24, 100)
    return written(bytes(data))


@case(NOT_OPENED, "一处内容长得不像表格", RESAVE)
def long_text() -> list[str]:
    return written(zipped({"xl/worksheets/sheet1.xml": "<worksheet>" + " " * (2 * ORDINARY)}))


@case(NOT_OPENED, "空行或空格太多", "按 Ctrl+End 看最后一格；选中表格下面的空行、右边的空列，删除（不是清除）后保存。")
def many_rows() -> list[str]:
    rows = "<row/>" * (MOST[b"<row"][0] + 1) + "<!-- -->" * (ORDINARY // 8)
    return written(zipped({"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>"}))


@case(NOT_OPENED, "清单太长", "多半是反复复制带来的名称：Excel 在“公式 → 名称管理器”里全部选中，删除后保存。")
def long_list() -> list[str]:
    return written(zipped({"xl/workbook.xml": "<workbook>" + "<a/>" * (LARGEST_LIST // 4)}))


@case(NOT_OPENED, "不是 UTF-8 编码", RESAVE)
def other_encoding() -> list[str]:
    return written(zipped({"xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="GBK"?><worksheet/>'}))


@case(NOT_OPENED, "有指向别处的文件名", f"可能是恶意文件，先问报送单位来历。{RESAVE}")
def elsewhere() -> list[str]:
    return written(zipped({"../说明.txt": ""}))


@case(NOT_OPENED, "压缩包里文件太多", f"不像工作簿，先问报送单位来历。{RESAVE}")
def many_entries() -> list[str]:
    return written(zipped({f"x/{number}": "" for number in range(MOST_ENTRIES)}))


@case(NOT_OPENED, "压缩包里的文件重叠", f"可能是恶意文件，先问报送单位来历。{RESAVE}")
def overlapping() -> list[str]:
    return written(patched_directory(42, "<L", 0))


@case(NOT_OPENED, "压缩方法少见", RESAVE)
def other_method() -> list[str]:
    return written(patched_directory(10, "<H", zipfile.ZIP_LZMA))


@case(NOT_OPENED, "压缩包加了密码", "解压时输入密码，再核对里面的工作簿。")
def encrypted_zip() -> list[str]:
    return written(patched_directory(8, "<H", 1))


@case(NOT_OPENED, "读取时超过限度", f"可能是恶意文件，先问报送单位来历。{RESAVE}")
def beyond_limits() -> list[str]:
    far = '<c s=">" r="XFD1048576"><v>1</v></c>'
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">{far}</row>'
    return written(zipped({"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>"}))


@case(NOT_OPENED, "各格的内容太多", f"可能是恶意文件，先问报送单位来历。{RESAVE}")
def too_much_text() -> list[str]:
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 1201))
    texts = f"<sst><si><t>{'长' * 20_000}</t></si></sst>"
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    return written(zipped({"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": sheet}))


@case(NOT_OPENED, "工作表断在中间", RESAVE)
def cut_sheet() -> list[str]:
    name = "xl/worksheets/sheet5.xml"
    with zipfile.ZipFile(SAMPLE) as archive:
        sheet = archive.read(name).decode()
    return written(zipped({name: sheet.replace('<row r="12"', '</sheetData><row r="12"')}))


@case(NOT_OPENED, "公式写在值的后面", f"是别的程序写坏的。{RESAVE}")
def formula_behind() -> list[str]:
    name = "xl/worksheets/sheet3.xml"
    with zipfile.ZipFile(SAMPLE) as archive:
        sheet = archive.read(name).decode()
    return written(zipped({name: sheet.replace("<t>科目名称</t></is>", "<t>科目名称</t></is><f>1</f>")}))


@case(NOT_OPENED, "工作表读不出来", RESAVE)
def broken_sheet() -> list[str]:
    return written(zipped({"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"}))


@case(NOT_OPENED, "工作表区域过大", "按 Ctrl+End 看最后一格；选中表外的整行、整列，删除（不是清除）后保存。")
def wide_sheet() -> list[str]:
    return put("公开01表", "ALM2001", "x")


def reworded(old: str, new: str) -> Callable[[Workbook], None]:
    """What puts other words into the heads of all tables."""

    def change(book: Workbook) -> None:
        for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows(max_row=4) for cell in row):
            if isinstance(cell.value, str):
                cell.value = cell.value.replace(old, new)

    return change


@case(NOT_JUDGED, "金额单位是千元", "写错的，改成元或万元；真是千元的，把各表的数换算成元或万元，再改金额单位。")
def thousands() -> list[str]:
    return edited(reworded("单位：万元", "单位：千元"))


@case(NOT_JUDGED, "一张表也没认出来", f"检查是不是决算公开工作簿。{FORM}")
def unrecognised() -> list[str]:
    def change(book: Workbook) -> None:
        for worksheet in book.worksheets[1:]:
            book.remove(worksheet)
        worksheet = book.worksheets[0]
        worksheet.delete_rows(1, worksheet.max_row)
        worksheet["A1"] = "预算表"

    return edited(change)


@case(
    NOT_JUDGED,
    "版式没有认准",
    "知道是哪个版式的，用 `--edition` 指定；没有这个版式的，可以[自己写一个](add-an-edition.md)。",
)
def between_forms() -> list[str]:
    return edited(reworded("2024年", "2016年"))


@case(NOT_JUDGED, "表头认不出", FORM)
def strange_heading() -> list[str]:
    return put("公开05表", find("公开05表", "功能分类科目编码"), "功能科目")


@case(NOT_JUDGED, "有认不出的栏", FORM)
def strange_column() -> list[str]:
    return put("公开03表", find("公开03表", "基本支出"), "工资")


@case(NOT_JUDGED, "有认不出的行", FORM)
def strange_row() -> list[str]:
    return put("公开01表", find("公开01表", "八、其他收入"), "八、其它收入")


@case(NOT_JUDGED, "公式没有计算过", "用 Excel 或 WPS 打开，等算完后保存，再核对保存后的这一份。")
def uncalculated() -> list[str]:
    return put("公开03表", "D" + find("公开03表", "2010350")[1:], "=600+67.23")


@case(NOT_RUN, "命令写法有误", "照它说的看说明；全部命令见[命令](cli.md)。")
def usage() -> list[str]:
    return ["check"]


@case(NOT_RUN, "没有这个版式", "不写 `--edition`，让软件自己认；现有版式用 `juesuan editions` 查看。")
def edition() -> list[str]:
    return check("--edition", "henan-1999")


@case(NOT_RUN, "版式文件写法有误", "照[添加省份版式](add-an-edition.md)改正。")
def malformed_edition() -> list[str]:
    Path("本省版式.toml").write_text('id = "本省-2024"\n', encoding="utf-8")
    return check("--edition", "本省版式.toml")


@case(NOT_RUN, "没有填报模板的版式", "照公开件自己做表；核对不受影响。")
def no_template() -> list[str]:
    return ["template", "表.xlsx", "--edition", "sichuan-2024"]


@case(
    NOT_RUN,
    "名单、科目表的文字编码",
    "在 Excel 里另存为“CSV UTF-8”，或在记事本里另存时选 UTF-8。",
)
def other_letters() -> list[str]:
    Path("科目.csv").write_bytes("科目编码,科目名称\n".encode("utf-16-le"))
    return ["template", "表.xlsx", "--codes", "科目.csv"]


@case(
    NOT_RUN,
    "单位名单给的是工作簿",
    "在 Excel 里另存为“CSV UTF-8（逗号分隔）”，把存成的 `.csv` 给它。",
)
def workbook_for_a_list() -> list[str]:
    Path("名单.xlsx").write_bytes(b"PK\x03\x04")
    return ["batch", ".", "-o", "结果", "--expect", "名单.xlsx"]


@case(NOT_RUN, "没有这条规则", "用 `juesuan rules` 查看全部编号，或查[规则手册](rules.md)。")
def rule() -> list[str]:
    return ["rules", "EXP999"]


@case(NOT_RUN, "没有以此开头的规则", "`--select` 和 `--ignore` 写规则编号或其开头，例如 `EXP` 或 `EXP002,X`。")
def selection() -> list[str]:
    sample()
    return check("--select", "ZZZ")


@case(NOT_RUN, "找不到规则文件", "核对 `--rules` 后面的文件名和文件夹。")
def no_rules() -> list[str]:
    sample()
    return check("--rules", RULES)


@case(NOT_RUN, "规则写法有误", "照句中列出的名称改正规则文件；写法有误的规则一律不用，免得漏查而不知。")
def malformed_rule() -> list[str]:
    return rules(
        '[[rule]]\ncode = "PRV001"\ntitle = "本省规定"\nlevel = "error"\nbasis = "本省文件"\nadvice = "核对。"\n'
        'catalogue = []\nexpr = "支出决算表.工资 = 支出决算表.基本支出"\n'
    )


@case(
    NOT_RUN,
    "本省的规则与通用规则矛盾",
    "按句中的两条核对公式，多半是少写了一项；本省确实不同的，用同一编号写明替换理由，见[本省的规则和科目](add-rules.md)。",
)
def contradicting_rule() -> list[str]:
    return rules(
        '[[rule]]\ncode = "PRV001"\ntitle = "本省规定"\nlevel = "error"\nbasis = "本省文件"\nadvice = "核对。"\n'
        'catalogue = []\nexpr = "expenditure.total = expenditure.basic + expenditure.project"\n'
    )


@case(NOT_RUN, "导入的不是科目表", "给出财政部门发的政府收支分类科目，上面有科目编码、科目名称两栏。")
def no_codes() -> list[str]:
    sample()
    return ["codes", "import", BOOK]


@case(NOT_RUN, "输出文件就是工作簿", "用 `-o` 另写一个文件名；软件从不覆盖被核对的工作簿。")
def overwriting() -> list[str]:
    sample()
    return check("-o", BOOK)


@case(NOT_RUN, "写不了输出文件", "先建好文件夹；核对自己对它有写的权限，磁盘没有满。")
def unwritable() -> list[str]:
    sample()
    return check("-o", "没有的文件夹/结果.json")


@case(NOT_RUN, "填列：同一科目有两行", "合计不知以哪一行为准：把两行并成一行，或改正写错的编码，再填。")
def repeated_code() -> list[str]:
    put("公开03表", find("公开03表", "20103"), "201")
    return ["fill", BOOK]


@case(NOT_RUN, "填列：输出文件就是要填的工作簿", "用 `-o` 另写一个文件名；软件从不改动原件。")
def filling_in_place() -> list[str]:
    sample()
    return ["fill", BOOK, "-o", BOOK]


@case(NOT_RUN, "填列：扩展名不同", "原件是 `.xlsx` 就写成 `.xlsx`，是 `.xlsm` 就写成 `.xlsm`。")
def other_kind() -> list[str]:
    sample()
    return ["fill", BOOK, "-o", "结果.xlsm"]


@case(NOT_RUN, "填列：工作表的写法特殊", "用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”，再填另存的这一份。")
def strange_writing() -> list[str]:
    name = "xl/worksheets/sheet9.xml"
    with zipfile.ZipFile(SAMPLE) as archive:
        sheet = archive.read(name).decode()
    blank = re.sub(r'(<c r="G8"[^>]*>)<v>[^<]*</v>', r"\1", sheet)
    written(zipped({name: blank.replace("<sheetData>", "<sheetData><!-- -->")}))
    return ["fill", BOOK]
