"""The official codes of a year: files as bureaus hand them out, what checks make of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from juesuan import cli
from juesuan.classification import PLACE, Codes, economic, functional, own_folder, own_list
from juesuan.errors import JuesuanError
from juesuan.intake.official_codes import read_official_codes

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "焦作2024.xlsx"
LISTED = [(code, known.name) for code, known in sorted((functional() | economic()).items())]

Rows = list[list[object]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the lists go and are looked for in these tests."""
    place = tmp_path / "科目"
    monkeypatch.setenv(PLACE, str(place))
    return place


def official(extra: dict[str, str] | None = None, without: str = "") -> list[tuple[str, str]]:
    """Our own list, completed so that every 类 has a 款 and a 项."""
    whole = {code: name for code, name in LISTED if not without or not code.startswith(without)} | (extra or {})
    for code in list(whole):
        for length in (3, 5):
            whole.setdefault(code[:length], f"科目{code[:length]}")
        if code[0] == "2" and len(code) == 3:
            whole.setdefault(f"{code}99", "其他款")
            whole.setdefault(f"{code}9999", "其他项")
    return sorted(whole.items())


def workbook(path: Path, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(path)
    return path


def one_column(codes: list[tuple[str, str]]) -> Rows:
    above: Rows = [["2024年政府收支分类科目"], [], ["科目编码", "科目名称", "说明"]]
    return above + [[int(code), name, "反映……"] for code, name in codes]


def three_columns(codes: list[tuple[str, str]]) -> Rows:
    rows: Rows = [["2024年政府收支分类科目"], ["科目编码", None, None, "科目名称"], ["类", "款", "项"]]
    return rows + [[c[:3], c[3:5] or None, c[5:] or None, n] for c, n in codes]


def parts_once(codes: list[tuple[str, str]]) -> Rows:
    """Only the last part of each code, and names in a column for each level."""
    rows: Rows = [["2024年"], ["类", "款", "项", "科目名称", None, None]]
    for code, name in codes:
        level = (len(code) - 3) // 2
        row: list[object] = [None] * 6
        row[level], row[3 + level] = (code[-2:] if level else code), name
        rows.append(row)
    return rows


def one_cell(codes: list[tuple[str, str]]) -> Rows:
    above: Rows = [["2024年政府收支分类科目"], ["科目编码及名称"]]
    return above + [[f"{code} {name}"] for code, name in codes]


def side_by_side(codes: list[tuple[str, str]]) -> Rows:
    half = (len(codes) + 1) // 2
    right = [*codes[half:], ("", "")]
    rows: Rows = [["2024年"], ["科目编码", "科目名称", "科目代码", "名称"]]
    return rows + [[*one, *other] for one, other in zip(codes[:half], right, strict=False)]


@pytest.mark.parametrize("form", [one_column, three_columns, parts_once, one_cell, side_by_side])
def test_every_form_gives_the_same_codes(form: object, tmp_path: Path) -> None:
    codes = official()
    two = [item for item in codes if item[0][0] == "2"], [item for item in codes if item[0][0] == "3"]
    assert callable(form)
    path = workbook(tmp_path / "科目.xlsx", 功能分类=form(two[0]), 经济分类=form(two[1]), 说明=[["财政部印发"]])
    found = read_official_codes(str(path))
    assert sorted((code.code, code.name) for code in found.codes) == codes
    assert found.year == 2024
    assert {code.kind for code in found.codes if code.code.startswith("2010")} == {"general_budget"}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_csv_of_windows(encoding: str, separator: str, tmp_path: Path) -> None:
    lines = [separator.join(map(str, row)) for row in one_column(official())]
    path = tmp_path / "２０２３年科目.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    found = read_official_codes(str(path))
    assert len(found.codes) == len(official())
    assert found.year == 2023


def test_sections_name_the_budget_and_other_codes_are_told(tmp_path: Path) -> None:
    rows: Rows = [
        ["科目编码", "科目名称"],
        ["一、一般公共预算支出"],
        ["212", "城乡社区支出"],
        ["21299", "其他城乡社区支出"],
        ["二、政府性基金预算支出"],
        ["21277", "某项基金安排的支出"],
        ["2127701", "某项目支出"],
        ["10101", "增值税"],
        ["501", "机关工资福利支出"],
    ]
    found = read_official_codes(str(workbook(tmp_path / "科目.xlsx", 支出=rows)))
    assert {code.code: code.kind for code in found.codes} == {
        "212": "general_budget", "21299": "general_budget", "21277": "government_fund", "2127701": "government_fund",
    }  # fmt: skip
    assert [words.split()[0] for words in found.left_out[:2]] == ["收入分类科目", "政府预算支出经济分类科目"]
    assert found.year is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["一", "二"]], ["科目编码", "科目名称"]),
        ([["科目编码", "科目名称"]], ["没有支出功能分类"]),
        ([["科目编码", "科目名称"], ["2010", "人大事务"]], ["第 2 行", "2010"]),
        ([["科目编码", "科目名称"], ["2010101A", "行政运行"]], ["第 2 行", "2010101A"]),
        ([["科目编码", "科目名称"], ["20101.01", "行政运行"]], ["第 2 行", "20101.01"]),
        ([["科目编码", "科目名称"], ["901", "其他"]], ["第 2 行", "901"]),
        ([["科目编码", "科目名称"], ["201", None]], ["第 2 行", "没有名称"]),
        ([["科目编码", "科目名称"], ["201", "甲"], ["201", "乙"]], ["第 3 行", "第 2 行", "甲", "乙"]),
        ([["类", "款", "项", "科目名称"], [None, None, "01", "行政运行"]], ["第 2 行", "不知属于哪一"]),
        ([["科目编码", "科目名称", "决算数"], ["201", "甲", 3]], ["决算表"]),
    ],
)
def test_what_is_no_list_of_codes_is_refused(rows: Rows, words: list[str], tmp_path: Path) -> None:
    with pytest.raises(JuesuanError) as refused:
        read_official_codes(str(workbook(tmp_path / "科目.xlsx", 表=rows)))
    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing more", b"\xff\xfe\x00\x01", b"\0" * 5000])
