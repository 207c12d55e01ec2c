"""One planted mistake for every rule that a single workbook can break."""

from slips import codes, form
from slips.figures import figure_slips
from slips.slip import Slip

SLIPS: tuple[Slip, ...] = (*figure_slips(), *codes.SLIPS, *form.SLIPS)

__all__ = ["SLIPS", "Slip"]
