"""What to say where a package that not everybody needs is not installed."""

from __future__ import annotations

from juesuan.errors import JuesuanError


def missing(package: str, ending: str) -> JuesuanError:
    """What to say when an optional dependency is not installed."""
    return JuesuanError(f"读写 .{ending} 要用 {package}，还没有安装。请运行 pip install 'juesuan[document]'。")
