"""Our marks on a workbook: put on without touching anything else, and taken off without a trace."""
