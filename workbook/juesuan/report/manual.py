"""The rule manual (规则手册): every rule explained in the same five questions, generated from its declaration."""

from __future__ import annotations

import json

from juesuan.rules import DETAILS, EDITION, FAMILIES, LEVEL_NAMES, TAIL, TEXT_FAMILIES, Catalogue, Rule
from juesuan.wording import sentence

FAMILY_NAMES = {
    "SUM": "收入支出决算总表",
    "REV": "收入决算表",
    "EXP": "支出决算表",
    "APP": "财政拨款收入支出决算总表",
    "GPB": "一般公共预算财政拨款支出决算表",
    "BAS": "一般公共预算财政拨款基本支出决算明细表",
    "GFB": "政府性基金预算财政拨款收入支出决算表",
    "SCO": "国有资本经营预算财政拨款支出决算表",
    "TPE": "“三公”经费支出决算表",
    DETAILS: "其他省另有的明细表",
    "X": "表与表之间",
    "CODE": "科目编码与名称",
    "FORM": "表格与填写",
    "YOY": "与上年比较",
    "TXT": "情况说明的文字（用 juesuan proofread 核对）",
    "PERF": "绩效附件（用 juesuan proofread 核对）",
    TAIL: "四舍五入尾差",
}


def rule_text(rule: Rule, catalogue: Catalogue) -> str:
    """One rule explained: 查什么、何时不查、常见原因、公式、依据."""
    lines = [f"{rule.code} {rule.title}", *(f"{name}：{text}" for name, text in _questions(rule, catalogue))]
    return "\n".join(lines) + "\n"


def manual(catalogue: Catalogue, *others: Catalogue) -> str:
    """The whole manual in Markdown; rules that only `others` have, as they are in the first of them."""
    rules = {rule.code: (rule, catalogue) for rule in catalogue.rules}
    for other in others:
        for rule in other.rules:
            rules.setdefault(rule.code, (rule, other))
    parts = [
        "# 规则手册",
        "本手册由规则声明自动生成，请勿手工修改。级别：基础性（错误，必须改正）、核实性（须核实说明）、提示。",
    ]
    families = [rule.family for rule, _ in rules.values()]
    for family in dict.fromkeys((*FAMILIES, DETAILS, *TEXT_FAMILIES, TAIL, *families)):
        told = [pair for pair in rules.values() if pair[0].family == family]
        parts += [f"## {family} {FAMILY_NAMES.get(family, '另加的规则')}"] if told else []
        for rule, whose in told:
            lines = [f"### {rule.code} {rule.title}", ""]
            lines += [f"- **适用版式**：{whose.edition.title}等。"] if whose is not catalogue else []
            lines += [f"- **{name}**：{text}" for name, text in _questions(rule, whose)]
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def rule_list(catalogue: Catalogue) -> str:
    return "".join(f"{rule.code:8}{LEVEL_NAMES[rule.level]:　<4}{rule.title}\n" for rule in catalogue.rules)


def rules_json(catalogue: Catalogue) -> str:
    """Schema juesuan.rules/1."""
    rules = [
        {
            "code": rule.code,
            "title": rule.title,
            "level": rule.level,
            "kind": rule.kind,
            "expr": rule.expr,
            "sentence": sentence(rule, catalogue.edition),
            "basis": rule.basis,
            "since": rule.since,
            "until": rule.until,
            "derives": rule.derives,
            "catalogue": list(rule.catalogue),
            "tables": list(rule.tables),
            "when": list(rule.when_text),
            "advice": rule.advice,
            "causes": list(rule.causes),
        }
        for rule in catalogue.rules
    ]
    return json.dumps({"schema": "juesuan.rules/1", "rules": rules}, ensure_ascii=False, indent=1) + "\n"


def _questions(rule: Rule, catalogue: Catalogue) -> list[tuple[str, str]]:
    years = f"{rule.since or ''}—{rule.until or ''}年度" if rule.since or rule.until else "各年度"
    said = [
        ("查什么", f"{sentence(rule, catalogue.edition)}。"),
        ("级别", LEVEL_NAMES[rule.level]),
        ("适用年度", years),
        ("何时不查", _skipped(rule, catalogue)),
        ("常见原因", "；".join(rule.causes) + "。" if rule.causes else ""),
        ("怎么办", rule.advice),
        ("公式", f"`{rule.expr}`" if rule.expr else f"函数 `{rule.function}`"),
        ("依据", f"{rule.basis}。" + (f"（规则目录 {'、'.join(rule.catalogue)}）" if rule.catalogue else "")),
    ]
    return [(name, text) for name, text in said if text]


def _skipped(rule: Rule, catalogue: Catalogue) -> str:
    reasons = [rule.skipped_when.rstrip("。")] if rule.skipped_when else []
    named = [table for table in catalogue.edition.tables if table.id in rule.tables]
    reasons += [f"没有{table.title}工作表时" for table in named if table.optional]
    reasons += ["没有上年工作簿时"] if any(ref.last_year for ref in rule.refs) else []
    reasons += ["版式没有认准时"] if EDITION in rule.needs else []
    reasons += ["没有写明单位性质时"] if rule.unit_types else []
    reasons += ["有关单元格都空白、读不出数或栏目认不出时"] if rule.expr else []
    return "；".join(reasons or ["有关的表没有读到时"]) + "。"
