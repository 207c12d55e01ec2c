"""第三部分: what each sentence says and where its figures come from; written from a book, or read from a text."""
