"""The published documents: the narrative and the whole publication as Word files, PDF, and open data."""
