"""One module a page: it asks a question and draws the answer."""
