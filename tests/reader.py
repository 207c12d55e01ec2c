"""A reader who does what the docs say: the files and commands of a page, and a folder to carry them out in."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import openpyxl

import plain
from clerk import filled_file
from exact import figures
from juesuan.cli import main
from juesuan.edition import DEFAULT_EDITION, load_edition
from plain import Style

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
WRONG, RIGHT = "焦作2024-有误.xlsx", "焦作2024.xlsx"
SUPPLEMENTED = "焦作2024-补充资料.xlsx"
SECONDS = 120


class Fence(NamedTuple):
    """A fenced block: its language, the file it is the text of, and the text."""

    language: str
    title: str
    text: str


def fences(page: str) -> list[Fence]:
    """The fenced blocks of a page, by its path from the root."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r'(?ms)^( *)```(\w*)(?: title="([^"]+)")?\n(.*?)^\1```$', text)
    return [Fence(language, title, body) for _, language, title, body in found]


def commands(page: str) -> list[str]:
    """The command lines of a page, without their comments; one broken by backslashes is one."""
    lines = "".join(fence.text.replace("\\\n", " ") for fence in fences(page) if fence.language in ("bash", "bat"))
    return [line for line in lines.splitlines() if shlex.split(line, comments=True, posix=False)]


def carried_out(command: str, folder: Path, source: Path = ROOT / "workbook") -> subprocess.CompletedProcess[str]:
    """`command` in a shell that stands in `folder` and knows `juesuan`, whose source lies in `source`."""
    programs = folder.parent / f"{folder.name} programs"
    programs.mkdir(exist_ok=True)
    shim = programs / "juesuan"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m juesuan "$@"\n')
    shim.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(source),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "JUESUAN_CODES": str(programs / "codes"),
    }
    run = ["bash", "-c", command]
    return subprocess.run(run, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)


def prepare(folder: Path) -> None:
    """What the pages speak of: samples, submitted workbooks, lists of units, last year's workbook, a narrative."""
    for place, names in {
        "samples": (WRONG, RIGHT, SUPPLEMENTED),
        "报送/示例市财政局": (WRONG, SUPPLEMENTED),
        "报送": (RIGHT,),
        "收件": (WRONG,),
    }.items():
        (folder / place).mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / place / name).write_bytes((SAMPLES / name).read_bytes())
    (folder / "报送" / "某局.xlsx").write_bytes((SAMPLES / WRONG).read_bytes())
    units = (
        "单位编码,单位名称,主管部门,邮箱,截止日期\n101001,焦作市公共资源交易中心,,,2025-07-31\n101002,示例市图书馆,,,\n"
    )
    for name in ("名单.csv", "单位名单.csv"):
        (folder / name).write_text(units, encoding="utf-8")
    for name in ("上年", "历年", "各单位"):
        (folder / name).mkdir()
    spoken_otherwise(folder / "上年" / "焦作2023.xlsx", "2024", "2023")
    for name, year in (("本年", "2024"), ("上年", "2023"), ("前年", "2022")):
        spoken_otherwise(folder / f"{name}.xlsx", "2024", year)
        spoken_otherwise(folder / "历年" / f"{year}.xlsx", "2024", year)
    for unit in ("焦作市公共资源交易中心", "焦作市示例中心"):
        spoken_otherwise(folder / "各单位" / f"{unit}.xlsx", "焦作市公共资源交易中心", unit)
    (folder / "某局.xlsx").write_bytes((SAMPLES / WRONG).read_bytes())
    rows_in(folder / "本省.xlsx", "勾稽规则", [("公式",), ("公开03!D >= 0",)])
    codes = [("科目编码", "科目名称"), ("201", "一般公共服务支出"), ("20101", "人大事务"), ("2010101", "行政运行")]
    rows_in(folder / "2024年政府收支分类科目.xlsx", "功能分类", codes)
    of_two_tables(folder / "广东某局.xlsx")
    filled_file(folder / "决算（元）.xlsx", figures(3, load_edition(DEFAULT_EDITION)), "元", 3)
    assert main(["narrate", str(SAMPLES / SUPPLEMENTED), "-o", str(folder / "文字稿.docx"), "--full"]) == 0


def rows_in(path: Path, title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """A workbook of one sheet."""
    file = openpyxl.Workbook()
    sheet = file.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    file.save(path)


def spoken_otherwise(output: Path, text: str, other: str) -> None:
    """The sample with another text in every cell that has this one."""
    file = openpyxl.load_workbook(SAMPLES / RIGHT)
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace(text, other)
    file.save(output)


def of_two_tables(path: Path) -> Path:
    """焦作's figures in the form of a province that prints two tables, the second with columns of its own."""
    plain.write(path, Style())
    file = openpyxl.load_workbook(path)
    for name in [sheet.title for sheet in file if sheet.title not in ("公开01表", "公开03表")]:
        del file[name]
    sheet = file["公开03表"]
    sheet["A1"], sheet["C4"] = "部门支出决算表", "支出合计"
    sheet.delete_cols(6, 3)
    file.save(path)
    return path
