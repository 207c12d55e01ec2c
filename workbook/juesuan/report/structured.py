"""Results for programs: JSON (schema juesuan.check/1) and SARIF 2.1.0. Same input, same bytes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from juesuan import __version__
from juesuan.model import Edition
from juesuan.place import Place
from juesuan.report.result import Result, as_dict
from juesuan.rules import Finding, Rule
from juesuan.wording import sentence

_SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def as_json(results: Sequence[Result]) -> str:
    """Schema juesuan.check/1: the same results give the same text."""
    content = {"schema": "juesuan.check/1", "version": __version__, "books": [as_dict(result) for result in results]}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_sarif(results: Sequence[Result]) -> str:
    """Findings as SARIF results; a book that could not be judged is a notification of the run."""
    used: dict[str, tuple[Rule, Edition]] = {}
    for result in results:
        if result.checked and result.catalogue:
            told = {item.rule for item in result.checked.findings}
            for rule in result.catalogue.rules:
                if rule.code in told:
                    used.setdefault(rule.code, (rule, result.catalogue.edition))
    rules = [
        {
            "id": rule.code,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": sentence(rule, edition)},
            "help": {"text": rule.advice},
        }
        for rule, edition in used.values()
    ]
    content = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "juesuan", "version": __version__, "rules": rules}},
                "results": [
                    _sarif_result(item, result)
                    for result in results
                    if result.checked
                    for item in result.checked.findings
                ],
                "invocations": [
                    {
                        "executionSuccessful": all(result.verdict != "unjudged" for result in results),
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": f"{result.path}：{result.why}"}}
                            for result in results
                            if result.verdict == "unjudged"
                        ],
                    }
                ],
            }
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _sarif_result(item: Finding, result: Result) -> dict[str, object]:
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": {"uri": _uri(result.path)}}}
    if item.place:
        location["logicalLocations"] = [{"fullyQualifiedName": _named(item.place), "kind": "cell"}]
    entry: dict[str, object] = {
        "ruleId": item.rule,
        "level": _SARIF_LEVELS[item.level],
        "message": {"text": item.message},
        "locations": [location],
    }
    if item.answer:
        kind = "external" if item.overridden else "inSource"
        entry["suppressions"] = [{"kind": kind, "status": "underReview", "justification": item.answer}]
    checked = result.checked
    if checked and (number := checked.culprit_of(item)) is not None:
        from juesuan.locate.sentences import culprit_sentence

        culprit = checked.culprits[number]
        entry["relatedLocations"] = [
            location
            | {
                "id": order,
                "logicalLocations": [{"fullyQualifiedName": _named(suspect.cell.place), "kind": "cell"}],
                "message": {"text": f"起因：{culprit_sentence(culprit, checked.book)}"},
            }
            for order, suspect in enumerate(culprit.suspects)
        ]
    return entry


def _named(place: Place) -> str:
    return f"{place.sheet}!{place.address}"


def _uri(path: str, system: str = os.name) -> str:
    """A whole path of Windows, with its drive or its server, as a URI; any other as a reference."""
    from urllib.parse import quote

    if system != "nt":
        return quote(path, errors="surrogateescape")
    path = path.replace("\\", "/")
    quoted = quote(path[2:], errors="surrogatepass")
    if path[1:2] == ":" and path[2:3] == "/":
        return f"file:///{path[:2]}{quoted}"
    if path.startswith("//"):
        return f"file://{quoted}"
    return quote(path, errors="surrogatepass")
