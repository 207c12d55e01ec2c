"""The rich workbook has all twenty kinds of content in a form that other programs accept, and losses are seen."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.edition import load_edition
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from rich_book import SAMPLE, packed, rich_book, unpacked
from rich_features import Features, features, lost
from rich_furnishings import furnishings
from tools import libreoffice, validation_errors

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)

SPELLINGS: dict[str, dict[str, bool]] = {
    "plain": {},
    "shared strings": {"shared_strings": True},
    "prefixed": {"prefixed": True},
    "strict": {"strict": True},
    "all at once": {"shared_strings": True, "prefixed": True, "strict": True},
}
VARIANTS: dict[str, dict[str, bool]] = SPELLINGS | {
    "locked": {"locked": True},
    "macros": {"macros": True},
    "everything": {"macros": True, "locked": True} | SPELLINGS["all at once"],
}
each_variant = pytest.mark.parametrize("variant", VARIANTS)

# Without Pillow, which it does not require.
LOST_BY_OPENPYXL = {
    "image",
    "text box",
    "button",
    "sparkline",
    "data bar",
    "rich text",
    "header image",
    "printer settings",
    "custom XML",
    "cell image",
    "code",
}

# No tool loses these.
UNOBSERVED = ("/core-properties", "/extended-properties", "/styles")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every variant as a file."""
    folder = tmp_path_factory.mktemp("rich")
    paths = {name: folder / f"{name}.{'xlsm' if 'macros' in given else 'xlsx'}" for name, given in VARIANTS.items()}
    for name, path in paths.items():
        path.write_bytes(rich_book(**VARIANTS[name]))
    return paths


def book(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def judged(path: Path) -> Checked:
    return check(book(path), CATALOGUE)


def amounts(path: Path) -> dict[Any, int | None]:
    return {key: cell.fen for key, cell in book(path).cells.items()}


def everything(data: bytes) -> Features:
    return features(data) | furnishings(data)


def through_openpyxl(data: bytes, **options: Any) -> bytes:
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data), **options).save(saved)
    return saved.getvalue()


@each_variant
def test_all_twenty_kinds_are_there(variant: str) -> None:
    found = features(rich_book(**VARIANTS[variant]))
    assert len(found) == 20
    assert [kind for kind, items in found.items() if not items] == []


def test_the_plain_sample_has_only_what_its_maker_gives_every_workbook() -> None:
    assert {kind for kind, items in features(SAMPLE.read_bytes()).items() if items} == {"theme", "panes", "names"}


def test_macros_are_in_the_xlsm_alone() -> None:
    plain, macros = features(rich_book()), features(rich_book(macros=True))
    assert lost(plain, macros) == {}
    assert {kind: [item[:6] for item in items] for kind, items in lost(macros, plain).items()} == {"code": ["macros"]}


@each_variant
def test_the_same_call_gives_the_same_bytes(variant: str) -> None:
    assert rich_book(**VARIANTS[variant]) == rich_book(**VARIANTS[variant])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_holds_the_same(spelling: str) -> None:
    plain, spelt = rich_book(), rich_book(**SPELLINGS[spelling])
    assert (plain == spelt) == (spelling == "plain")
    assert features(spelt) == features(plain)
    assert lost(furnishings(plain), furnishings(spelt)) == {}


def test_the_other_furnishings_are_there() -> None:
    found = furnishings(rich_book(locked=True))
    assert {"9 底稿 hidden", "2 公开03表 visible", "opens at 2"} < found["sheets"]
    assert found["structure lock"] == {"lockStructure=1"}
    assert found["hyperlinks"] == {"公开02表: A26 https://www.example.gov.cn/jsgk/2024.html True 上年公开页"}
    assert "公开01表: F33  =支出合计 gives 1032" in found["formulas"]
    assert "公开03表: C14 si=0 t=shared = gives 25.19" in found["formulas"]
    assert [kind for kind, items in found.items() if not items] == []
    assert furnishings(rich_book())["structure lock"] == frozenset()


def relations() -> list[Any]:
    return [
        pytest.param(part, relation[0], id=f"{part} {relation[1].decode()}")
        for part, xml in unpacked(rich_book(macros=True)).items()
        if part.endswith(".rels")
        for relation in re.finditer(rb'<Relationship [^>]*?Type="[^"]*(/[^"]+)".*?/>', xml)
        if not relation[1].decode().endswith(UNOBSERVED)
    ]


@pytest.mark.parametrize(("part", "relation"), relations())
def test_a_relationship_that_is_gone_counts_as_a_loss(part: str, relation: bytes) -> None:
    parts = unpacked(rich_book(macros=True))
    cut = parts | {part: parts[part].replace(relation, b"")}
    assert lost(everything(packed(parts)), everything(packed(cut)))


def test_a_part_that_is_gone_counts_as_a_loss() -> None:
    parts = unpacked(rich_book(macros=True))
    whole = everything(packed(parts))
    for name in parts.keys() - unpacked(SAMPLE.read_bytes()).keys():
        cut = packed({part: content for part, content in parts.items() if part != name})
        assert lost(whole, everything(cut)), name


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("macros", [False, True])
def test_openpyxl_loses_eleven_kinds(macros: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openpyxl.reader.drawings.PILImage", False)
    before = rich_book(macros=macros)
    after = through_openpyxl(before, keep_vba=macros)
    assert set(lost(features(before), features(after))) == LOST_BY_OPENPYXL


@each_variant
def test_the_open_xml_sdk_finds_no_error(variant: str, files: dict[str, Path]) -> None:
    assert validation_errors(files[variant]) == []


def test_libreoffice_opens_every_variant_and_reads_the_same_amounts(files: dict[str, Path], tmp_path: Path) -> None:
    libreoffice(["--convert-to", "xlsx", "--outdir", tmp_path, *files.values()], tmp_path)
    for path in files.values():
        assert amounts(tmp_path / f"{path.stem}.xlsx") == amounts(SAMPLE)


@each_variant
def test_our_check_finds_what_it_finds_in_the_plain_sample_and_the_hidden_sheet(
    variant: str, files: dict[str, Path]
) -> None:
    plain, rich = judged(SAMPLE), judged(files[variant])
    hidden = [item for item in rich.findings if item.rule == "FORM014"]
    assert [item.message.partition("。")[0] for item in hidden] == ["工作簿里有隐藏的工作表“底稿”"]
    assert tuple(item for item in rich.findings if item not in hidden) == plain.findings
    assert rich.not_checked == plain.not_checked
    assert rich.counts == plain.counts | {
        "passed": plain.counts["passed"] - 1,
        "warning": plain.counts["warning"] + 1,
    }
