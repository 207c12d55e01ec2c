"""Build the add-in and the template with buttons from text: ``python macros/build.py FOLDER``, on any system."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workbook"))

from juesuan.addin.macro_book import macro_book_bytes  # noqa: E402
from juesuan.addin.xlam import add_in  # noqa: E402
from juesuan.edition import load_edition  # noqa: E402
from juesuan.rules import load_catalogue  # noqa: E402
from juesuan.template.template import Order, build_template  # noqa: E402

ADD_IN, TEMPLATE = "juesuan.xlam", "决算公开模板.xlsm"
EDITION, YEAR = "henan-2024", 2024


def build(folder: Path) -> None:
    """Write both; the same sources always give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADD_IN).write_bytes(add_in())
    catalogue = load_catalogue(load_edition(EDITION))
    (folder / TEMPLATE).write_bytes(macro_book_bytes(build_template(catalogue, Order("", YEAR, "元"))))


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
