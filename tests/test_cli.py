"""The command line as its users meet it: exit codes, formats, one sentence for bad input."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

import plain
from juesuan import cli
from juesuan.report.structured import _uri
from outputs import require_published
from plain import Style

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parent.parent / "samples" / "焦作2024.xlsx"


def juesuan(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "juesuan", *map(str, arguments)]
    environment = os.environ | {"PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "报表 2024 = 甲&乙 100%"
    folder.mkdir()
    return plain.write(folder / "焦作 决算.xlsx", Style())


def change(path: Path, sheet: str, address: str, value: str | float) -> None:
    file = openpyxl.load_workbook(path)
    file[sheet][address] = value
    file.save(path)


def test_a_book_without_errors_exits_with_0_and_says_what_was_left_out(book: Path) -> None:
    run = juesuan("check", book)
    assert run.returncode == 0
    assert "结论：没有差错，有需要核实的问题" in run.stdout
    assert "没有上年工作簿" in run.stdout
    assert run.stderr == ""


def test_a_book_with_an_error_exits_with_1_and_names_the_cell(book: Path) -> None:
    change(book, "公开03表", "D10", 676.23)
    run = juesuan("check", book)
    assert run.returncode == 1
    assert "公开03表 D10" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def test_json_follows_the_schema_and_is_the_same_each_time(book: Path, tmp_path: Path) -> None:
    change(book, "公开03表", "D10", 676.23)
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    first, second = (juesuan("check", book, bad, "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    assert first.returncode == 2
    report = json.loads(first.stdout)
    require_published(report)
    verdicts = [entry["verdict"] for entry in report["books"]]
    assert verdicts == ["fail", "unjudged"]
    assert report["books"][0]["sha256"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert report["books"][1]["reason"]


def test_sarif_names_rule_file_and_cell(book: Path) -> None:
    change(book, "公开03表", "D10", 676.23)
    report = json.loads(juesuan("check", book, "--format", "sarif").stdout)
    assert report["version"] == "2.1.0"
    results = report["runs"][0]["results"]
    where = {entry["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for entry in results}
    assert {"公开03表!C10", "公开03表!D9"} <= where
    assert {entry["ruleId"] for entry in results} <= {
        rule["id"] for rule in report["runs"][0]["tool"]["driver"]["rules"]
    }


def test_sarif_names_a_file_whose_name_is_not_utf_8(book: Path, tmp_path: Path) -> None:
    change(book, "公开03表", "D10", 676.23)
    report = json.loads(juesuan("check", book.rename(tmp_path / os.fsdecode(b"\xd6.xlsx")), "--format", "sarif").stdout)
    place = report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.endswith("/%D6.xlsx")


@pytest.mark.parametrize(
    ("system", "path", "uri"),
    [
        ("nt", "C:\\决算\\a b.xlsx", "file:///C:/%E5%86%B3%E7%AE%97/a%20b.xlsx"),
        ("nt", "d:/x/1%.xlsx", "file:///d:/x/1%25.xlsx"),
        ("nt", "\\\\server\\share\\x.xlsx", "file://server/share/x.xlsx"),
        ("nt", "报送\\x.xlsx", "%E6%8A%A5%E9%80%81/x.xlsx"),
        ("posix", "a\\b.xlsx", "a%5Cb.xlsx"),
        ("posix", "/x/a:b?.xlsx", "/x/a%3Ab%3F.xlsx"),
    ],
)
def test_sarif_names_files_of_every_system_so_that_they_are_found(system: str, path: str, uri: str) -> None:
    assert _uri(path, system) == uri


def test_output_goes_whole_to_a_file_and_never_over_the_book(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    target = tmp_path / "结果.json"
    assert juesuan("check", book, "--format", "json", "-o", target).returncode == 0
    assert json.loads(target.read_text(encoding="utf-8"))["schema"] == "juesuan.check/1"
    refused = juesuan("check", book, "-o", book)
    assert refused.returncode == 2
    assert "就是原来的文件" in refused.stderr
    missing = juesuan("check", book, "-o", tmp_path / "没有" / "结果.txt")
    assert missing.returncode == 2
    assert "写不了" in missing.stderr
    assert book.read_bytes() == before


def test_rules_can_be_selected_ignored_and_added(book: Path, tmp_path: Path) -> None:
    only = json.loads(juesuan("check", book, "--format", "json", "--select", "X051，EXP002,TAIL").stdout)["books"][0]
    assert {item["rule"] for item in only["findings"]} == {"X051", "TAIL"}
    without = json.loads(juesuan("check", book, "--format", "json", "--ignore", "X05").stdout)["books"][0]
    assert without["verdict"] == "tail"
    more = tmp_path / "本省.toml"
    more.write_text(
        '[[rule]]\ncode = "X901"\ntitle = "基本支出不超过七百万"\nlevel = "warning"\n'
        'expr = "支出决算表[合计].基本支出 <= 700"\nbasis = "本省规定"\nadvice = "请核实。"\ncatalogue = []\n',
        encoding="utf-8",
    )
    assert "X901" in juesuan("rules", "--rules", more).stdout
    assert juesuan("check", book, "--select", "没有").returncode == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.xlsx", b""),
        ("压缩包开头.xlsx", b"PK\x03\x04 and nothing more"),
        ("文档.xlsx", b"%PDF-1.7 not a workbook"),
        ("加密.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600),
        ("乱码.xlsx", b"\0" * 5000),
        ("改名.txt", "这是文本".encode("gbk")),
    ],
)
def test_a_file_that_is_no_workbook_is_one_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    run = juesuan("check", path)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert name in run.stderr
    assert "Traceback" not in run.stderr
    assert path.read_bytes() == content


def test_a_missing_file_and_a_folder_are_one_sentence_each(tmp_path: Path) -> None:
    for path in (tmp_path / "不存在.xlsx", tmp_path):
        run = juesuan("check", path)
        assert run.returncode == 2
        assert run.stderr.count("\n") == 1


def test_a_truncated_or_gutted_workbook_is_one_sentence(book: Path, tmp_path: Path) -> None:
    whole = book.read_bytes()
    sheet = whole.index(b"xl/worksheets/sheet1.xml") + 60
    flipped = whole[:sheet] + bytes(255 - byte for byte in whole[sheet : sheet + 80]) + whole[sheet + 80 :]
    for number, content in enumerate((whole[: len(whole) // 2], whole[:-30], flipped)):
        path = tmp_path / f"坏{number}.xlsx"
        path.write_bytes(content)
        run = juesuan("check", path)
        assert run.returncode == 2, run.stdout
        assert "Traceback" not in run.stderr
    gutted = tmp_path / "缺.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(gutted, "w") as target:
        for entry in source.infolist():
            if entry.filename != "xl/worksheets/sheet2.xml":
                target.writestr(entry, source.read(entry))
    run = juesuan("check", gutted)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_a_workbook_without_any_known_table_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "通讯录.xlsx"
    file = openpyxl.Workbook()
    file.worksheets[0]["A1"] = "姓名"
    file.save(path)
    run = juesuan("check", path)
    assert run.returncode == 2
    assert "没有认出" in run.stderr


def test_a_missing_table_is_an_error_and_its_rules_are_listed_as_not_checked(book: Path) -> None:
    file = openpyxl.load_workbook(book)
    del file["公开05表"]
    file.save(book)
    run = juesuan("check", book, "--format", "json")
    assert run.returncode == 1
    entry = json.loads(run.stdout)["books"][0]
    assert [item["rule"] for item in entry["findings"] if item["level"] == "error"] == ["FORM001"]
    assert "没有读到公开05表（一般公共预算财政拨款支出决算表）" in {item["reason"] for item in entry["not_checked"]}


def test_text_where_a_number_belongs_is_an_error_at_its_cell_and_its_relations_are_not_judged(book: Path) -> None:
    change(book, "公开03表", "D10", "约六百万")
    entry = json.loads(juesuan("check", book, "--format", "json").stdout)["books"][0]
    errors = [(item["rule"], item["sheet"], item["address"]) for item in entry["findings"] if item["level"] == "error"]
    assert errors == [("FORM016", "公开03表", "D10")]
    assert any("公开03表 D10 读不出数" in item["reason"] for item in entry["not_checked"])


def test_an_unknown_column_leaves_the_book_unjudged_rather_than_wrong(book: Path) -> None:
    change(book, "公开03表", "D4", "专项基本支出")
    run = juesuan("check", book, "--format", "json")
    entry = json.loads(run.stdout)["books"][0]
    assert run.returncode == 2
    assert entry["verdict"] == "unjudged"
    assert not [item for item in entry["findings"] if item["level"] == "error"]


def test_formulas_without_values_are_computed_and_said(book: Path) -> None:
    for column in "CDEFGH":
        change(book, "公开03表", f"{column}7", f"=SUM({column}8,{column}11,{column}18,{column}22)")
    entry = json.loads(juesuan("check", book, "--format", "json").stdout)["books"][0]
    assert entry["verdict"] == "warn"
    assert "FORM018" in {item["rule"] for item in entry["findings"]}
    assert any("公式未计算" in item["reason"] for item in entry["not_checked"])
    change(book, "公开03表", "D8", 676.23)
    entry = json.loads(juesuan("check", book, "--format", "json").stdout)["books"][0]
    assert entry["verdict"] == "fail"


def test_a_fresh_template_is_told_briefly_and_its_own_sheets_are_no_strangers(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert juesuan("template", str(path)).returncode == 0
    text = juesuan("check", str(path)).stdout
    (line,) = [line for line in text.splitlines() if "公式未计算，请打开保存一次" in line]
    assert re.match(r"  公开01表 C33 等 1\d\d 格公式未计算", line)
    assert "SUM001、" in line
    assert "X030" in line
    assert "没有核对" not in text, "封面、科目表和补01—补09不是认不出的表"


def test_an_input_behind_an_uncalculated_formula_leaves_the_book_unjudged(book: Path) -> None:
    change(book, "公开03表", "D10", "=667+0.23")
    run = juesuan("check", book)
    assert run.returncode == 2
    assert "公式没有计算结果" in run.stderr


def test_help_and_mistakes_on_the_command_line_speak_chinese() -> None:
    for command in ([], ["check"], ["rules"], ["editions"]):
        text = juesuan(*command, "--help").stdout
        assert "显示这份说明" in text
        assert "usage" not in text
        assert "show this help" not in text
        assert not [line for line in text.splitlines() if line.endswith(":")], "冒号也用中文的"
    assert juesuan().stdout == juesuan("--help").stdout, "什么也不写的，要的是说明"
    run = juesuan("chekc")
    assert run.returncode == 2
    assert run.stderr.startswith("命令写法有误（参数 命令：不能用 chekc，可选 template、check、batch、")


def test_rules_and_editions_are_listed_and_explained() -> None:
    text = juesuan("rules", "exp002").stdout
    for question in ("查什么", "何时不查", "常见原因", "公式", "依据"):
        assert f"{question}：" in text
    listed = json.loads(juesuan("rules", "--format", "json").stdout)
    require_published(listed)
    assert {rule["kind"] for rule in listed["rules"]} == {"equation", "inequality", "function"}
    assert juesuan("rules", "NO999").returncode == 2
    assert json.loads(juesuan("editions", "--format", "json").stdout)[0]["id"] == "henan-2024"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="本系统没有 /dev/full")
def test_a_screen_that_cannot_be_written_to_is_one_sentence_and_one_that_is_closed_is_none(book: Path) -> None:
    environment = os.environ | {"PYTHONUTF8": "1"}
    for command in (["check", str(book)], ["rules"], ["check", str(book), "--format", "html"]):
        whole = [sys.executable, "-m", "juesuan", *command]
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = subprocess.run(whole, stdout=full, stderr=subprocess.PIPE, env=environment, encoding="utf-8")
        assert run.returncode == 2
        assert run.stderr.splitlines()[-1] == "没有做完：磁盘空间不足。请核对磁盘空间和权限后再试。"
        assert "Traceback" not in run.stderr
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *whole], capture_output=True, env=environment)
        assert (closed.returncode, closed.stderr) == (0, b"")
        process = subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        assert process.stdout
        process.stdout.close()
        assert process.wait() == 0


def test_a_broken_pipe_that_is_not_the_screen_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Such as that to a server."""

    def fail(_: object) -> int:
        raise BrokenPipeError(errno.EPIPE, "")

    monkeypatch.setattr("juesuan.cli.editions.run", fail)
    assert cli.main(["editions"]) == 2
    assert capfd.readouterr().err.startswith("没有做完：")


