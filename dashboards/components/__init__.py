"""What pages share: formats, cards, charts, tables."""
