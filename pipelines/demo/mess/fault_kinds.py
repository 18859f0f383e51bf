"""Which faults befall which tables, how often, and who has to notice each."""

from dataclasses import dataclass
from typing import Literal

from pipelines.demo.mess.blemishes import (
    BAD_BOOLEAN,
    BEFORE_CREATED,
    CONTROL_CHARACTER,
    DIGIT_TOO_MANY,
    DIGIT_ZERO_DATE,
    FAR_DATE,
    IMPOSSIBLE_DATE8,
    IMPOSSIBLE_ISO_DATE,
    LOWER_CASE_ID,
    MISSING,
    MOJIBAKE,
    NEGATIVE,
    NO_AT_SIGN,
    NOT_A_NUMBER,
    ORPHAN_ID,
    ORPHAN_NUMBER,
    OTHER_SIDE,
    OUT_OF_RANGE,
    PERIOD_17,
    SHORT_ID,
    TRAILING_BLANKS,
    TURNED,
    UNKNOWN_COUNTRY,
    UNKNOWN_CURRENCY,
    UNKNOWN_MOVEMENT,
    UNKNOWN_STAGE,
    UNKNOWN_VALUE,
    WITH_COMMA,
    ZERO,
    ZERO_DATE8,
    Blemish,
)

CaughtBy = Literal["contract", "report", "reconciliation", "none"]
"""Who has to notice a fault.

contract: the door must refuse the row. report: the row is let in, and must be reported or marked.
reconciliation: no row shows it, only books do. none: it must be let in, and nobody need say so.
"""

LATE, REPEATED, DROPPED = "late", "repeated", "dropped"
"""Faults of whole rows: comes days later; comes twice in one drop; never comes."""


@dataclass(frozen=True)
class Fault:
    """A fault of one table: ``blemish`` in ``column``, in ``per_million`` of its rows at a mess of 1.

    ``along``: what is wrong in other columns of the same row then. A fault without a blemish is one of whole rows; ``column``
    then says which value goes with it, if one does.
    """

    kind: str
    column: str | None
    per_million: int
    caught_by: CaughtBy
    blemish: Blemish | None = None
    along: tuple[tuple[str, Blemish], ...] = ()

    @property
    def label(self) -> str:
        """What a marked row carries: the kind, and the column where there is a choice."""
        return self.kind if self.blemish is None else f"{self.kind} in {self.column}"


def _refused(blemish: Blemish, column: str, per_million: int) -> Fault:
    return Fault(blemish.kind, column, per_million, "contract", blemish)


def _reported(blemish: Blemish, column: str, per_million: int) -> Fault:
    return Fault(blemish.kind, column, per_million, "report", blemish)


def _let_in(blemish: Blemish, column: str, per_million: int) -> Fault:
    return Fault(blemish.kind, column, per_million, "none", blemish)


def _booked(blemish: Blemish, column: str, per_million: int, *along: tuple[str, Blemish]) -> Fault:
    return Fault(blemish.kind, column, per_million, "reconciliation", blemish, along)


def _late(per_million: int) -> Fault:
    return Fault(LATE, None, per_million, "none")


def _repeated(per_million: int) -> Fault:
    return Fault(REPEATED, None, per_million, "none")


def _dropped(column: str, per_million: int) -> Fault:
    return Fault(DROPPED, column, per_million, "reconciliation")


