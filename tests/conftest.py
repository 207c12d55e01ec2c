"""The samples' own scripts are importable in tests, those of the benchmarks, and those that write the docs."""

import os
import sys
from pathlib import Path

# Before openpyxl is loaded: it writes other bytes where lxml is installed.
os.environ["OPENPYXL_LXML"] = "False"

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "samples"))
sys.path += [str(ROOT / "benchmarks"), str(ROOT)]

# The lists of codes that whoever runs the tests has imported are neither used nor touched.
os.environ["JUESUAN_CODES"] = str(ROOT / "tests" / "data" / "没有导入的科目")
