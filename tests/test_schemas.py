"""The published schemas: one for each name that stands in an output, shipped with the package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from exact import figures, rounded
from honest import CATALOGUE, EDITION, SAMPLES, honest
from juesuan.balance.balanced import balance
from juesuan.balance.method import METHODS, Method
from juesuan.document.open_data import as_json as figures_json
from juesuan.errors import UnknownName
from juesuan.intake.judge import Order, judge
from juesuan.mailbox.status import STATES, Line, Status
from juesuan.mailbox.status import as_json as mailbox_json
from juesuan.report.balanced import as_json as balance_json
from juesuan.report.manual import rules_json
from juesuan.report.structured import as_json
from juesuan.schemas import names, schema
from outputs import closed, require_published

PACKAGE = Path(__file__).resolve().parent.parent / "workbook" / "juesuan"


def test_every_name_in_an_output_has_its_schema() -> None:
    said = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r'"(juesuan\.[a-z]+/\d+)"', path.read_text("utf-8"))
    }
    assert len(said) >= 6
    assert said == set(names()), "每种输出在 data/schemas/ 里要有一个同名的文件"


@pytest.mark.parametrize("name", names())
def test_a_schema_is_one_and_says_its_own_name(name: str) -> None:
    content = schema(name)
    jsonschema.Draft202012Validator.check_schema(content)
    assert content["title"] == name == content["properties"]["schema"]["const"]


def test_another_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"没有“juesuan\.check/9”这种输出，可用的有：juesuan\.balance/1、"):
        schema("juesuan.check/9")


def test_what_a_schema_does_not_know_is_noticed() -> None:
    content = json.loads(rules_json(CATALOGUE))
    content["rules"][0]["colour"] = "red"
    jsonschema.validate(content, schema("juesuan.rules/1"))
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        require_published(content)
    assert closed({"type": "string"}) == {"type": "string"}


def test_results_of_books_right_wrong_and_unreadable(tmp_path: Path) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    paths = [
        SAMPLES / "焦作2024.xlsx",
        SAMPLES / "焦作2024-有误.xlsx",
        *sorted((SAMPLES / "broken").glob("*.xlsx"))[::15],
        bad,
    ]
    content = json.loads(as_json([judge(str(path), Order()) for path in paths]))
    assert {book["verdict"] for book in content["books"]} >= {"fail", "unjudged"}
    require_published(content)


@pytest.mark.parametrize("method", METHODS)
def test_what_balancing_did(method: Method) -> None:
    book = rounded(figures(5, EDITION, 16), EDITION, "元")
    content = json.loads(balance_json(balance(book, CATALOGUE, method), "账.xlsx"))
    assert content["figures"]
    require_published(content)


def test_nothing_to_balance() -> None:
    require_published(json.loads(balance_json(None, "账.xlsx")))


def test_the_rules_and_the_published_figures() -> None:
    require_published(json.loads(rules_json(CATALOGUE)))
    content = json.loads(figures_json(honest("焦作2024")))
    assert len(content["figures"]) > 100
    require_published(content)


def test_the_state_of_a_mailbox() -> None:
    book = {"name": "账.xlsx", "unit": None, "year": 2024, "verdict": "fail", "changes": [1, 2, 3]}
    line = Line("2025-03-01 09:00:00", "a@unit.test", "决算", "sent", None, None, (book,))
    content = json.loads(
        mailbox_json(
            Status(dict.fromkeys(STATES, 0), {"imap": None}, (("remind", "b@unit.test", "拒收"),), (line,), ())
        )
    )
    require_published(content)
