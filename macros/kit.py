"""The kit for intranets: wheels for Windows, the add-in and the template in one zip, with 安装.bat and a guide.

``python macros/kit.py OUT.zip [--python 3.12] [--installer python-3.12.8-amd64.exe]`` on a machine with a network;
the zip needs none. Python itself is put in only when its installer is given. Needs ``packaging``, as pytest does.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workbook"))

from juesuan.addin.install import ADD_IN  # noqa: E402
from juesuan.ooxml.new_package import new_package  # noqa: E402

PLATFORM = "win_amd64"
EXTRAS = ("excel", "document")
WINDOWS_ONLY = ("pywin32",)
"""What xlwings needs on Windows; pip judges such conditions by the machine it runs on."""

HASHES, BATCH, GUIDE = "SHA256SUMS", "安装.bat", "说明.txt"
_TAG = re.compile(r".*-(?P<python>[^-]+)-[^-]+-(?P<platform>[^-]+)\.whl")
_BATCH = """\
@echo off
rem ASCII only: a batch file is read in the code page of the machine.
pushd "%~dp0"
if not exist wheels goto broken
set PY=py -{version}
%PY% -c "import sys" >nul 2>nul
if not errorlevel 1 goto found
for %%f in (python-*.exe) do start /wait "" "%%f" /passive InstallAllUsers=0 InstallLauncherAllUsers=0
%PY% -c "import sys" >nul 2>nul
if errorlevel 1 goto nopython
:found
%PY% check.py || goto broken
%PY% -m venv "%LOCALAPPDATA%\\juesuan\\venv" || goto failed
set VENV="%LOCALAPPDATA%\\juesuan\\venv\\Scripts\\python.exe"
%VENV% -m pip install --no-index --find-links wheels --upgrade juesuan[excel,document] || goto failed
rem A newer kit may carry the same version number.
%VENV% -m pip install --no-index --find-links wheels --no-deps --force-reinstall juesuan || goto failed
%VENV% -m juesuan addin install || goto failed
echo OK
pause
exit /b 0
:nopython
echo Python {version} is not installed. See the guide (step 1).
goto end
:broken
echo Files are missing or damaged. Unzip the whole kit again.
goto end
:failed
echo Not installed. Send a picture of this window to your administrator.
:end
pause
exit /b 1
"""
_CHECK = '''\
"""Whether every file of the kit is whole, by SHA256SUMS."""

import hashlib
import sys

bad = []
with open("SHA256SUMS", encoding="utf-8") as file:
    for line in file:
        digest, name = line.rstrip("\\n").split("  ", 1)
        try:
            with open(name, "rb") as content:
                if hashlib.sha256(content.read()).hexdigest() != digest:
                    bad.append(name)
        except OSError:
            bad.append(name)
print("\\n".join(bad))
sys.exit(bool(bad))
'''
_GUIDE = """\
决算公开 离线安装包
==================

1. 先装 Python {version}（64 位）：本包里有 python-*.exe 的，安装.bat 会自己装；没有的，请管理员装好。
   安装时保留 tcl/tk（小窗口要用）和 py 启动器。
2. 关闭 Excel 和 WPS。把整个压缩包解压到本机的文件夹（不要在压缩包里直接运行）。
   压缩包是从网上下载的，先右键它，“属性”里勾选“解除锁定”，再解压；否则 Excel 会拦住加载项。
3. 双击 安装.bat。它核对文件，装进 %LOCALAPPDATA%\\juesuan，不需要管理员，也不联网；最后显示 OK。
4. 打开 Excel，应看到“决算公开”选项卡。
   WPS：开发工具 → 加载项 → 浏览，选 %APPDATA%\\Microsoft\\AddIns\\{add_in}。没有“开发工具”或宏的 WPS 用第 5 步。
5. 不用宏的办法：右键点击工作簿，发送到 → 决算核对。
6. 新填报可用本包里的 {template}：封面右边有一列按钮。
7. 卸载：在命令提示符运行
   "%LOCALAPPDATA%\\juesuan\\venv\\Scripts\\python.exe" -m juesuan addin uninstall
   然后删除文件夹 %LOCALAPPDATA%\\juesuan。

