"""External programs that tests use as independent witnesses: LibreOffice, poppler."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

DEBIAN_PACKAGES = {
    "soffice": "libreoffice-calc",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pdfinfo": "poppler-utils",
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
    package = DEBIAN_PACKAGES.get(program, program)
    reason = f"本机没有外部程序 {program}，这项测试做不了；Debian 上请安装：apt-get install {package}"
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
