"""Which cells of the forms may have no amount yet because an input they depend on is awaited."""

from __future__ import annotations

from juesuan.model import Table
from juesuan.rules import Catalogue
from juesuan.template.formulas import Awaiting, Target, deriving_rules, terms_for


def awaiting_cells(catalogue: Catalogue) -> Awaiting:
    """The awaited inputs of the template's forms, and every cell derived from one of them, however far."""
    tables = catalogue.edition.template_tables
    keys = [(table, row, field) for table in tables for row, field in _keys(table)]
    awaiting = {(table.id, row, field) for table, row, field in keys if table.awaits(row, field)}
    sums = {
        (table.id, row, field): {
            term
            for rule in deriving_rules(catalogue, table, row, field)
            for term in terms_for(rule, Target(table.id, row, field))
        }
        for table, row, field in keys
    }
    while more := {key for key, terms in sums.items() if key not in awaiting and terms & awaiting}:
        awaiting |= more
    return frozenset(awaiting)


def _keys(table: Table) -> list[tuple[str, str]]:
    """Row and field of every cell that stands in the form itself."""
    if table.layout == "row":
        return [(row.id, field.id) for row in table.rows for field in table.fields]
    return [(line.id or "", field.id) for line, fields in table.all_lines for field in fields]
