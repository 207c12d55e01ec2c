"""What stops the work. Mistakes in a book are findings (values), never exceptions."""


class JuesuanError(Exception):
    """Cannot proceed. ``str(error)`` is one Chinese sentence for the clerk: what, where, what to do."""


class DeclarationError(JuesuanError):
    """An edition or a rule file is malformed; nothing is loaded from it."""


class UnreadableBook(JuesuanError):
    """A submitted file cannot be opened or is not recognised; it is reported as *unjudged*."""
