"""A folder of workbooks in one run: the same results as one by one, whoever does the work and however often killed."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import shanghai
from batch.corpus import unit_name, write_corpus
from full_disk import fill, small_disk
from hostile import FILES
from juesuan import cli
from juesuan.batch import run as running
from juesuan.batch.ledger import Ledger
from juesuan.batch.progress import Progress
from juesuan.batch.run import Job
from juesuan.errors import JuesuanError
from juesuan.intake.books import Found, Source, source_of
from juesuan.intake.judge import Order
from juesuan.reading import long_book
from juesuan.reading.long_book import Column, LongSheet, write_long_book
from tools import validation_errors

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SOME = ("APP001", "BAS001", "EXP001", "SUM001", "X013")
CLEAN = "甲/焦作 2024 &=%.xlsx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten files in folders of odd names: five with mistakes, one to verify, one of another format, three unreadable."""
    books = tmp_path_factory.mktemp("报送")
    for name in ("甲", "乙/丙"):
        (books / name).mkdir(parents=True)
    for code in SOME:
        shutil.copy(SAMPLES / "broken" / f"{code}.xlsx", books / "乙/丙")
    shutil.copy(SAMPLES / "焦作2024.xlsx", books / CLEAN)
    shutil.copy(SAMPLES / "hostile" / "焦作2024-有误.ods", books / "甲")
    shutil.copy(SAMPLES / "hostile" / "加了密码.xls", books / "甲")
    (books / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (books / "空.XLSX").write_bytes(b"")
    (books / "~$坏.xlsx").write_bytes(b"lock")
    (books / "说明.txt").write_text("不是工作簿", encoding="utf-8")
    return books


@pytest.fixture(scope="module")
def output(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of an undisturbed run."""
    place = tmp_path_factory.mktemp("结果") / "出"
    assert cli.main(["batch", str(folder), "-o", str(place)]) == 2
    return place


def content(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (place / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_line_is_what_check_says_of_the_book(folder: Path, output: Path, tmp_path: Path) -> None:
    entries = lines(output)
    paths = [entry["path"] for entry in entries]
    assert len(paths) == 10
    assert paths == sorted(paths)
    told = tmp_path / "核对.json"
    assert cli.main(["check", *paths, "--format", "json", "-o", str(told)]) == 2
    assert json.loads(told.read_text(encoding="utf-8"))["books"] == entries


def test_a_file_beyond_the_limits_is_told_as_check_tells_it(tmp_path: Path) -> None:
    (file,) = (file for file in FILES if file.name == "数字很长.xlsx")
    path = tmp_path / file.name
    path.write_bytes(file.make())
    told = tmp_path / "核对.json"
    assert cli.main(["batch", str(tmp_path), "-o", str(tmp_path / "出")]) == 2
    assert cli.main(["check", str(path), "--format", "json", "-o", str(told)]) == 2
    assert lines(tmp_path / "出") == json.loads(told.read_text(encoding="utf-8"))["books"]


def test_books_with_something_to_do_are_marked_and_others_are_not(folder: Path, output: Path) -> None:
    marked = {path.relative_to(output / "marked").as_posix() for path in (output / "marked").rglob("*.*")}
    assert marked == {CLEAN, "甲/焦作2024-有误.ods.xlsx", *(f"乙/丙/{code}.xlsx" for code in SOME)}
    findings = {Path(entry["path"]).name: entry["findings"] for entry in lines(output)}
    again = output.parent / "再核对.json"
    cli.main(["check", str(output / "marked/乙/丙/EXP001.xlsx"), "--format", "json", "-o", str(again)])
    assert json.loads(again.read_text(encoding="utf-8"))["books"][0]["findings"] == findings["EXP001.xlsx"]


def test_the_number_of_workers_and_a_second_run_make_no_difference(folder: Path, output: Path, tmp_path: Path) -> None:
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--workers", "1"]) == 2
    assert content(tmp_path) == content(output)
    assert set(content(tmp_path)) >= {"results.jsonl", "summary.xlsx", "index.html"}
    shutil.copy(tmp_path / "marked" / "乙/丙/EXP001.xlsx", tmp_path / "marked" / "不再有.xlsx")
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--resume"]) == 2
    assert content(tmp_path) == content(output)


def command(folder: Path, place: Path) -> list[str]:
    return [sys.executable, "-m", "juesuan", "batch", str(folder), "-o", str(place), "--workers", "2", "--resume"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="本系统没有 kill -9")
def test_a_run_killed_again_and_again_ends_with_the_same_bytes(folder: Path, output: Path, tmp_path: Path) -> None:
    before: set[str] = set()
    for number in range(1, 4):
        process = subprocess.Popen(command(folder, tmp_path), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        results, wanted = tmp_path / "results.jsonl", min(9, 2 * number + len(before))
        while process.poll() is None and not (results.exists() and results.read_bytes().count(b"\n") >= wanted):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        known = {line for line in results.read_text(encoding="utf-8").splitlines() if line.endswith("}")}
        assert before <= known, "已经核对过的又丢了"
        before = known
    assert (tmp_path / ".batch.sqlite").exists()
    done = subprocess.run(command(folder, tmp_path), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2, done.stderr
    assert content(tmp_path) == content(output)


def test_what_is_done_is_not_done_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from juesuan.batch import run
    from juesuan.intake.judge import Order
    from juesuan.intake.pool import Judged, Pool

    asked: list[str] = []
    judge = Pool.judge

    def interrupted(self: Pool, paths: Iterator[str]) -> Iterator[Judged]:
        for judged in judge(self, paths):
            yield judged
            asked.append(judged.path)
            if len(asked) == 4:
                raise KeyboardInterrupt

    monkeypatch.setattr(Pool, "judge", interrupted)
    job = run.Job(source_of(str(folder)), str(tmp_path), Order("henan-2024"), workers=1)
    with pytest.raises(KeyboardInterrupt):
        run.run(job, io.StringIO())
    changed = Path(asked[0])
    os.utime(changed, ns=(1, changed.stat().st_mtime_ns + 10**9))
    said = io.StringIO()
    run.run(job._replace(resume=True), said)
    assert len(asked) == 4 + 6 + 1
    assert asked.count(str(changed)) == 2
    assert "10/10 份" in said.getvalue()


def test_edits_in_a_marked_copy_are_kept(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books, place = tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", books)
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    copy = place / "marked" / "EXP001.xlsx"
    book = openpyxl.load_workbook(copy)
    book.worksheets[2]["A1"] = "改过"
    book.save(copy)
    edited = copy.read_bytes()
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    assert copy.read_bytes() == edited
    assert "有 1 份标注件没有更新" in capsys.readouterr().out


def test_what_is_no_marked_copy_of_ours_is_neither_written_over_nor_taken_away(folder: Path, tmp_path: Path) -> None:
    books, place = tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", books)
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    shutil.copy(SAMPLES / "焦作2024.xlsx", place / "marked" / "EXP001.xlsx")  # the marks cleared, the mistake put right
    (place / "marked" / "审核意见.docx").write_bytes(b"PK\x03\x04")
    shutil.copy(SAMPLES / "焦作2024.xlsx", place / "marked" / "另一份.xlsx")
    (place / "marked" / "断了.xlsx").symlink_to("没有")
    before = content(place / "marked")
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    assert content(place / "marked") == before
    assert lines(place)[0]["verdict"] == "fail"


def test_a_full_disk_ends_a_run_that_goes_on_to_the_same_bytes(tmp_path: Path, folder: Path, output: Path) -> None:
    place = tmp_path / "出"
    with small_disk(place, 2) as ballast:
        fill(ballast)
        with open(ballast, "rb+") as file:
            file.truncate(ballast.stat().st_size - 200_000)
        run = subprocess.run(command(folder, place), capture_output=True, encoding="utf-8", check=False)
        assert run.returncode == 2
        assert run.stderr.splitlines()[-1].startswith("没有做完，写不了")
        ballast.unlink()
        assert cli.main(["batch", str(folder), "-o", str(place), "--resume"]) == 2
        assert content(place) == content(output)


def test_a_run_goes_on_when_nobody_reads_what_it_says(folder: Path, output: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(command(folder, tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr
    process.stderr.close()
    process.wait()
    assert content(tmp_path) == content(output)


def test_the_tables_hold_one_line_a_unit_and_every_finding(output: Path) -> None:
    book = openpyxl.load_workbook(output / "summary.xlsx")
    entries = lines(output)
    assert book.sheetnames == ["单位", "错误", "核实", "尾差", "提示", "未核对", "判不了", "规则频次"]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    assert book["单位"].max_row == 1 + len(entries)
    findings = [item for entry in entries for item in entry["findings"]]
    errors = [item for item in findings if item["level"] == "error"]
    assert [row[4].value for row in book["错误"].iter_rows(min_row=2)] == [item["rule"] for item in errors]
    shown = [str(row[5].value) for row in book["错误"].iter_rows(min_row=2) if row[5].value is not None]
    assert list(map(float, shown)) == [float(item["actual"]) for item in errors if item["actual"] is not None]
    tails = [cell for item in findings if item["status"] == "tail" for cell in item["cells"]]
    assert book["尾差"].max_row == 1 + len(tails)
    frequencies = {(row[0], row[3]): row[4:] for row in book["规则频次"].iter_rows(min_row=2, values_only=True)}
    several = [sum(item["rule"] == "X051" for item in entry["findings"]) for entry in entries]
    assert frequencies["X051", "核实"] == (sum(map(bool, several)), sum(several))
    assert book["判不了"].max_row == 1 + 3


def test_the_tables_are_a_workbook_without_faults(output: Path) -> None:
    assert validation_errors(output / "summary.xlsx") == []


def test_a_sheet_that_is_longer_than_excel_shows_says_that_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_book, "LONGEST", 2)
    sheets = [LongSheet(name, (Column("甲", 9), Column("乙", 9, "count"))) for name in ("短", "长")]
    for sheet, length in zip(sheets, (2, 3), strict=True):
        for number in range(length):
            sheet.add(("=1+1", number))
    write_long_book(str(tmp_path / "表.xlsx"), sheets)
    book = openpyxl.load_workbook(tmp_path / "表.xlsx")
    assert book.sheetnames == ["短", "长（不全）"]
    assert [list(sheet.values) for sheet in book.worksheets] == [[("甲", "乙"), ("=1+1", 0), ("=1+1", 1)]] * 2
    assert book["短"]["A2"].data_type == "s"


def test_a_row_is_as_high_as_its_longest_text_needs(tmp_path: Path) -> None:
    """Without a height LibreOffice and WPS draw the lines of a long text over the next row."""
    sheet = LongSheet("表", (Column("甲", 12), Column("乙", 42)))
    for text in ("短", "一二三四五六七八九十" * 5, "字" * 9_000):
        sheet.add(("单位", text))
    write_long_book(str(tmp_path / "表.xlsx"), [sheet])
    heights = openpyxl.load_workbook(tmp_path / "表.xlsx")["表"].row_dimensions
    assert [heights[row].height for row in (2, 3, 4)] == [None, 3 * 16, 409]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="本系统不能向进程发 SIGINT")
@pytest.mark.parametrize("time_over", range(6))
def test_who_interrupts_a_run_is_told_how_to_go_on(time_over: int, folder: Path, tmp_path: Path) -> None:
    """Some times over: it may come while another thread takes the next path."""
    process = subprocess.Popen(command(folder, tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    while not (tmp_path / "results.jsonl").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 2
    assert said.decode().endswith("已中断，做完的都记下了。请加 --resume 接着做。\n")


def test_without_marked_copies_none_are_said_to_be_there(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, there in (((), True), (("--no-marks",), False)):
        cli.main(["batch", str(folder), "-o", str(tmp_path), *options])
        assert ("标注的工作簿在 marked" in capsys.readouterr().out) is there


def test_a_list_of_paths_does_as_well(folder: Path, output: Path, tmp_path: Path) -> None:
    names = tmp_path / "清单.txt"
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in (".xlsx", ".ods") and "~" not in path.name]
    names.write_text("\n".join(map(str, [*paths, folder / "没有.xlsx"])), encoding="utf-8")
    assert cli.main(["batch", str(names), "-o", str(tmp_path / "出"), "--no-marks"]) == 2
    told = {entry["path"]: entry for entry in lines(tmp_path / "出")}
    assert "找不到文件" in told.pop(str(folder / "没有.xlsx"))["reason"]
    assert told == {entry["path"]: entry for entry in lines(output) if entry["path"] in map(str, paths)}
    assert not (tmp_path / "出" / "marked").exists()


def test_what_cannot_be_begun_is_one_sentence(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["batch", str(tmp_path / "没有"), "-o", str(tmp_path / "出")]) == 2
    assert "找不到" in capsys.readouterr().err
    assert cli.main(["batch", str(folder), "-o", str(folder / "坏.xlsx")]) == 2
    assert "建不了文件夹" in capsys.readouterr().err
    assert cli.main(["batch", str(folder), "-o", str(tmp_path / "出"), "--workers", "0"]) == 2
    assert "至少要 1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["batch", str(folder), "-o", str(tmp_path / "出"), "--workers", "1", "--scheduler", "tcp://x"])
    assert "不能与 --workers 一起用" in capsys.readouterr().err
    assert cli.main(["batch", str(folder), "-o", str(tmp_path / "出"), "--rules", str(tmp_path / "无.toml")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    empty = tmp_path / "空"
    empty.mkdir()
    assert cli.main(["batch", str(empty), "-o", str(tmp_path / "出")]) == 0
    assert "没有找到工作簿" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="本系统的文件名总是 Unicode")
def test_odd_names_and_copies_that_cannot_be_written_do_not_stop_a_run(tmp_path: Path) -> None:
    books, place = tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    odd = os.fsencode(books) + b"/\xff\xfe.xlsx"
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", os.fsdecode(odd))
    shutil.copy(SAMPLES / "hostile" / "焦作2024-有误.xls", books / f"{'长' * 83}.xls")
    (place / "marked" / "EXP001.xlsx").mkdir(parents=True)
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", books)
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    assert [entry["verdict"] for entry in lines(place)] == ["fail"] * 3
    assert [path.name for path in (place / "marked").rglob("*.xlsx") if path.is_file()] == ["\udcff\udcfe.xlsx"]
    assert cli.main(["check", os.fsdecode(odd), "--format", "html", "-o", str(tmp_path / "x.html")]) == 1


def test_a_folder_that_cannot_be_opened_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    given = tmp_path / "报送"
    given.mkdir()
    shutil.copy(SAMPLES / "焦作2024.xlsx", given / "甲.xlsx")
    # A path longer than the system opens: permissions would not keep root out.
    at = os.open(given, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("深" * 80, dir_fd=at)
        inner = os.open("深" * 80, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    assert cli.main(["batch", str(given), "-o", str(tmp_path / "结果")]) == 2
    found = {book["path"]: book for book in lines(tmp_path / "结果")}
    assert len(found) == 2
    assert found.pop(str(given / "甲.xlsx"))["verdict"] == "warn"
    ((_, deep),) = found.items()
    assert deep["verdict"] == "unjudged"
    assert "文件名太长" in deep["reason"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="本系统没有命名管道")
def test_what_is_called_a_workbook_and_is_no_file_is_listed_with_the_reason(tmp_path: Path) -> None:
    books = tmp_path / "报送"
    (books / "真的文件夹.xlsx").mkdir(parents=True)
    shutil.copy(SAMPLES / "焦作2024.xlsx", books / "真的文件夹.xlsx" / "甲.xlsx")
    os.mkfifo(books / "管道.xlsx")
    (books / "断链.xlsx").symlink_to("没有.xlsx")
    (books / "好链.xlsx").symlink_to("真的文件夹.xlsx/甲.xlsx")
    assert cli.main(["batch", str(books), "-o", str(tmp_path / "出")]) == 2
    told = {Path(entry["path"]).name: entry["reason"] or entry["verdict"] for entry in lines(tmp_path / "出")}
    assert (told.pop("甲.xlsx"), told.pop("好链.xlsx")) == ("warn", "warn")
    assert {name: reason.partition("。")[0] for name, reason in told.items()} == {
        "管道.xlsx": "“管道.xlsx”是管道或设备，不是工作簿",
        "断链.xlsx": f"找不到文件“{books}/断链.xlsx”",
    }


def test_books_of_all_editions_go_together_and_rules_that_fit_only_some_stop_nothing(tmp_path: Path) -> None:
    rules, books, place = tmp_path / "本市.toml", tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", books / "河南.xlsx")
    shanghai.write(books / "上海.xlsx", shanghai.ACCOUNTS[0])
    rules.write_text(
        '[[rule]]\ncode = "SCO901"\ntitle = "年初结转不小于零"\nlevel = "error"\nbasis = "试"\nadvice = "试。"\n'
        'catalogue = []\nexpr = "state_capital.opening_carryover >= 0"\n',
        encoding="utf-8",
    )
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    assert [(entry["edition"], entry["verdict"]) for entry in lines(place)][1] == ("henan-2024", "fail")
    assert lines(place)[0]["edition"] == "shanghai-2024"
    frequencies = openpyxl.load_workbook(place / "summary.xlsx")["规则频次"]
    assert {row[0] for row in frequencies.iter_rows(min_row=2, values_only=True)} >= {
        item["rule"] for entry in lines(place) for item in entry["findings"]
    }
    assert all(row[1] and row[2] for row in frequencies.iter_rows(min_row=2, values_only=True)), "规则没有名称"
    assert cli.main(["batch", str(books), "-o", str(place), "--rules", str(rules)]) == 2
    first, second = lines(place)
    assert first["verdict"] in ("tail", "warn")
    assert (second["verdict"], "SCO901" in second["reason"]) == ("unjudged", True)


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path / "x"), "甲", afresh=True)
    ledger.expect([])
    with pytest.raises(JuesuanError, match="正被另一次批量核对写入"):
        Ledger(str(tmp_path / "x"), "甲", afresh=False)
    ledger.finish()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("afresh", [True, False])
def test_a_ledger_that_is_none_or_damaged_or_of_another_make_is_begun_anew(tmp_path: Path, afresh: bool) -> None:
    ledger = Ledger(str(tmp_path / "坏"), "甲", afresh=True)
    ledger.expect(Found(f"{number:04}.xlsx", 1, 1) for number in range(2000))
    ledger.close()
    whole = (tmp_path / "坏").read_bytes()
    (tmp_path / "坏").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    (tmp_path / "不是").write_bytes(b"not a database" * 100)
    with sqlite3.connect(tmp_path / "旧") as base:
        base.execute("CREATE TABLE order_ (text TEXT)")
        base.execute("CREATE TABLE book (path BLOB PRIMARY KEY)")
    base.close()
    for name in ("坏", "不是", "旧"):
        ledger = Ledger(str(tmp_path / name), "乙", afresh=afresh)
        assert ledger.total() == 0
        ledger.expect([Found("甲.xlsx", 1, 1)])
        assert list(ledger.waiting()) == ["甲.xlsx"]
        ledger.finish()


def test_a_ledger_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(JuesuanError, match="或不能写"):
        Ledger(str(tmp_path / "x"), "甲", afresh=True)


def test_progress_tells_rate_rest_and_counts() -> None:
    progress = Progress(io.StringIO(), 100, {"pass": 10})
    for verdict in ("pass", "tail", "warn", "fail", "unjudged"):
        progress.add(verdict)
    assert progress.line(2.5).endswith("15/100 份，每秒 2.0 份，约剩 0:42；通过 12，核实 1，有错 1，判不了 1")


@pytest.mark.parametrize("form", ["html", "xlsx"])
def test_check_writes_the_page_and_the_tables_of_some_books(folder: Path, tmp_path: Path, form: str) -> None:
    place = tmp_path / f"出.{form}"
    books = [str(folder / "乙/丙/EXP001.xlsx"), str(folder / CLEAN)]
    assert cli.main(["check", *books, "--format", form, "-o", str(place)]) == 1
    if form == "html":
        assert "http" not in place.read_text(encoding="utf-8").replace("http-equiv", "")
    else:
        names = openpyxl.load_workbook(place)["单位"].iter_rows(min_row=2, min_col=2, max_col=2, values_only=True)
        assert sorted(names) == [("乙/丙/EXP001.xlsx",), (CLEAN,)]


def test_results_of_earlier_runs_are_not_taken_for_submissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", tmp_path)
    for name in ("结果1", "下面/结果2"):
        assert cli.main(["batch", str(tmp_path), "-o", str(tmp_path / name)]) == 1
        assert [entry["path"] for entry in lines(tmp_path / name)] == [str(tmp_path / "EXP001.xlsx")]
        assert (tmp_path / name / "marked" / "EXP001.xlsx").exists()
    before = content(tmp_path)
    assert cli.main(["batch", str(tmp_path), "-o", f"{tmp_path}/下面/.."]) == 2
    assert "结果不能写进要核对的文件夹" in capsys.readouterr().err
    assert content(tmp_path) == before


def test_another_edition_file_begins_anew(tmp_path: Path) -> None:
    """What was judged by the file as it was is not mixed with what is judged by the file as it is."""
    edition, asked = tmp_path / "版式.toml", []
    for text in ('extends = "henan-2024"\n', 'extends = "sichuan-2024"\n'):
        edition.write_text(text, encoding="utf-8")
        asked.append(running._fingerprint(Job(Source("报送"), "出", Order(str(edition)))))
    assert asked[0] != asked[1]


def test_two_books_do_not_share_a_marked_copy(tmp_path: Path) -> None:
    """An .xls, and its marked copy sent back beside it."""
    books, place = tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    shutil.copy(SAMPLES / "hostile" / "焦作2024-有误.xls", books / "甲.xls")
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", books / "甲.xls.xlsx")
    assert cli.main(["batch", str(books), "-o", str(place)]) == 1
    assert sorted(path.name for path in (place / "marked").iterdir()) == ["甲.xls.xlsx", "甲.xls.标注.xlsx"]


def test_files_of_an_impossible_day_and_folders_without_end_do_not_stop_a_run(tmp_path: Path) -> None:
    """A moment beyond what 64 bits of nanoseconds hold, where the disk keeps it; twelve hundred folders in folders."""
    books, place = tmp_path / "报送", tmp_path / "出"
    books.mkdir()
    shutil.copy(SAMPLES / "焦作2024.xlsx", books / "甲.xlsx")
    os.utime(books / "甲.xlsx", ns=(0, 1 << 63))
    at = os.open(books, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("深", dir_fd=at)
        inner = os.open("深", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    with os.fdopen(os.open("坏.xlsx", os.O_WRONLY | os.O_CREAT, dir_fd=at), "wb") as file:
        file.write(b"PK\x03\x04")
    os.close(at)
    assert cli.main(["batch", str(books), "-o", str(place)]) == 2
    assert [entry["verdict"] for entry in lines(place)] == ["unjudged", "warn"]
    subprocess.run(["rm", "-r", str(books)], check=True)  # too deep for shutil


def test_the_books_of_the_benchmark_are_of_as_many_units(tmp_path: Path) -> None:
    write_corpus(tmp_path / "报送", 3, drawn=1, rows=4)
    cli.main(["batch", str(tmp_path / "报送"), "-o", str(tmp_path / "出"), "--no-marks"])
    assert [entry["unit"] for entry in lines(tmp_path / "出")] == [unit_name(number) for number in range(3)]
