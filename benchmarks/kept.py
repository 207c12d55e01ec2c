"""What a workbook still holds after marking, against openpyxl's way of marking. ``python benchmarks/kept.py``

The workbook holds twenty kinds of content that offices use (``tests/rich_book.py``), in five spellings. A kind is kept
when not one of its items is lost (``tests/rich_features.py``); a note that goes on with what is remarked below it is
still there. Marks taken off again have to give the first bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "samples", "benchmarks")]

from juesuan import cli  # noqa: E402
from juesuan.check import check  # noqa: E402
from juesuan.edition import load_edition  # noqa: E402
from juesuan.marks import marks_of  # noqa: E402
from juesuan.reading.files import open_workbook  # noqa: E402
from juesuan.reading.recognise import read_book  # noqa: E402
from juesuan.rules import load_catalogue  # noqa: E402
from mark import with_openpyxl  # noqa: E402
from records import Figure, add_options, at_least, told  # noqa: E402
from rich_book import rich_book  # noqa: E402
from rich_features import Features, features, lost  # noqa: E402

SPELLINGS: dict[str, dict[str, bool]] = {
    "平常": {},
    "带宏": {"macros": True},
    "保护了结构": {"locked": True},
    "字符串集中存放": {"shared_strings": True},
    "元素带前缀": {"prefixed": True},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser, "nothing is left out: the whole takes seconds")
    return told("kept", measured(), parser.parse_args())


def measured() -> Iterator[Figure]:
    same = 0
    for spelling, options in SPELLINGS.items():
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / f"账.{'xlsm' if options.get('macros') else 'xlsx'}"
            path.write_bytes(rich_book(**options))
            before = features(path.read_bytes())
            marked, cleared, usual = (path.with_stem(stem) for stem in ("标注", "清除", "通常"))
            run("mark", path, marked)
            run("clear", marked, cleared)
            mark_with_openpyxl(path, usual)
            ours, theirs = (kinds_kept(before, features(book.read_bytes())) for book in (marked, usual))
            same += cleared.read_bytes() == path.read_bytes()
        name = f"标注后一样不少的内容，{len(before)} 种，{spelling}的写法"
        yield at_least(name, ours, len(before), "种", "openpyxl 读入、涂色、加批注、保存", theirs)
    yield at_least(f"去掉标注后与原件逐字节相同，{len(SPELLINGS)} 种写法", same, len(SPELLINGS), "份")


def kinds_kept(before: Features, after: Features) -> int:
    gone = lost(before, after)
    return sum(all(any(new.startswith(item) for new in after[kind]) for item in gone.get(kind, ())) for kind in before)


def run(command: str, source: Path, output: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        if code := cli.main([command, str(source), "-o", str(output)]):
            raise SystemExit(f"juesuan {command}: exit code {code}")


def mark_with_openpyxl(path: Path, output: Path) -> None:
    catalogue = load_catalogue(load_edition("henan-2024"))
    checked = check(read_book(open_workbook(str(path)), catalogue.edition), catalogue)
    with warnings.catch_warnings(action="ignore"):
        with_openpyxl(path, marks_of(checked), output)


if __name__ == "__main__":
    sys.exit(main())
