"""The samples' own scripts are importable in tests, those of the benchmarks, and those that write the docs."""

import os
import sys
from pathlib import Path

# Before openpyxl is loaded: it writes other bytes where lxml is installed.
os.environ["OPENPYXL_LXML"] = "False"

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "samples"))
sys.path += [str(ROOT / "benchmarks"), str(ROOT)]