def test_a_rule_of_another_edition_is_found_though_further_rules_do_not_fit_it(tmp_path: Path) -> None:
    rules = tmp_path / "本市.toml"
    rules.write_text(
        '[[rule]]\ncode = "SCO901"\ntitle = "年初结转不小于零"\nlevel = "error"\nbasis = "试"\nadvice = "试。"\n'
        'catalogue = []\nexpr = "state_capital.opening_carryover >= 0"\n',
        encoding="utf-8",
    )
    of_shanghai = ("--rules", rules, "--edition", "shanghai-2024")
    assert juesuan("rules", "SCO901", *of_shanghai).stdout.startswith("SCO901 年初结转不小于零")
    assert juesuan("rules", "TPE040", *of_shanghai).stdout.startswith("TPE040")
    assert "没有规则“NO999”" in juesuan("rules", "NO999", *of_shanghai).stderr


def test_numbers_on_the_command_line_are_asked_for_as_numbers(tmp_path: Path) -> None:
    said = juesuan("batch", tmp_path, "-o", tmp_path / "出", "--wait", "半小时").stderr
    assert "参数 --wait：不能用 半小时，要写数" in said


def test_an_edition_file_is_not_written_over(book: Path, tmp_path: Path) -> None:
    edition = tmp_path / "版式.toml"
    source = Path(cli.__file__).parents[1] / "data" / "editions" / "henan-2024.toml"
    edition.write_bytes(source.read_bytes())
    refused = juesuan("check", book, "--edition", edition, "-o", edition)
    assert (refused.returncode, "就是原来的文件" in refused.stderr) == (2, True)
    assert edition.read_bytes() == source.read_bytes()
