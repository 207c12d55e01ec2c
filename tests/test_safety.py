"""What never happens: a connection to the network, a macro run, a word of a unit's that becomes a formula."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from juesuan.cli import main
from reader import RIGHT, ROOT, SAMPLES, SUPPLEMENTED, WRONG
from tools import require_module

TRAP = """
import os, socket
def refuse(*_, **__):
    open(os.environ["TRAP"], "w").close()
    raise OSError("no network here")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = socket.getaddrinfo = refuse
"""
"""Python runs it first in every process, those that a command starts included."""
MAILBOX = """
[imap]
host = "127.0.0.1"
port = 9
user = "a@unit.test"
tls = "none"
[smtp]
host = "127.0.0.1"
port = 9
tls = "none"
from = "a@unit.test"
[state]
dir = "state"
"""
SUMS = "=1+2"


@pytest.mark.parametrize(
    "command",
    [
        ["check", WRONG],
        ["mark", WRONG, "-o", "标注.xlsx"],
        ["fill", WRONG, "-o", "填列.xlsx"],
        ["balance", RIGHT, "-o", "万元.xlsx"],
        ["template", "模板.xlsm"],
        ["batch", ".", "-o", "结果", "--workers", "1"],
        ["narrate", SUPPLEMENTED, "-o", "说明.docx"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_but_those_for_mail_and_clusters_opens_a_connection(command: list[str], tmp_path: Path) -> None:
    for name in (WRONG, RIGHT, SUPPLEMENTED):
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    run, trapped = trapped_run(command, tmp_path)
    assert run.returncode in (0, 1), run.stderr
    assert not trapped
    assert {name: (tmp_path / name).read_bytes() for name in before} == before, "原件一个字节也没有变"


def test_the_trap_catches_the_one_that_connects(tmp_path: Path) -> None:
    require_module("imapclient")
    (tmp_path / "mailbox.toml").write_text(MAILBOX, encoding="utf-8")
    assert trapped_run(["mailbox", "once", "--config", "mailbox.toml"], tmp_path)[1]


def trapped_run(command: list[str], folder: Path) -> tuple[subprocess.CompletedProcess[str], bool]:
    """`juesuan` in a folder, and whether it or a process of its own reached for the network."""
    trap = folder / "trap"
    trap.mkdir()
    (trap / "sitecustomize.py").write_text(TRAP, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "juesuan", *command],
        cwd=folder,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join([str(trap), str(ROOT / "workbook")]),
            "TRAP": str(trap / "asked"),
            "JUESUAN_IMAP_PASSWORD": "x",
            "JUESUAN_SMTP_PASSWORD": "x",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return run, (trap / "asked").exists()


def test_macros_are_kept_byte_for_byte_and_never_looked_into(tmp_path: Path) -> None:
    template, marked = tmp_path / "模板.xlsm", tmp_path / "标注.xlsm"
    assert main(["template", str(template)]) == 0
    with zipfile.ZipFile(template) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/vbaProject.bin"] = b"no macro at all"
    with zipfile.ZipFile(template, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert main(["mark", str(template), "-o", str(marked)]) == 0
    with zipfile.ZipFile(marked) as archive:
        assert archive.read("xl/vbaProject.bin") == b"no macro at all"


def test_what_a_unit_wrote_is_never_a_formula_in_what_is_written(tmp_path: Path) -> None:
    folder, output = tmp_path / "报送", tmp_path / "结果"
    folder.mkdir()
    file = openpyxl.load_workbook(SAMPLES / WRONG)
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "死亡抚恤" in cell.value:
                    cell.value = SUMS
                    cell.data_type = "s"
                elif isinstance(cell.value, str) and "焦作市公共资源交易中心" in cell.value:
                    cell.value = cell.value.replace("焦作市公共资源交易中心", SUMS)
    file.save(folder / f"{SUMS}.xlsx")
    assert main(["batch", str(folder), "-o", str(output), "--workers", "1"]) == 1
    written = [output / "summary.xlsx", *(output / "marked").rglob("*.xlsx")]
    assert len(written) == 2
    seen = 0
    for path in written:
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" or not str(cell.value).startswith(SUMS), (
                        f"{path.name} {cell.coordinate}"
                    )
                    seen += SUMS in str(cell.value)
    assert seen > 3