出错时，把 %LOCALAPPDATA%\\juesuan\\按钮.log 发给维护人员。
{hashes} 是全部文件的 SHA-256。
"""


def requirements() -> list[str]:
    """What the package needs on Windows with Excel."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    extras = [item for extra in EXTRAS for item in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *extras, *WINDOWS_ONLY]


def gather(folder: Path, version: str) -> None:
    """Put our own wheel and those of all dependencies for Windows into a folder."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True)
    target = ["--platform", PLATFORM, "--python-version", version, "--only-binary=:all:", "--dest", str(folder)]
    subprocess.run([*pip, "download", *target, *requirements()], check=True)


def wrong_wheels(names: Iterable[str], version: str) -> list[str]:
    """Wheels that will not install on this Python on 64-bit Windows."""
    own, wrong = "cp" + version.replace(".", ""), []
    for name in names:
        match = _TAG.fullmatch(name)
        pythons = match["python"].split(".") if match else []
        stable = "-abi3-" in name
        right = any(tag in (own, "py3") or (stable and (len(tag), tag) <= (len(own), own)) for tag in pythons)
        if not match or not right or match["platform"] not in ("any", PLATFORM):
            wrong.append(name)
    return wrong


def missing_wheels(wheels: Mapping[str, bytes], version: str) -> list[str]:
    """What the wheels need on Windows and is not among them: pip judges such conditions by the machine it runs on."""
    windows = {"os_name": "nt", "platform_machine": "AMD64", "platform_system": "Windows", "sys_platform": "win32"}
    machine = windows | {"python_version": version, "python_full_version": f"{version}.0"}
    needs = {}
    for content in wheels.values():
        with ZipFile(BytesIO(content)) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            told = message_from_bytes(wheel.read(name))
        needs[canonicalize_name(told["Name"])] = told["Version"], told.get_all("Requires-Dist") or []
    todo, seen, missing = [f"juesuan[{','.join(EXTRAS)}]"], set(), []
    while todo:
        wanted = Requirement(todo.pop())
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        has, more = needs.get(canonicalize_name(wanted.name), ("", []))
        if not has or not wanted.specifier.contains(has, prereleases=True):
            missing.append(str(wanted))
        for line in more:
            marker = Requirement(line).marker
            if not marker or any(marker.evaluate(machine | {"extra": extra}) for extra in wanted.extras or {""}):
                todo.append(line)
    return missing


def kit(wheels: Mapping[str, bytes], others: Mapping[str, bytes], version: str) -> bytes:
    """The zip; the same files always give the same bytes."""
    template = next((name for name in others if name.endswith(".xlsm")), "")
    words = {"version": version, "add_in": ADD_IN, "template": template, "hashes": HASHES}
    files = {f"wheels/{name}": wheels[name] for name in sorted(wheels)} | dict(sorted(others.items()))
    files[BATCH] = _BATCH.format(**words).replace("\n", "\r\n").encode("ascii")
    files[GUIDE] = b"\xef\xbb\xbf" + _GUIDE.format(**words).replace("\n", "\r\n").encode()
    files["check.py"] = _CHECK.encode("ascii")
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return new_package({**files, HASHES: sums.encode()})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--python", default="3.12", help="the version of Python on the machines")
    parser.add_argument("--installer", type=Path, help="its installer, python-*.exe")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gather(folder / "wheels", given.python)
        subprocess.run([sys.executable, str(ROOT / "macros" / "build.py"), str(folder / "built")], check=True)
        wheels = {path.name: path.read_bytes() for path in (folder / "wheels").iterdir()}
        others = {path.name: path.read_bytes() for path in (folder / "built").iterdir()}
    if wrong := wrong_wheels(wheels, given.python):
        print(f"这些轮子不能装在 Windows 的 Python {given.python} 上：{'、'.join(wrong)}", file=sys.stderr)
        return 1
    if missing := missing_wheels(wheels, given.python):
        print(f"轮子不齐，还缺：{'、'.join(missing)}", file=sys.stderr)
        return 1
    if given.installer:
        others[given.installer.name] = given.installer.read_bytes()
    given.output.write_bytes(kit(wheels, others, given.python))
    print(f"已写出 {given.output}：{len(wheels)} 个轮子")
    return 0


if __name__ == "__main__":
    sys.exit(main())
