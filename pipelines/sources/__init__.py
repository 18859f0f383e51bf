"""How each kind of source system is read. A new kind is one module here and one entry in READERS."""

from collections.abc import Iterator

from pipelines.quality.contract import TableContract
from pipelines.settings import FilesSource
from pipelines.sources import files
from pipelines.sources.extract import Extract, Skipped

READERS = {"files": files.extracts}


def extracts(source: FilesSource, contract: TableContract, known: dict[str, str]) -> Iterator[Extract | Skipped]:
    """Yield the deliveries of a table, oldest first; ``known`` maps checksums in the log to where they came from.

    Raises ExtractError when a delivery cannot be read or does not look like its contract; earlier ones are unharmed.
    """
    yield from READERS[source.kind](source, contract, known)
