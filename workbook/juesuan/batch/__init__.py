"""Hundreds to a million workbooks in one run: judged apart, kept in a ledger, told in one folder."""