FAULTS: dict[str, tuple[Fault, ...]] = {
    "salesforce/Account": (
        _refused(SHORT_ID, "Id", 500), _refused(BAD_BOOLEAN, "IsDeleted", 500), _refused(NOT_A_NUMBER, "AnnualRevenue", 700),
        _reported(MISSING, "Name", 1_000), _reported(MOJIBAKE, "Name", 15_000), _reported(MISSING, "BillingCountryCode", 1_000),
        _reported(UNKNOWN_COUNTRY, "BillingCountryCode", 700), _let_in(TRAILING_BLANKS, "Name", 1_000),
        _let_in(CONTROL_CHARACTER, "Name", 300), _let_in(LOWER_CASE_ID, "OwnerId", 300),
    ),
    "salesforce/Contact": (
        _refused(SHORT_ID, "Id", 400), _refused(BAD_BOOLEAN, "HasOptedOutOfEmail", 500), _reported(NO_AT_SIGN, "Email", 1_000),
        _reported(MISSING, "LastName", 500), _reported(MOJIBAKE, "LastName", 15_000), _reported(ORPHAN_ID, "AccountId", 300),
        _let_in(LOWER_CASE_ID, "AccountId", 500), _let_in(TRAILING_BLANKS, "LastName", 1_000),
    ),
    "salesforce/Lead": (
        _refused(UNKNOWN_VALUE, "Status", 700), _refused(BAD_BOOLEAN, "IsConverted", 700), _reported(NO_AT_SIGN, "Email", 1_000),
        _reported(MISSING, "Company", 700), _reported(MOJIBAKE, "Company", 15_000), _let_in(TRAILING_BLANKS, "Company", 1_000),
    ),
    "salesforce/Opportunity": (
        _refused(SHORT_ID, "Id", 150), _refused(UNKNOWN_STAGE, "StageName", 400), _refused(WITH_COMMA, "Amount", 300),
        _refused(UNKNOWN_CURRENCY, "CurrencyIsoCode", 300), _refused(IMPOSSIBLE_ISO_DATE, "CloseDate", 300),
        _refused(OUT_OF_RANGE, "Probability", 200), _reported(ORPHAN_ID, "AccountId", 300),
        _let_in(LOWER_CASE_ID, "AccountId", 500),
    ),
    "salesforce/OpportunityHistory": (
        _refused(UNKNOWN_STAGE, "StageName", 200), _late(1_000), _repeated(500),
    ),
    "salesforce/OpportunityLineItem": (
        _refused(NEGATIVE, "Quantity", 300), _refused(MISSING, "Product2Id", 300), _refused(WITH_COMMA, "UnitPrice", 200),
        _reported(DIGIT_TOO_MANY, "TotalPrice", 200), _reported(ORPHAN_ID, "OpportunityId", 200),
    ),
    "salesforce/Case": (
        _refused(SHORT_ID, "Id", 400), _refused(UNKNOWN_VALUE, "Status", 500), _refused(BAD_BOOLEAN, "IsClosed", 500),
        _refused(OUT_OF_RANGE, "Satisfaction__c", 500), _reported(BEFORE_CREATED, "ClosedDate", 700),
        _reported(ORPHAN_ID, "AccountId", 300),
    ),
    "salesforce/CaseHistory": (_late(1_000), _repeated(500)),
    "sap/TCURR": (_refused(ZERO, "UKURS", 700), _refused(WITH_COMMA, "UKURS", 700)),
    "sap/ZBUDGET": (_refused(WITH_COMMA, "HSL", 700), _refused(UNKNOWN_CURRENCY, "WAERS", 300)),
    "sap/KNA1": (
        _reported(MISSING, "NAME1", 1_000), _reported(MOJIBAKE, "NAME1", 15_000), _reported(UNKNOWN_COUNTRY, "LAND1", 700),
        _reported(MISSING, "LAND1", 700), _reported(IMPOSSIBLE_DATE8, "ERDAT", 1_000), _let_in(TRAILING_BLANKS, "NAME1", 1_000),
        _let_in(CONTROL_CHARACTER, "NAME1", 300),
    ),
    "sap/MARA": (
        _refused(MISSING, "MEINS", 500), _reported(MISSING, "MATKL", 1_000), _reported(ORPHAN_NUMBER, "MATKL", 500),
        _reported(DIGIT_ZERO_DATE, "ERSDA", 1_000),
    ),
    "sap/MBEW": (
        _refused(NEGATIVE, "STPRS", 700), _refused(ZERO, "PEINH", 700), _refused(NOT_A_NUMBER, "VERPR", 700),
    ),
    "sap/MATDOC": (
        _refused(UNKNOWN_MOVEMENT, "BWART", 100), _refused(IMPOSSIBLE_DATE8, "BUDAT", 100), _refused(MISSING, "MATNR", 100),
        _refused(WITH_COMMA, "MENGE", 100), _booked(TURNED, "STOCK_QTY", 20, ("SHKZG", OTHER_SIDE)), _dropped("STOCK_QTY", 20),
        _late(500), _repeated(200),
    ),
    "sap/VBAK": (
        _refused(MISSING, "WAERK", 300), _refused(UNKNOWN_CURRENCY, "WAERK", 200), _reported(ZERO_DATE8, "AUDAT", 500),
        _reported(IMPOSSIBLE_DATE8, "AUDAT", 300), _reported(FAR_DATE, "AUDAT", 200), _reported(MISSING, "KUNNR", 300),
        _reported(ORPHAN_NUMBER, "KUNNR", 300),
    ),
    "sap/VBAP": (
        _refused(MISSING, "MATNR", 300), _refused(NEGATIVE, "KWMENG", 200), _refused(ZERO, "KWMENG", 100),
        _refused(WITH_COMMA, "NETWR", 100), _refused(NOT_A_NUMBER, "NETWR", 50), _refused(ZERO, "KPEIN", 50),
        _reported(DIGIT_TOO_MANY, "NETWR", 50), _reported(ORPHAN_NUMBER, "MATNR", 150), _late(500), _repeated(300),
    ),
    "sap/LIKP": (
        _refused(IMPOSSIBLE_DATE8, "WADAT_IST", 300), _reported(FAR_DATE, "LFDAT", 300), _reported(ORPHAN_NUMBER, "KUNNR", 200),
        _late(500),
    ),
    "sap/LIPS": (
        _refused(NEGATIVE, "LFIMG", 200), _refused(MISSING, "MATNR", 200), _reported(ORPHAN_NUMBER, "VGBEL", 200), _late(500),
    ),
    "sap/VBRK": (
        _refused(UNKNOWN_CURRENCY, "WAERK", 200), _refused(IMPOSSIBLE_DATE8, "FKDAT", 200), _refused(WITH_COMMA, "NETWR", 200),
        _reported(ORPHAN_NUMBER, "KUNRG", 200),
    ),
    "sap/VBRP": (
        _refused(NEGATIVE, "FKIMG", 200), _refused(NOT_A_NUMBER, "NETWR", 100), _refused(MISSING, "MATNR", 200),
        _reported(ORPHAN_NUMBER, "AUBEL", 150), _repeated(300),
    ),
    "sap/BKPF": (
        _refused(IMPOSSIBLE_DATE8, "BUDAT", 100), _refused(PERIOD_17, "MONAT", 100), _refused(UNKNOWN_CURRENCY, "WAERS", 100),
        _late(300),
    ),
    "sap/ACDOCA": (
        _refused(MISSING, "RACCT", 50), _refused(NOT_A_NUMBER, "HSL", 50), _reported(ORPHAN_NUMBER, "RACCT", 50),
        _booked(TURNED, "HSL", 20, ("WSL", TURNED), ("KSL", TURNED), ("DRCRK", OTHER_SIDE)), _dropped("HSL", 20),
        _late(100), _repeated(100),
    ),
    "sap/BSID": (
        _refused(WITH_COMMA, "WRBTR", 200), _refused(UNKNOWN_CURRENCY, "WAERS", 100), _reported(IMPOSSIBLE_DATE8, "ZFBDT", 300),
        _booked(OTHER_SIDE, "SHKZG", 50),
    ),
    "sap/EKKO": (
        _refused(UNKNOWN_CURRENCY, "WAERS", 300), _refused(IMPOSSIBLE_DATE8, "BEDAT", 300),
        _reported(ORPHAN_NUMBER, "LIFNR", 300), _late(500),
    ),
    "sap/EKPO": (
        _refused(NEGATIVE, "MENGE", 300), _refused(WITH_COMMA, "NETPR", 300), _refused(MISSING, "MATNR", 300),
        _reported(DIGIT_TOO_MANY, "NETWR", 200),
    ),
    "sap/EKBE": (
        _refused(IMPOSSIBLE_DATE8, "BUDAT", 200), _refused(WITH_COMMA, "DMBTR", 200), _refused(MISSING, "SHKZG", 200),
        _late(500), _repeated(300),
    ),
    "sap/AFKO": (
        _refused(ZERO, "GAMNG", 500), _refused(IMPOSSIBLE_DATE8, "GSTRP", 500), _reported(ORPHAN_NUMBER, "PLNBEZ", 300),
    ),
    "sap/PA0008": (_refused(NEGATIVE, "ANSAL", 1_000), _refused(UNKNOWN_CURRENCY, "WAERS", 700)),
}  # fmt: skip
"""By table "system/table". Mojibake befalls only names with letters beyond ASCII: its rate is a share of those.

No fault writes into a key, except an Id that lost a character: nobody can take it for another one.
"""
