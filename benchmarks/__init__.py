"""How fast, beside its floor: the same work in plain DuckDB SQL."""
