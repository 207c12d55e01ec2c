"""Where a cell stands in a workbook, and the letters of columns."""

from functools import lru_cache

from juesuan.record import NamedTuple


class Place(NamedTuple):
    """Where a cell stands: worksheet and zero-based row and column."""

    sheet: str
    row: int
    column: int

    @property
    def address(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"


@lru_cache
def column_letters(column: int) -> str:
    """27 → "AB"."""
    letters, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


@lru_cache
def column_number(letters: str) -> int:
    """ "AB" → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
