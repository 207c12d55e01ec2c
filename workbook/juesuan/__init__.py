"""juesuan 决算: check the nine published tables of a department's final accounts."""

if __name__ != "juesuan":
    raise ImportError("请安装后用 import juesuan；不要从源码仓库根目录用 workbook.juesuan 导入。")

__version__ = "0.1.0"
