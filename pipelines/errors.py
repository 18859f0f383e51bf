"""The one exception family that people see."""


class ConcordError(Exception):
    """Something a person can act on: what happened and where, and a hint that says what to do.

    The command line prints it in one line and exits with a code other than zero; a traceback only with ``--debug``.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class ConfigurationError(ConcordError):
    """The configuration is refused before anything runs."""


class ExtractError(ConcordError):
    """An extract cannot be read or does not look like what its contract says; the table is held, the rest goes on."""


class BuildError(ConcordError):
    """The candidate could not be built; the published version stays."""


class AuditError(ConcordError):
    """The candidate was built and did not pass its audit; the published version stays."""
