"""The book of a department: the sum of its units' books, less what is counted twice between them."""
