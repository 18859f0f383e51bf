"""The books: rates, ledger, open items, overhead, budget."""
