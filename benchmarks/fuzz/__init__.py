"""Workbooks changed at random: never a traceback, a hang or a wrong verdict."""
