"""Every sentence with which the program refuses, read from its source; what is filled in at run time is “……”."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "workbook" / "juesuan"
FAMILY = "JuesuanError"
FILLED_IN = "……"
ELSEWHERE = "其他"
FEWEST = 4
"""Chinese characters that a sentence has."""
AREAS = {
    "给出的文件": ("given", "apart", "errors"),
    "工作簿": ("ooxml", "reading", "template", "marking", "writing"),
    "版式、规则和科目": (
        "edition",
        "rules",
        "parse",
        "check",
        "answers",
        "explanation",
        "consistency",
        "classification",
    ),
    "填列和舍位平衡": ("fill", "balance"),
    "部门汇总": ("merge",),
    "写出结果": ("written",),
    "批量核对、上年的工作簿": ("batch", "intake"),
    "情况说明、公开件、核对文字": ("narrative", "document", "proofread"),
    "收发邮件、盯着文件夹": ("mailbox",),
    "按钮、小窗口、加载项": ("buttons", "live", "addin"),
    "命令": ("cli",),
    ELSEWHERE: (),
}


def refusals() -> dict[str, list[str]]:
    """The sentences by area, in the order of the source, each once."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    family = _family(trees.values())
    found: dict[str, dict[str, None]] = {area: {} for area in AREAS}
    for path, tree in trees.items():
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        area = next((area for area, parts in AREAS.items() if part in parts), ELSEWHERE)
        found[area] |= dict.fromkeys(_said(tree, family))
    return {area: list(sentences) for area, sentences in found.items() if sentences}


def _family(trees: Iterable[ast.Module]) -> set[str]:
    """The one base class, and the classes derived from it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    family = {FAMILY}
    while more := {name for name, above in bases.items() if above & family} - family:
        family |= more
    return family


def _said(tree: ast.Module, family: set[str]) -> Iterator[str]:
    """What the exceptions raised or made in a module say, and what a class of them says of itself."""
    known = _Known(tree)
    for node in sorted(ast.walk(tree), key=lambda node: getattr(node, "lineno", 0)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[said, *_]) if name in family:
                yield from filter(_is_sentence, known.readings(said))
            case ast.ClassDef(name=name) if name in family:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and inner.value:
                        yield from filter(_is_sentence, known.readings(inner.value))


def _is_sentence(text: str) -> bool:
    """Not a word that chooses a sentence, nor a frame for what another says."""
    return len(re.findall(r"[\u4e00-\u9fff]", text)) >= FEWEST


class _Known:
    """The texts and functions of a module, by name."""

    def __init__(self, tree: ast.Module) -> None:
        self._texts = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self._functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def readings(self, node: ast.expr) -> list[str]:
        """All that an expression may say; nothing where it only passes on what another said."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=pieces):
                return ["".join(parts) for parts in product(*(self.readings(piece) for piece in pieces))]
            case ast.FormattedValue(value=inner):
                return self.readings(inner) or [FILLED_IN]
            case ast.IfExp(body=one, orelse=other):
                return [*self.readings(one), *self.readings(other)]
            case ast.Name(id=name) if name in self._texts:
                return self.readings(self._texts[name])
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                returned = [item.value for item in ast.walk(self._functions[name]) if isinstance(item, ast.Return)]
                return [text for value in returned if value for text in self.readings(value)]
        return []
