"""Which of twenty kinds of content a workbook holds, item by item, and which of them a second one lost.

An item counts only when relationships lead to it from the workbook, and it is told by what it holds, not by how it
is spelled: another prefix, dialect or part name gives the same item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from rich_package import Tree, attributes, cells, first, local, named, qualified, text

Features = dict[str, frozenset[str]]
Look = Callable[[Tree], Iterator[str]]
SheetLook = Callable[[Tree, str, Element], Iterator[str]]


def features(data: bytes) -> Features:
    """The items of each kind, by its name; none where the workbook has nothing of the kind."""
    tree = Tree(data)
    return {kind: frozenset(look(tree)) for kind, look in KINDS.items()}


def lost(before: Features, after: Features) -> Features:
    """The items that are no longer there, for the kinds that lost any; new ones do not matter."""
    gone = {kind: items - after[kind] for kind, items in before.items()}
    return {kind: items for kind, items in gone.items() if items}


def on_sheets(look: SheetLook) -> Look:
    """Look at each worksheet, and say which one an item stands on."""

    def all_sheets(tree: Tree) -> Iterator[str]:
        for name, part in tree.sheets().items():
            for item in look(tree, part, tree.xml(part)):
                yield f"{name}: {item}"

    return all_sheets


def _drawn(tree: Tree, part: str, sheet: Element, name: str) -> Iterator[tuple[str, Element, Element]]:
    """Part of the drawing, anchor and element of everything of this name that is drawn on a worksheet."""
    drawing = tree.led_to(part, first(sheet, "drawing"))
    for anchor in tree.xml(drawing).iter():
        if local(anchor.tag).endswith("Anchor"):
            for element in named(anchor, name):
                yield drawing, anchor, element


def _corner(anchor: Element) -> str:
    """The first, or only, corner of an anchor."""
    corner = first(anchor, "from")
    return f"column {text(corner, 'col')} row {text(corner, 'row')}" if corner is not None else ""


def _images(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for drawing, anchor, picture in _drawn(tree, part, sheet, "pic"):
        if image := tree.led_to(drawing, first(picture, "blip"), "embed"):
            yield f"{_corner(anchor)} {tree.digest(image)}"


def _text_boxes(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for _, anchor, shape in _drawn(tree, part, sheet, "sp"):
        if any(box.get("txBox") == "1" for box in named(shape, "cNvSpPr")):
            yield f"{_corner(anchor)} {text(shape)}"


def _charts(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for drawing, anchor, frame in _drawn(tree, part, sheet, "graphicFrame"):
        if chart := tree.led_to(drawing, first(frame, "chart")):
            root = tree.xml(chart)
            colours = [colour.get("val") for series in named(root, "ser") for colour in named(series, "schemeClr")]
            yield f"{_corner(anchor)} {text(root)} {[formula.text for formula in named(root, 'f')]} {colours}"


def vml_shapes(tree: Tree, part: str, sheet: Element, leading: str = "legacyDrawing") -> tuple[str, list[Element]]:
    """The part of a legacy drawing and its shapes."""
    drawing = tree.led_to(part, first(sheet, leading))
    return drawing, named(tree.xml(drawing), "shape")


def _buttons(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    """A button is there when its control, the control's properties and the shape it is drawn as all are."""
    _, shapes = vml_shapes(tree, part, sheet)
    drawn = {shape.get("id"): text(shape, "FmlaMacro") for shape in shapes}
    for control in named(sheet, "control"):
        properties = tree.xml(tree.led_to(part, control))
        macro = "".join(entry.get("macro", "") for entry in named(control, "controlPr"))
        if properties.get("objectType") == "Button" and drawn.get(f"_x0000_s{control.get('shapeId')}") == macro:
            yield f"{control.get('name')} {macro}"


