"""Odd and hostile files as a bureau receives them, made small when they are wanted: what each is, and what is to come.

All but the plainly broken ones hold the nine tables of 焦作2024-有误.xlsx, whose mistakes have to be found.
"""

from hostile import contents, formats, zips
from hostile.kind import FILES, HostileFile

__all__ = ["FILES", "HostileFile", "contents", "formats", "zips"]
