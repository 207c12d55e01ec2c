"""The workbook that is open in Excel or WPS, through xlwings: read, filled, marked, and cleared of marks."""
