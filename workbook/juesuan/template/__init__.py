"""The workbook to be filled in, made from the declaration of tables and rules."""
