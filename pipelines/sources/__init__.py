"""How each kind of source system is read. A new kind is one module here and one entry in READERS."""

from collections.abc import Iterator, Mapping

from pipelines.quality.contract import TableContract
from pipelines.settings import FilesSource
from pipelines.sources import files
from pipelines.sources.extract import Extract, Seen, Skipped

READERS = {"files": files.extracts}


def extracts(
    source: FilesSource, contract: TableContract, known: dict[str, str], seen: Mapping[str, Seen] | None = None
) -> Iterator[Extract | Skipped]:
    """Yield the deliveries of a table, oldest first; ``known`` maps checksums in the log to where they came from.

    ``seen`` tells for what has been read before its stamp and checksum, so that it need not be read again.

    Raises ExtractError when a delivery cannot be read or does not look like its contract; earlier ones are unharmed.
    """
    yield from READERS[source.kind](source, contract, known, seen or {})
