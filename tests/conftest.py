"""The samples' own scripts are importable in tests, and those of the benchmarks."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "samples"))
sys.path.append(str(ROOT / "benchmarks"))
