"""The kit for intranets: its files, their hashes, and that no wheel is of another system."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def kit() -> Any:
    spec = importlib.util.spec_from_file_location("kit", ROOT / "macros" / "kit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WHEELS = {"juesuan-0.1.0-py3-none-any.whl": b"1", "pywin32-308-cp312-cp312-win_amd64.whl": b"2"}


def test_every_file_is_listed_with_its_hash(kit: Any, tmp_path: Path) -> None:
    made = kit.kit(WHEELS, {"juesuan.xlam": b"3"}, "3.12")
    assert made == kit.kit(dict(reversed(WHEELS.items())), {"juesuan.xlam": b"3"}, "3.12")
    with zipfile.ZipFile(BytesIO(made)) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    assert {"安装.bat", "说明.txt", "SHA256SUMS", "juesuan.xlam", *(f"wheels/{name}" for name in WHEELS)} <= set(names)
    lines = (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert sums.keys() == set(names) - {"SHA256SUMS"}
    assert all(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    check = [sys.executable, "check.py"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "juesuan.xlam").write_bytes(b"x")
    damaged = subprocess.run(check, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (damaged.returncode, damaged.stdout.strip()) == (1, "juesuan.xlam")


def test_the_batch_file_is_plain(kit: Any) -> None:
    with zipfile.ZipFile(BytesIO(kit.kit(WHEELS, {}, "3.12"))) as archive:
        batch = archive.read("安装.bat")
    assert batch.isascii()
    assert b"\n" not in batch.replace(b"\r\n", b"")
    assert b"--no-index --find-links wheels" in batch
    assert b" InstallAllUsers=0 InstallLauncherAllUsers=0\r\n" in batch, "为所有人装启动器要管理员"
    labels = {line[1:] for line in batch.decode().split("\r\n") if line.startswith(":")}
    assert {
        word for line in batch.decode().split("\r\n") if "goto " in line for word in [line.split("goto ")[1]]
    } <= labels


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("juesuan-0.1.0-py3-none-any.whl", True),
        ("et_xmlfile-2.0.0-py2.py3-none-any.whl", True),
        ("numpy-2.4.6-cp312-cp312-win_amd64.whl", True),
        ("x-1-cp39-abi3-win_amd64.whl", True),
        ("x-1-cp313-abi3-win_amd64.whl", False),
        ("x-1-py2-none-any.whl", False),
        ("numpy-2.4.6-cp311-cp311-win_amd64.whl", False),
        ("numpy-2.4.6-cp312-cp312-manylinux_2_28_x86_64.whl", False),
        ("numpy-2.4.6.tar.gz", False),
    ],
)
def test_wheels_of_another_system_are_refused(kit: Any, name: str, right: bool) -> None:
    assert (kit.wrong_wheels([name], "3.12") == []) is right


def test_everything_the_package_needs_is_gathered(kit: Any) -> None:
    wanted = " ".join(kit.requirements())
    assert all(name in wanted for name in ("highspy", "openpyxl", "python-calamine", "tomli", "xlwings", "pywin32"))


def wheel(name: str, version: str, *needs: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs), "", ""]
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines))
    return packed.getvalue()


def test_what_is_needed_on_windows_alone_is_missed(kit: Any) -> None:
    own = wheel("juesuan", "0.1.0", "a-b>=2", 'xlwings>=0.37; extra == "excel"', 'no; extra == "dev"')
    others = {
        "a_b": wheel("A_B", "2.1"),
        "xlwings": wheel("xlwings", "0.37.8", 'pywin32>=224; sys_platform == "win32"'),
    }
    wheels = {"juesuan": own} | others
    assert kit.missing_wheels(wheels, "3.12") == ['pywin32>=224; sys_platform == "win32"']
    wheels["pywin32"] = wheel("pywin32", "312", 'old; python_version < "3.12"', 'readline; os_name == "posix"')
    assert kit.missing_wheels(wheels, "3.12") == []
    assert kit.missing_wheels(wheels, "3.11") == ['old; python_version < "3.12"']
    assert kit.missing_wheels(wheels | {"a_b": wheel("a-b", "1.9")}, "3.12") == ["a-b>=2"]
