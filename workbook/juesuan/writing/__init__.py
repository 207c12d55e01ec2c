"""Amounts written into the workbook they were read from: what is filled in, and what is balanced."""
