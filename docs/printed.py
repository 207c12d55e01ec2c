"""Pages of workbooks and texts as LibreOffice prints them, side by side in one picture."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from docs.palette import COLOURS

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
BODY = "栏次"
"""A word that every page of a form has, and 核对结果 has not."""

RESOLUTION = 96
EDGE = "#d0d7de"
SHEET = ("-bordercolor", "white", "-border", "26", "-bordercolor", EDGE, "-border", "5")

FONTS = """<?xml version="1.0"?>
<fontconfig>
<include>/etc/fonts/fonts.conf</include>
{}
</fontconfig>
""".format(
    "".join(
        f"""<match target="pattern">
<test name="family"><string>{font}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Serif CJK SC</string></edit>
</match>"""
        for font in ("宋体", "仿宋", "楷体", "方正小标宋简体")
    )
)
"""The forms and texts are set in fonts that only Windows has."""


def draw_printed(pictures: Path) -> None:
    """The samples, the template, a marked workbook and a publication."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        marked, template, whole = folder / "标注.xlsx", folder / "模板.xlsx", folder / "公开件.docx"
        juesuan("mark", str(SAMPLES / "焦作2024-有误.xlsx"), "-o", str(marked))
        juesuan("template", str(template), "--unit", "示例市图书馆", "--year", "2024")
        juesuan("narrate", str(SAMPLES / "焦作2024-补充资料.xlsx"), "-o", str(whole), "--full")
        for picture, pdf, pages in (
            ("焦作2024.png", printed(SAMPLES / "焦作2024.xlsx", folder), [("公开01表", BODY), ("公开03表", BODY)]),
            ("模板.png", printed(template, folder), [("怎么填",), ("公开01表", BODY)]),
            ("标注.png", printed(marked, folder), [("核对结果",), ("公开03表", BODY)]),
            ("公开件.png", printed(whole, folder), [("收入支出决算总表", BODY), ("第三部分", "增长")]),
        ):
            draw(pictures / picture, [page(pdf, number_of(pdf, words)) for words in pages])


def draw(picture: Path, pages: list[Path]) -> None:
    """The pages without their margins and their footers, which stand alone at the very bottom."""
    sheets = [
        word
        for path in pages
        for word in ("(", str(path), "-gravity", "south", "-chop", "0x10%", "-trim", "+repage", *SHEET, ")")
    ]
    run(
        "convert",
        *sheets,
        "-gravity",
        "north",
        "-background",
        EDGE,
        "+append",
        *SHEET[-4:],
        *COLOURS,
        f"PNG8:{picture}",
    )


def page(pdf: Path, number: int) -> Path:
    path = pdf.with_name(f"{pdf.stem} {number}")
    run(
        "pdftoppm",
        "-png",
        "-singlefile",
        "-f",
        str(number),
        "-l",
        str(number),
        "-r",
        str(RESOLUTION),
        str(pdf),
        str(path),
    )
    return path.with_name(f"{path.name}.png")


def number_of(pdf: Path, words: tuple[str, ...]) -> int:
    """The first page that carries all of `words`."""
    pages = run("pdftotext", str(pdf), "-").decode().split("\f")
    return next(number for number, text in enumerate(pages, 1) if all(word in text for word in words))


def printed(book: Path, folder: Path) -> Path:
    """`book` as PDF, in `folder`."""
    fonts, profile = folder / "fonts.conf", folder / "profile"
    fonts.write_text(FONTS, encoding="utf-8")
    os.environ |= {"FONTCONFIG_FILE": str(fonts), "LC_ALL": "C.UTF-8"}
    place = f"-env:UserInstallation={profile.as_uri()}"
    run("soffice", "--headless", place, "--convert-to", "pdf", "--outdir", str(folder), str(book))
    return folder / f"{book.stem}.pdf"


def juesuan(*arguments: str) -> None:
    from juesuan import cli

    if cli.main(arguments) == 2:
        raise SystemExit(f"juesuan {' '.join(arguments)} 没有做成。")


def run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
