"""Nothing is written twice: no two places of the tree have six lines in a row in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("workbook", "tests", "samples", "benchmarks", "docs", "macros")
LINES = 6
"""In a row: shorter ones are the same by chance, as a signature or the opening of a file."""

PASSED_OVER = ("#", "import ", "from ")
Line = tuple[str, str]


def lines_of(text: str, where: str) -> list[Line]:
    """Where each line stands and what it says, without indentation, comments, imports and closing brackets."""
    found = ((f"{where}:{number}", " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1))
    return [(place, said) for place, said in found if any(map(str.isalnum, said)) and not said.startswith(PASSED_OVER)]


def repeated(files: Iterable[list[Line]]) -> Iterator[list[str]]:
    """Where each run of lines stands that stands in more than one place."""
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for lines in files:
        for start in range(len(lines) - LINES + 1):
            run = lines[start : start + LINES]
            places[tuple(said for _, said in run)].append(run[0][0])
    return (where for where in places.values() if len(where) > 1)


def test_no_passage_stands_twice() -> None:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(paths) > 400
    files = (lines_of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()) for path in paths)
    assert list(repeated(files)) == []


def test_a_passage_that_stands_twice_is_found_however_it_is_indented() -> None:
    passage = [f"    step_{number}(\n    )\n    # {number}\n" for number in range(LINES)]
    first = lines_of("".join(passage), "一")
    second = lines_of("import os\n" + "".join(passage).replace("    ", "") + "end()\n", "二")
    assert list(repeated([first, second])) == [["一:1", "二:2"]]
    assert list(repeated([first, second[1:]])) == []
