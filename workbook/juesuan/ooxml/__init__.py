"""The parts of an .xlsx package: read, changed and written byte by byte. Nothing here knows what an account is."""
