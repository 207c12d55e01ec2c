"""The drop folder: what is put into it whole is judged once, whatever happens to the process."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import shanghai
from full_disk import fill, small_disk
from hostile.kind import SAMPLE
from juesuan.intake.judge import Order
from juesuan.mailbox.drop import DONE, RESULTS, Drop

CLEAN = SAMPLE.parent / "焦作2024.xlsx"


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "juesuan", "watch", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_workbook_put_into_the_folder_is_judged_and_marked(tmp_path: Path) -> None:
    (tmp_path / "林业局").mkdir()
    (tmp_path / "林业局" / "决算.xlsx").write_bytes(SAMPLE.read_bytes())
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "~$决算.xlsx").write_bytes(b"lock")
    robot = start(tmp_path, "--once")
    assert (robot.communicate(timeout=120)[1], robot.returncode) == ("", 0)
    copies = [path for path in (tmp_path / RESULTS).iterdir() if path.suffix == ".xlsx"]
    texts = {
        path.name.partition("-核对")[0]: path.read_text(encoding="utf-8-sig")
        for path in (tmp_path / RESULTS).glob("*.txt")
    }
    assert len(copies) == 1
    assert "必须改 4 处" in texts["林业局／决算"]
    assert "坏.xlsx" in texts["坏"]
    assert len(names(tmp_path / DONE)) == 2
    assert (tmp_path / "~$决算.xlsx").exists()
    assert not (tmp_path / "坏.xlsx").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="本系统没有命名管道")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.xlsx")
    (tmp_path / "决算.xlsx").write_bytes(CLEAN.read_bytes())
    robot = start(tmp_path, "--once")
    said = robot.communicate(timeout=60)[1]
    assert robot.returncode == 2
    assert "管道.xlsx”是管道或设备，不是工作簿，没有核对" in said
    assert len(names(tmp_path / DONE)) == 1


def test_rules_that_fit_one_edition_keep_no_other_book_waiting(tmp_path: Path) -> None:
    rules, folder = tmp_path / "本市.toml", tmp_path / "决算"
    folder.mkdir()
    rules.write_text(
        '[[rule]]\ncode = "SCO901"\ntitle = "年初结转不小于零"\nlevel = "error"\nbasis = "试"\nadvice = "试。"\n'
        'catalogue = []\nexpr = "state_capital.opening_carryover >= 0"\n',
        encoding="utf-8",
    )
    (folder / "一河南.xlsx").write_bytes(CLEAN.read_bytes())
    shanghai.write(folder / "二上海.xlsx", shanghai.ACCOUNTS[0])
    robot = start(folder, "--once", "--rules", rules)
    assert (robot.communicate(timeout=60)[1], robot.returncode) == ("", 0)
    texts = {path.name[:1]: path.read_text(encoding="utf-8-sig") for path in (folder / RESULTS).glob("*.txt")}
    assert "SCO901" in texts["一"]
    assert "SCO901" not in texts["二"]
    assert len(names(folder / DONE)) == 2


def test_what_goes_wrong_in_us_is_logged_with_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "决算.xlsx").write_bytes(CLEAN.read_bytes())
    (tmp_path / "坏").mkdir()
    hook = tmp_path / "坏" / "sitecustomize.py"
    hook.write_text(
        "import sys\nif 'juesuan.mailbox.worker' in sys.orig_argv:\n    import juesuan.check\n"
        "    def check(*_):\n        raise RuntimeError('ours')\n    juesuan.check.check = check\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "juesuan", "watch", str(tmp_path / "放")]
    (tmp_path / "放").mkdir()
    (tmp_path / "决算.xlsx").rename(tmp_path / "放" / "决算.xlsx")
    paths = os.pathsep.join([str(hook.parent), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [*command, "--once"],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"},
        timeout=60,
    )
    (line,) = run.stderr.splitlines()
    assert json.loads(line)["event"] == "not_judged"
    assert "RuntimeError: ours" in json.loads(line)["trace"]


def test_a_file_that_is_still_being_copied_is_not_taken(tmp_path: Path) -> None:
    data = CLEAN.read_bytes()
    with Drop(str(tmp_path), Order(), settled=0.2) as drop:
        path = tmp_path / "决算.xlsx"
        path.write_bytes(data[: len(data) // 2])
        drop.step()
        time.sleep(0.3)
        assert drop.step() == []
        path.write_bytes(data)
        assert drop.step() == []
        time.sleep(0.3)
        assert drop.step() == ["决算.xlsx"]
        assert drop.step() == []


def test_a_file_deep_in_folders_of_long_names_is_judged(tmp_path: Path) -> None:
    deep = tmp_path / ("报送材料" * 15) / ("最终稿" * 15)
    deep.mkdir(parents=True)
    (deep / f"{'决算' * 35}.xlsx").write_bytes(CLEAN.read_bytes())
    with Drop(str(tmp_path), Order(), settled=0.2) as drop:
        drop.settle()
        assert drop.refused == {}
    (copy,) = (tmp_path / RESULTS).glob("*.xlsx")
    assert "决算决算-核对-" in copy.name
    assert len(names(tmp_path / DONE)) == 1


def test_a_file_that_cannot_be_taken_is_told_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "决算.xlsx").write_bytes(CLEAN.read_bytes())

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    with Drop(str(tmp_path), Order(), settled=0.2) as drop:
        monkeypatch.setattr(os, "rename", refuse)
        drop.settle()
        ((path, sentence),) = drop.refused.items()
        assert (Path(path).name, "没有核对" in sentence) == ("决算.xlsx", True)
        monkeypatch.undo()
        assert drop.step() == ["决算.xlsx"]
        assert drop.refused == {}


def test_whoever_stops_it_need_not_wait_for_all_files(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.xlsx").write_bytes(SAMPLE.read_bytes())
    robot = start(tmp_path, "--once")
    while not (tmp_path / RESULTS).exists() or not names(tmp_path / RESULTS):
        time.sleep(0.05)
    robot.send_signal(signal.SIGINT)
    assert (robot.communicate(timeout=60)[1], robot.returncode) == ("", 0)
    done = len(names(tmp_path / DONE))
    assert done < 30
    assert len(list((tmp_path / RESULTS).glob("*.txt"))) == done


def test_a_full_disk_is_told_once_and_made_good_without_help(tmp_path: Path) -> None:
    folder = tmp_path / "决算"
    with small_disk(folder, 1):
        ballast = folder / "ballast.tmp"
        (folder / "决算.xlsx").write_bytes(CLEAN.read_bytes())
        fill(ballast)
        robot = start(folder)
        assert robot.stderr
        said = robot.stderr.readline()
        assert "磁盘空间不足" in said
        time.sleep(5)
        ballast.unlink()
        until = time.monotonic() + 60
        while not (folder / DONE).exists() or not names(folder / DONE):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert len(names(folder / RESULTS)) == 2
        robot.terminate()
        assert (robot.communicate(timeout=60)[1], robot.returncode) == ("", 0)


def test_two_processes_do_not_have_one_folder(tmp_path: Path) -> None:
    with Drop(str(tmp_path), Order()):
        robot = start(tmp_path, "--once")
        said = robot.communicate(timeout=60)[1]
    assert robot.returncode == 2
    assert "正由另一个" in said
    missing = start(tmp_path / "没有", "--once")
    assert "没有文件夹" in missing.communicate(timeout=60)[1]


@pytest.mark.parametrize("seed", [1])
def test_killed_at_any_moment_every_file_has_its_one_result(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    for number in range(12):
        (tmp_path / f"{number}.xlsx").write_bytes(CLEAN.read_bytes())
    for _ in range(5):
        robot = start(tmp_path)
        time.sleep(draw.uniform(2.5, 5))
        robot.send_signal(signal.SIGKILL)
        robot.wait()
    robot = start(tmp_path, "--once")
    assert (robot.communicate(timeout=120)[1], robot.returncode) == ("", 0)
    results = names(tmp_path / RESULTS)
    assert sorted(name.partition("-核对")[0] for name in results if name.endswith(".xlsx")) == sorted(
        map(str, range(12))
    )
    assert len([name for name in results if name.endswith(".txt")]) == 12
    assert len(results) == 24
    assert len(names(tmp_path / DONE)) == 12
    robot = start(tmp_path)
    time.sleep(2)
    robot.terminate()
    assert robot.wait(30) == 0