def _sparklines(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for group in named(sheet, "sparklineGroup"):
        for sparkline in named(group, "sparkline"):
            yield f"{text(sparkline, 'sqref')} {group.get('type')} {text(sparkline, 'f')}"


def _data_bars(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    """The rule and its extension, which know each other by an identity."""
    rules = [rule for rule in named(sheet, "cfRule") if rule.get("type") == "dataBar"]
    extended = {rule.get("id"): rule for rule in rules if rule.get("id")}
    for formatting in named(sheet, "conditionalFormatting"):
        for identity in named(formatting, "id"):
            if identity.text in extended:
                colours = [colour.get("rgb") for colour in extended[identity.text].iter() if colour.get("rgb")]
                yield f"{formatting.get('sqref')} {identity.text} {colours}"


def _icon_sets(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for formatting in named(sheet, "conditionalFormatting"):
        for icons in named(formatting, "iconSet"):
            limits = [limit.get("val") for limit in named(icons, "cfvo")]
            yield f"{formatting.get('sqref')} {icons.get('iconSet')} {limits}"


def _validations(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for rule in named(sheet, "dataValidation"):
        yield f"{rule.get('sqref')} {rule.get('type')} {text(rule, 'formula1')} {rule.get('error', '')}"


def _protection(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for protection in named(sheet, "sheetProtection"):
        given = {name: protection.get(name) for name in ("sheet", "objects", "scenarios", "hashValue", "saltValue")}
        yield str(given)


def _comments(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    """A comment is there when its text and its box both are."""
    _, shapes = vml_shapes(tree, part, sheet)
    boxes = {(text(shape, "Row"), text(shape, "Column")) for shape in shapes}
    for address, author, comment in written_comments(tree, part):
        if _row_and_column(address) in boxes:
            yield f"{address} {author}: {text(comment)}"


def written_comments(tree: Tree, part: str) -> Iterator[tuple[str, str, Element]]:
    """Address, author and element of each comment."""
    for comments in map(tree.xml, tree.related(part, "comments")):
        authors = [author.text or "" for author in named(comments, "author")]
        for comment in named(comments, "comment"):
            yield comment.get("ref", ""), authors[int(comment.get("authorId", "0"))], comment


def _row_and_column(address: str) -> tuple[str, str]:
    """Zero-based, in figures, of a cell in one of the first 26 columns."""
    return str(int(address[1:]) - 1), str(ord(address[0]) - ord("A"))


def _rich_texts(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    shared = [item for table in tree.related(tree.workbook(), "sharedstrings") for item in tree.xml(table)]
    for address, cell in cells(sheet):
        source = shared[int(text(cell, "v"))] if cell.get("t") == "s" else cell
        if found := runs(source):
            yield f"{address} {found}"


def runs(source: Element) -> list[tuple[list[str], str]]:
    """The stretches of a text, each with what its font is like."""
    return [(_font(run), text(run)) for run in named(source, "r")]


def _font(run: Element) -> list[str]:
    return [f"{local(entry.tag)} {attributes(entry)}" for look in named(run, "rPr") for entry in look]


def _header_images(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    if "&G" in text(sheet, "oddHeader"):
        drawing, shapes = vml_shapes(tree, part, sheet, "legacyDrawingHF")
        for shape in shapes:
            if image := tree.led_to(drawing, first(shape, "imagedata"), "relid"):
                yield f"{shape.get('id')} {tree.digest(image)}"


def _printer_settings(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    if settings := tree.led_to(part, first(sheet, "pageSetup")):
        yield tree.digest(settings)


def _custom_xml(tree: Tree) -> Iterator[str]:
    for item in tree.related(tree.workbook(), "customxml"):
        for properties in tree.related(item, "customxmlprops"):
            yield f"{qualified(tree.xml(properties), 'itemID')} {tree.digest(item)}"


def _custom_properties(tree: Tree) -> Iterator[str]:
    for part in tree.related("", "customproperties"):
        for entry in named(tree.xml(part), "property"):
            yield f"{entry.get('name')}={''.join(entry.itertext())}"


def _cell_images(tree: Tree) -> Iterator[str]:
    """Where a formula shows a picture that WPS keeps in a part of its own."""
    images = {}
    for part in tree.related(tree.workbook(), "cellimage"):
        for picture in named(tree.xml(part), "pic"):
            name = "".join(entry.get("name", "") for entry in named(picture, "cNvPr"))
            images[name] = tree.digest(tree.led_to(part, first(picture, "blip"), "embed"))
    for sheet, part in tree.sheets().items():
        for address, cell in cells(tree.xml(part)):
            formula = text(cell, "f")
            for name, digest in images.items():
                if digest and f'DISPIMG("{name}"' in formula:
                    yield f"{sheet}!{address} {formula} {digest}"


def _theme(tree: Tree) -> Iterator[str]:
    for part in tree.related(tree.workbook(), "theme"):
        colours = [colour.get("val") for colour in named(tree.xml(part), "srgbClr")]
        yield f"{tree.xml(part).get('name')} {colours}"


def _panes(tree: Tree, part: str, sheet: Element) -> Iterator[str]:
    for pane in named(sheet, "pane"):
        yield attributes(pane)


def _names(tree: Tree) -> Iterator[str]:
    """Defined names with the sheet they belong to, the cells that compute with one, and the filters."""
    sheets = list(tree.sheets().items())
    for name in named(tree.xml(tree.workbook()), "definedName"):
        owner = name.get("localSheetId")
        yield f"{sheets[int(owner)][0] if owner else '*'} {name.get('name')} {name.get('hidden')} {name.text}"
        for sheet, part in sheets:
            for address, cell in cells(tree.xml(part)):
                if text(cell, "f") == name.get("name"):
                    yield f"{sheet}!{address} computes with {name.get('name')}"
    for sheet, part in sheets:
        for area in named(tree.xml(part), "autoFilter"):
            yield f"{sheet} filters {area.get('ref')}"


def _code(tree: Tree) -> Iterator[str]:
    """Macros, and what puts them on the ribbon."""
    for part in tree.related(tree.workbook(), "vbaproject"):
        yield f"macros {tree.digest(part)}"
    for part in tree.related("", "extensibility"):
        yield f"ribbon {[button.get('onAction') for button in named(tree.xml(part), 'button')]}"


KINDS: dict[str, Look] = {
    "image": on_sheets(_images),
    "text box": on_sheets(_text_boxes),
    "chart": on_sheets(_charts),
    "button": on_sheets(_buttons),
    "sparkline": on_sheets(_sparklines),
    "data bar": on_sheets(_data_bars),
    "icon set": on_sheets(_icon_sets),
    "validation": on_sheets(_validations),
    "protection": on_sheets(_protection),
    "comment": on_sheets(_comments),
    "rich text": on_sheets(_rich_texts),
    "header image": on_sheets(_header_images),
    "printer settings": on_sheets(_printer_settings),
    "custom XML": _custom_xml,
    "custom properties": _custom_properties,
    "cell image": _cell_images,
    "theme": _theme,
    "panes": on_sheets(_panes),
    "names": _names,
    "code": _code,
}
