"""A Word file as PDF, by LibreOffice, which every platform has and which needs no window."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from juesuan.document.runs import BODY, HEADING, SUBHEADING, TABLE, TITLE
from juesuan.errors import JuesuanError
from juesuan.proofread.missing import missing

_SERIF, _SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"

SECONDS = 180
SYSTEM_FONTS = "/etc/fonts/fonts.conf"
SUBSTITUTES = {TITLE: _SERIF, BODY: _SERIF, SUBHEADING: _SERIF, TABLE: _SERIF, HEADING: _SANS}
"""What stands in, where fontconfig chooses, for the fonts that only Windows and WPS have."""

_PROGRAMS = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def pdf_of(docx: bytes) -> bytes:
    """The file as PDF. Raises JuesuanError where there is no LibreOffice, or it does not manage."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise JuesuanError(
            "没有找到 LibreOffice，写不了 PDF。请安装 LibreOffice，或加 --no-pdf 后用 Word、WPS 导出 PDF。"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "publication.docx")
        source.write_bytes(docx)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [program, "--headless", "--norestore", profile, "--convert-to", "pdf", "--outdir", folder]
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        if os.path.exists(SYSTEM_FONTS):
            fonts = Path(folder, "fonts.conf")
            fonts.write_text(_font_settings(), encoding="utf-8")
            environment["FONTCONFIG_FILE"] = str(fonts)
        try:
            subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=SECONDS, env=environment)
            return source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise JuesuanError(
                "LibreOffice 没有转出 PDF。请确认它装有 Writer，或加 --no-pdf 后用 Word、WPS 导出。"
            ) from error


def has_office() -> bool:
    """Whether LibreOffice is installed."""
    return any(shutil.which(name) for name in _PROGRAMS)


def heading_pages(pdf: bytes) -> tuple[int, ...]:
    """On which page, counted from 1, each heading of the PDF's outline stands, in order. Raises JuesuanError."""
    import io

    try:
        import pdfplumber
    except ImportError as error:
        raise missing("pdfplumber", "pdf") from error

    with pdfplumber.open(io.BytesIO(pdf)) as file:
        numbers = {page.page_obj.pageid: page.page_number for page in file.pages}
        return tuple(numbers[place[0].objid] for _, _, place, _, _ in file.doc.get_outlines())


def _font_settings() -> str:
    """Each font first, then its substitute."""
    matches = "".join(
        f'<match target="pattern"><test name="family"><string>{font}</string></test>'
        f'<edit name="family" mode="append" binding="strong"><string>{other}</string></edit></match>'
        for font, other in SUBSTITUTES.items()
    )
    return f'<?xml version="1.0"?><fontconfig><include>{SYSTEM_FONTS}</include>{matches}</fontconfig>'
