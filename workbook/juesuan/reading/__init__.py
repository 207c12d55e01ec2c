"""From a workbook file of any kind to a Book: what is recognised by its labels, and what is not."""
