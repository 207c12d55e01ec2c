"""A new package from its parts: the same parts always give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_BORN = (1980, 1, 1, 0, 0, 0)


def new_package(parts: Mapping[str, bytes]) -> bytes:
    """A zip of `parts` in their order."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, _BORN)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            archive.writestr(entry, content)
    return packed.getvalue()


def repacked(package: IO[bytes]) -> bytes:
    """The same for a package that another library wrote."""
    with ZipFile(package) as archive:
        return new_package({name: archive.read(name) for name in archive.namelist()})
