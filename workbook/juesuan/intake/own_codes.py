"""The user's own 政府收支分类科目, one list a year: import, list, remove."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from juesuan.classification import HEADING, Code, Codes, own_folder, own_list
from juesuan.errors import JuesuanError, why
from juesuan.intake.official_codes import FIRST, LAST, read_official_codes
from juesuan.written import save

_FILE = re.compile(r"(20\d\d)\.csv")


class OwnList(NamedTuple):
    """A list as it lies there: how many functional and economic codes, the 类 it has in whole, and the others."""

    year: int
    path: str
    functional: int
    economic: int
    whole: tuple[str, ...]
    partial: tuple[str, ...]


class Imported(NamedTuple):
    """`left_out`: in words what the file has and was not taken; `replaced`: whether the year had a list."""

    own: OwnList
    left_out: tuple[str, ...]
    replaced: bool


def import_codes(path: str, folder: str, year: int | None) -> Imported:
    """Take the codes of a file as those of a year, of the file's own if none is given.

    A file of only functional or only economic codes leaves the others of the year as they are. Raises JuesuanError.
    """
    found = read_official_codes(path)
    year = year or found.year
    if year is None:
        raise JuesuanError(f"“{os.path.basename(path)}”没有写明是哪一年的科目。请加 --year，如 --year 2024。")
    require_year(year)
    before = _before(folder, year)
    given = {code.code: code for code in found.codes}
    first = {code[0] for code in given}
    codes = {code: known for code, known in before.items() if code[0] not in first} | _marked(given)
    lines = [HEADING, *(",".join(known) for _, known in sorted(codes.items()))]
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise JuesuanError(f"建不了文件夹“{folder}”：{why(error)}。请用 --to 另选一个。") from error
    save("".join(f"{line}\n" for line in lines).encode(), _path(folder, year))
    return Imported(
        _described(year, folder, codes.values()), found.left_out, bool(first & {code[0] for code in before})
    )


def own_lists(folder: str) -> list[OwnList]:
    """Every list in the folder, by year. Raises JuesuanError for one that cannot be read."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise JuesuanError(f"打不开文件夹“{folder}”：{why(error)}。请核对路径和权限。") from error
    years = sorted(int(match[1]) for name in names if (match := _FILE.fullmatch(name)))
    return [_described(year, folder, own_list(folder, year).values()) for year in years]


def remove_codes(folder: str, year: int) -> str:
    """Remove the list of a year; its path. Raises JuesuanError when there is none."""
    path = _path(folder, year)
    try:
        os.unlink(path)
    except FileNotFoundError as error:
        raise JuesuanError(f"没有导入过 {year} 年的科目表（“{path}”）。请用 juesuan codes list 查看。") from error
    except OSError as error:
        raise JuesuanError(f"删不了“{path}”：{why(error)}。") from error
    return path


def require_year(year: int) -> None:
    if not FIRST <= year <= LAST:
        raise JuesuanError(f"年度 {year} 不对。请写四位年度，如 2024。")


def is_asked(folder: str) -> bool:
    """Whether a check looks into this folder."""
    return os.path.realpath(folder) == os.path.realpath(own_folder())


def _before(folder: str, year: int) -> Codes:
    """The list that is there; one that is broken is written anew."""
    try:
        return own_list(folder, year)
    except JuesuanError:
        return {}


def _marked(given: Codes) -> Codes:
    """The codes, with each 类 that is not there in whole marked so: its rows, those above each, and some lowest."""
    partial = {code[:3] for code in given if any(code[:length] not in given for length in (3, 5) if length < len(code))}
    deep = {code[:3] for code in given if len(code) == (7 if code[0] == "2" else 5)}
    return {
        code: known._replace(tier="B") if len(code) == 3 and (code in partial or code not in deep) else known
        for code, known in given.items()
    }


def _path(folder: str, year: int) -> str:
    return os.path.join(folder, f"{year}.csv")


def _described(year: int, folder: str, codes: Iterable[Code]) -> OwnList:
    listed = list(codes)
    functional = sum(known.code[0] == "2" for known in listed)
    whole = {known.code for known in listed if len(known.code) == 3 and known.official}
    partial = {known.code[:3] for known in listed} - whole
    counts = functional, len(listed) - functional
    return OwnList(year, _path(folder, year), *counts, tuple(sorted(whole)), tuple(sorted(partial)))
