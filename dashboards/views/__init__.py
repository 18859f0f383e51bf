"""One module a page: it asks a question and draws the answer.

Not called ``pages``: Streamlit runs every file of a folder of that name beside app.py as a page of its own until app.py
has run once, and app.py alone decides who sees what.
"""
