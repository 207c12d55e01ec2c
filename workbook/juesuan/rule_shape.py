"""What the declaration of a rule may say, and in what kind of value."""

from __future__ import annotations

from typing import Any

_TEXT = (str, "文字")
_TEXTS = (list, "方括号里的几段文字")
_YEAR = (int, "年度")
_SHAPES: dict[str, tuple[Any, str]] = {
    "code": _TEXT,
    "title": _TEXT,
    "level": _TEXT,
    "basis": _TEXT,
    "advice": _TEXT,
    "catalogue": _TEXTS,
    "expr": _TEXT,
    "function": _TEXT,
    "when": _TEXTS,
    "unit_types": _TEXTS,
    "needs": _TEXTS,
    "tables": _TEXTS,
    "causes": _TEXTS,
    "skipped_when": _TEXT,
    "tolerance": ((int, float), "万元数"),
    "percent": (int, "百分数，整数"),
    "least": ((int, float), "万元数"),
    "derives": (bool, "true 或 false"),
    "since": _YEAR,
    "until": _YEAR,
}
_REQUIRED = tuple(_SHAPES)[:6]


def require_shape(entry: dict[str, Any]) -> None:
    """Raise ValueError with the known names unless `entry` has what a rule needs, each in its kind."""
    for name, value in entry.items():
        if name not in _SHAPES:
            raise ValueError(f"不认识“{name}”，可写：{'、'.join(_SHAPES)}")
        kind, words = _SHAPES[name]
        texts = kind is not list or all(isinstance(item, str) for item in value if isinstance(value, list))
        if not isinstance(value, kind) or not texts or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{name} 应为{words}")
    for name in _REQUIRED:
        if name not in entry:
            raise ValueError(f"缺少 {name}")
    if entry.get("since", 0) > entry.get("until", 9999):
        raise ValueError("起始年度晚于截止年度，哪一年也不查")
    if entry.get("tolerance", 0) < 0:
        raise ValueError("允许差额不能是负数")
