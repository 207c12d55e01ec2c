"""Functional and economic classification codes: those that have been seen, each with its evidence tier, and the user's.

Our lists are incomplete: tier A stands in the seed accounts, B in other published accounts, C is general knowledge. A
code that is absent proves nothing, and a name of tier C is never held against a clerk. The lists that the user has
imported, one a year, are the bureau's own: for the 类 that the list of a year has, it counts alone.
"""

import os
import sys
from functools import cache

from juesuan.errors import DeclarationError, why
from juesuan.given import stamp
from juesuan.record import NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "data", "classification")
PLACE = "JUESUAN_CODES"
"""The environment variable that names another folder for the user's own lists."""
HEADING = "code,name,budget,tier"
OFFICIAL = "O"
"""The tier of what stands in the user's own list; a 类 that the list has not in whole is of tier B there."""


class Code(NamedTuple):
    """`kind`: the budget of a functional code, '' where it is not known; personnel or operating for an economic one."""

    code: str
    name: str
    kind: str
    tier: str

    @property
    def published(self) -> bool:
        return self.tier != "C"

    @property
    def official(self) -> bool:
        return self.tier == OFFICIAL


Codes = dict[str, Code]


def functional(year: int | None = None) -> Codes:
    """Ours, or for a year those of the user's own list and ours of the 类 that it does not have.

    Raises DeclarationError when the user's list cannot be read.
    """
    return _listed("functional.csv", "2", year)


def economic(year: int | None = None) -> Codes:
    """The same for economic codes."""
    return _listed("economic.csv", "3", year)


def own_folder() -> str:
    """Where the user's own lists are, one ``2024.csv`` a year: in the user's folder for the data of programs."""
    if folder := os.environ.get(PLACE):
        return folder
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "juesuan", "codes")


def own_list(folder: str, year: int) -> Codes:
    """The user's own list of a year, functional and economic codes together; nothing when there is none.

    Raises DeclarationError when it cannot be read.
    """
    path = os.path.join(folder, f"{year}.csv")
    return _own_list(path, year, stamp(path))


@cache
def _own_list(path: str, year: int, _: object) -> Codes:
    try:
        return _read(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise DeclarationError(f"{year} 年的科目表“{path}”读不了：{why(error)}。{_AGAIN}") from error
    except (UnicodeDecodeError, TypeError) as error:
        raise DeclarationError(f"{year} 年的科目表“{path}”坏了。{_AGAIN}") from error


_AGAIN = "请用 juesuan codes import 重新导入，或用 juesuan codes remove 删去。"


def _listed(name: str, first: str, year: int | None) -> Codes:
    if not year:
        return _ours(name)
    path = os.path.join(own_folder(), f"{year}.csv")
    return _joined(name, first, path, year, stamp(path))


@cache
def _ours(name: str) -> Codes:
    return _read(os.path.join(FOLDER, name))


@cache
def _joined(name: str, first: str, path: str, year: int, _: object) -> Codes:
    own = {code: known for code, known in own_list(os.path.dirname(path), year).items() if code[0] == first}
    if not own:
        return _ours(name)
    classes = {code[:3] for code in own}
    return {code: known for code, known in _ours(name).items() if len(code) == 3 or code[:3] not in classes} | own


def budget_of(code: str, known: Codes) -> str | None:
    """The budget a 款 or 项 belongs to as far as its own or its 款's listing tells; the 类 223 tells by itself."""
    if code.startswith("223"):
        return "state_capital"
    listed = known.get(code) or known.get(code[:5])
    return listed.kind or None if listed and len(code) > 3 else None


def _read(path: str) -> Codes:
    with open(path, encoding="utf-8") as file:
        return {code.code: code for code in (Code(*line.split(",")) for line in file.read().splitlines()[1:])}
