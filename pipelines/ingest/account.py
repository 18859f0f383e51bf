"""What a run did to each table, in numbers that add up."""

from typing import Literal

from pydantic import BaseModel

TableStatus = Literal["landed", "unchanged", "held"]


class BrokenRule(BaseModel):
    """How many rows broke one rule; ``quarantine`` kept them out, ``report`` let them in for staging to repair or mark."""

    rule: str
    severity: str
    rows: int


class TableAccount(BaseModel):
    """The account of one source table in one run. ``read = quarantined + admitted + unchanged``, always.

    ``deleted`` are records that are gone from the source, ``current`` the records that the log holds after the run.
    """

    system: str
    table: str
    status: TableStatus = "unchanged"
    read: int = 0
    quarantined: int = 0
    admitted: int = 0
    unchanged: int = 0
    deleted: int = 0
    current: int = 0
    batches: list[int] = []
    rules: list[BrokenRule] = []
    messages: list[str] = []
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """``system.table``, as people write it."""
        return f"{self.system}.{self.table}"
