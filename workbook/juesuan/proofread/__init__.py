"""A published text against its tables: read it, find what each sentence says, compare, and annotate."""