@pytest.mark.parametrize("name", ["坏.xlsx", "坏.csv"])
def test_a_broken_file_is_refused_in_a_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(JuesuanError, match=r"坏\."):
        read_official_codes(str(tmp_path / name))


def test_a_book_is_no_list_of_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["codes", "import", str(SAMPLE)]) == 2
    assert "决算表" in capsys.readouterr().err
    assert not folder.exists()


def findings(capsys: pytest.CaptureFixture[str], code: str) -> list[dict[str, str]]:
    cli.main(["check", str(SAMPLE), "--select", code, "--format", "json"])
    book = json.loads(capsys.readouterr().out)["books"][0]
    return [{"level": found["level"], "message": found["message"]} for found in book["findings"]]


@pytest.mark.usefixtures("folder")
def test_a_check_goes_by_the_list_of_its_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the import nothing is wrong; then a code the list does not have is; of another year's list nothing."""
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(official(without="2010350")))
    assert findings(capsys, "CODE002") == []
    assert cli.main(["codes", "import", str(path), "--year", "2023"]) == 0
    capsys.readouterr()
    assert findings(capsys, "CODE002") == []
    assert cli.main(["codes", "import", str(path)]) == 0
    assert "已导入 2024 年" in capsys.readouterr().out
    (found,) = findings(capsys, "CODE002")
    assert found["level"] == "error"
    assert "2010350" in found["message"]
    assert "2024 年政府收支分类科目" in found["message"]
    assert cli.main(["codes", "remove", "--year", "2024"]) == 0
    capsys.readouterr()
    assert findings(capsys, "CODE002") == []
    assert cli.main(["codes", "remove", "--year", "2024"]) == 2


