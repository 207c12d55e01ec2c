"""juesuan 决算: check the nine published tables of a department's final accounts.

What programs may use stands in ``__init__.pyi`` and is loaded when it is first asked for; everything else may change.
"""

if __name__ != "juesuan":
    raise ImportError("请安装后用 import juesuan；不要从源码仓库根目录用 workbook.juesuan 导入。")

__version__ = "0.1.0"

__all__ = [
    "Checked",
    "Finding",
    "JuesuanError",
    "Marked",
    "Result",
    "as_json",
    "check_workbook",
    "clear_workbook",
    "mark_workbook",
    "schema",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("juesuan.api"), name)
    raise AttributeError(f"module 'juesuan' has no attribute '{name}'")
