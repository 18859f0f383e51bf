"""Products, stock, purchasing and production."""