@pytest.mark.usefixtures("folder")
def test_a_class_that_is_not_whole_makes_no_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list with three codes of a 类 says their names, and nothing of those it does not have."""
    rows: Rows = [["2024年"], ["科目编码", "科目名称"], ["2010301", "行政运行"], ["2010350", "事业单位运行"]]
    assert cli.main(["codes", "import", str(workbook(tmp_path / "科目.xlsx", 表=rows))]) == 0
    assert "不全的 1 类（201）" in capsys.readouterr().out
    assert {found["level"] for found in findings(capsys, "CODE002")} <= {"info", "warning"}
    (name,) = findings(capsys, "CODE003")
    assert "事业单位运行" in name["message"]


@pytest.mark.usefixtures("folder")
def test_an_economic_code_is_held_against_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(official(without="30103")))
    assert cli.main(["codes", "import", str(path)]) == 0
    capsys.readouterr()
    (found,) = findings(capsys, "CODE011")
    assert found["level"] == "error"
    assert "30103" in found["message"]


@pytest.mark.usefixtures("folder")
def test_a_template_names_codes_as_the_list_of_its_year_does(tmp_path: Path) -> None:
    names = {"20103": "本省的政府办公", "30101": "本省的基本工资", "2019801": "谁也不知道属于哪个预算的"}
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(official(names)))
    assert cli.main(["codes", "import", str(path)]) == 0
    (tmp_path / "单位.csv").write_text("科目编码,科目名称\n2010350,事业运行\n2019801,某项\n", encoding="utf-8")
    for year, named in ((2024, True), (2023, False)):
        output = tmp_path / f"{year}.xlsx"
        given = ["template", str(output), "--year", str(year), "--codes", str(tmp_path / "单位.csv")]
        assert cli.main(given) == 0
        book = openpyxl.load_workbook(output)
        for sheet, name in (("公开03表", "20103"), ("公开06表", "30101"), ("科目表", "20103")):
            texts = {cell.value for row in book[sheet].iter_rows() for cell in row}
            assert (names[name] in texts) == named
        assert "2019801" in {cell.value for cell in book["公开05表"]["A"]}


def test_a_part_of_the_codes_replaces_that_part(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = official()
    for first in "23":
        rows = one_column([item for item in codes if item[0][0] == first])
        assert cli.main(["codes", "import", str(workbook(tmp_path / f"{first}.xlsx", 表=rows))]) == 0
    assert len(own_list(str(folder), 2024)) == len(codes)
    capsys.readouterr()
    assert cli.main(["codes", "list"]) == 0
    said = capsys.readouterr().out
    assert f"功能分类 {sum(code[0] == '2' for code, _ in codes)} 个" in said


def test_lists_may_lie_elsewhere(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(official()))
    elsewhere = tmp_path / "别处"
    assert cli.main(["codes", "import", str(path), "--to", str(elsewhere)]) == 0
    assert f"{PLACE}={elsewhere}" in capsys.readouterr().out
    assert not folder.exists()
    assert cli.main(["codes", "list"]) == 0
    assert "还没有导入" in capsys.readouterr().out
    assert cli.main(["codes", "list", "--to", str(elsewhere)]) == 0
    assert "2024 年" in capsys.readouterr().out
    assert cli.main(["codes", "list", "--to", str(elsewhere), "--year", "2023"]) == 0
    assert "还没有导入过 2023 年的科目表" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "command", [["import"], ["list", "多余.xlsx"], ["remove"], ["import", "没有.xlsx"], ["remove", "--year", "1"]]
)
def test_a_command_that_will_not_do_is_refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["codes", *command]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.usefixtures("folder")
def test_a_year_must_be_known_and_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: Rows = [["科目编码", "科目名称"], ["201", "一般公共服务支出"]]
    path = str(workbook(tmp_path / "科目.xlsx", 表=rows))
    assert cli.main(["codes", "import", path]) == 2
    assert "--year" in capsys.readouterr().err
    assert cli.main(["codes", "import", path, "--year", "24"]) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"code,name,budget,tier\n201,x\n"])
def test_a_broken_list_is_told_and_can_be_imported_anew(
    content: bytes, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    (folder / "2024.csv").write_bytes(content)
    assert cli.main(["check", str(SAMPLE)]) == 2
    assert "juesuan codes" in capsys.readouterr().err
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(official()))
    assert cli.main(["codes", "import", str(path)]) == 0
    assert cli.main(["check", str(SAMPLE)]) == 0


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(PLACE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert own_folder() == str(tmp_path / "juesuan" / "codes")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "本地"))
    monkeypatch.setattr("sys.platform", "win32")
    assert own_folder() == str(tmp_path / "本地" / "juesuan" / "codes")


NAMES = st.text(st.sampled_from("行政运行、（），,事业“”AB・"), min_size=1, max_size=8)
CODES = st.from_regex(r"2[0-9]{2}([0-9]{2}){0,2}", fullmatch=True)


@settings(
    max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(codes=st.dictionaries(CODES, NAMES, min_size=1, max_size=12))
def test_what_is_imported_is_what_is_asked_for(codes: dict[str, str], folder: Path, tmp_path: Path) -> None:
    """Whatever the codes and names: the list of the year has them, and ours of every 类 that it has none of."""
    path = workbook(tmp_path / "科目.xlsx", 科目=one_column(sorted(codes.items())))
    read = {code.code: code.name for code in read_official_codes(str(path)).codes}
    assert read == {code: name.replace(",", "，") for code, name in codes.items()}
    assert cli.main(["codes", "import", str(path), "--year", "2022"]) == 0
    listed: Codes = functional(2022)
    assert {code: listed[code].name for code in codes} == read
    classes = {code[:3] for code in codes}
    assert {code for code in functional() if code[:3] not in classes} <= listed.keys()
    assert functional() == functional(2021)
    assert folder.is_dir()
