"""What each system knows of a customer: the same party, written down twice by people who never compared.

Every rate is a share of the records, and is multiplied by the mess of the world.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.customers.geography import COUNTRIES
from pipelines.demo.customers.person_names import NICKNAMES
from pipelines.demo.drawing import Floats, weighted
from pipelines.demo.mess import spelling

CRM, ERP = "salesforce", "sap"
RATES: dict[str, dict[str, dict[str, float]]] = {
    CRM: {
        "name": {"legal_form": 0.22, "translation": 0.05, "abbreviation": 0.05, "ampersand": 0.15, "typo": 0.035, "umlaut": 0.08,
                 "upper_case": 0.015},
        "street": {"abbreviation": 0.20, "typo": 0.02, "umlaut": 0.05, "missing": 0.05},
        "city": {"translation": 0.10, "typo": 0.01, "umlaut": 0.06, "missing": 0.03},
        "postcode": {"typo": 0.008, "missing": 0.05},
        "phone": {"typo": 0.015, "missing": 0.12},
        "website": {"missing": 0.22},
        "vat": {"format": 0.18, "typo": 0.05, "missing": 0.41},
        "email": {"typo": 0.02, "missing": 0.25},
        "birth_day": {"missing": 0.30},
        "person": {"nickname": 0.10, "typo": 0.03, "umlaut": 0.08},
    },
    ERP: {
        "name": {"legal_form": 0.18, "translation": 0.04, "abbreviation": 0.09, "ampersand": 0.15, "typo": 0.03, "umlaut": 0.35,
                 "upper_case": 0.12, "romanisation": 0.35},
        "street": {"abbreviation": 0.35, "typo": 0.02, "umlaut": 0.30, "upper_case": 0.10, "missing": 0.01},
        "city": {"translation": 0.03, "typo": 0.008, "umlaut": 0.30, "upper_case": 0.10},
        "postcode": {"typo": 0.006, "missing": 0.01},
        "phone": {"typo": 0.015, "missing": 0.18},
        "vat": {"format": 0.05, "typo": 0.02, "missing": 0.09},
        "email": {"typo": 0.015, "missing": 0.35},
    },
}  # fmt: skip
"""Shares of the records by system, field and kind of mess; of a kind only records whose text it changes count."""
DUPLICATE_FACTOR = 1.8
"""A record made by someone who did not find the one that is there is this much worse."""
WIDTH = 35
"""Characters of NAME1, NAME2, STRAS and ORT01."""

MESS_SCHEMA = {
    "system": pl.String, "source_id": pl.String, "field": pl.String, "kind": pl.String, "true_value": pl.String,
    "written_value": pl.String,
}  # fmt: skip
"""Columns of the truth identity_mess."""

_DIALLING = {country.code: country.dialling for country in COUNTRIES}
_TRUNK = {country.code: country.trunk for country in COUNTRIES}


class Writer:
    """Records of one system on their way into it, ever more otherwise than the truth that they begin with."""

    def __init__(self, rng: np.random.Generator, frame: pl.DataFrame, system: str, mess: float) -> None:
        self.rng = rng
        self.system = system
        self.mess = mess
        self.truth = frame
        self._factor = np.where(frame["is_duplicate"].to_numpy(), DUPLICATE_FACTOR, 1.0)
        self.is_company = (frame["kind"] == "company").to_numpy()
        self._fields: dict[str, pl.Series] = {}
        self._marks: list[tuple[str, str, npt.NDArray[np.int64]]] = []

    def write(
        self,
        field: str,
        kind: str,
        how: pl.Expr | str,
        *,
        rates_of: str | None = None,
        among: npt.NDArray[np.bool_] | bool = True,
    ) -> None:
        """Write ``field`` as ``how`` says in the share of records (of those ``among``) that RATES has for this ``kind``.

        ``how`` is an expression (``_draw`` in it is a column of 0 to 1), or "typo", "digit" (a slip in a number), "form" (of
        the legal form) or "nothing".
        """
        rate = RATES[self.system].get(rates_of or field, {}).get(kind, 0.0) * self.mess
        if rate > 0:
            self.write_where(field, kind, (self.rng.random(self.truth.height) < rate * self._factor) & among, how)

    def write_where(self, field: str, kind: str, hit: npt.NDArray[np.bool_], how: pl.Expr | str) -> None:
        """Write ``field`` as ``how`` says in the records where ``hit``."""
        place = np.flatnonzero(hit)
        if not len(place):
            return
        draws = self.rng.random((2, len(place)))
        before = self._fields.get(field, self.truth[field])
        if isinstance(how, str) and how == "nothing":
            new, is_new = before.clear(len(place)), before[place].is_not_null().to_numpy()
        else:
            new = self._rewritten(field, place, how, draws)
            is_new = new.ne_missing(before[place]).to_numpy()
        self._fields[field] = before.clone().scatter(place, new)
        self._marks.append((field, kind, place[is_new]))

    def _rewritten(self, field: str, place: npt.NDArray[np.int64], how: pl.Expr | str, draws: Floats) -> pl.Series:
        """``field`` of the records at ``place``, as ``how`` says."""
        if isinstance(how, str):
            how = (
                spelling.other_form(field, "_draw")
                if how == "form"
                else spelling.mistyped(field, "_draw", "_other_draw", digits=how == "digit")
            )
        # Only what the expression reads, of the few records that it is for.
        reads = {name for name in (field, *how.meta.root_names()) if not name.endswith("_draw")}
        few = {name: self._fields.get(name, self.truth[name])[place] for name in sorted(reads)}
        some = pl.DataFrame({**few, "_draw": draws[0], "_other_draw": draws[1]})
        return some.select(how.cast(some.schema[field]).alias(field))[field]

    def written(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The records as written, and rows of the truth identity_mess for all that is written otherwise than it is."""
        marks = [(field, kind, place) for field, kind, place in self._marks if len(place)]
        written = self.truth.with_columns(self._fields.values())
        if not marks:
            return written, pl.DataFrame(schema=MESS_SCHEMA)
        many = [len(place) for _, _, place in marks]
        whole = pl.DataFrame({
            "source_id": self.truth["source_id"][np.concatenate([place for _, _, place in marks])],
            "field": np.repeat([field for field, _, _ in marks], many),
            "kind": np.repeat([kind for _, kind, _ in marks], many),
            "true_value": pl.concat([self.truth[field][place].cast(pl.String) for field, _, place in marks]),
            "written_value": pl.concat([written[field][place].cast(pl.String) for field, _, place in marks]),
        })  # fmt: skip
        # A street is kept with {} for its number, which is a field of its own.
        values = pl.col("true_value", "written_value").str.replace("{}", "", literal=True).str.strip_chars()
        plain = whole.with_columns(values, system=pl.lit(self.system)).select(*MESS_SCHEMA)
        return written, plain.filter(pl.col("true_value").ne_missing(pl.col("written_value")))


def _write_name(writer: Writer, *, of_people: bool) -> None:
    """Mess in the names of companies, and in those of people where a system has them in one field."""
    company, all_names = writer.is_company, writer.is_company | of_people
    is_japanese = (writer.truth["country"] == "JP").to_numpy()
    writer.write("name", "legal_form", "form", among=company)
    writer.write("name", "romanisation", spelling.romanised("name"), among=company & is_japanese)
    writer.write("name", "translation", spelling.translated("name"), among=company)
    writer.write("name", "abbreviation", spelling.abbreviated("name"), among=company)
    writer.write("name", "ampersand", spelling.other_and("name"), among=company)
    writer.write("name", "typo", "typo", among=all_names)
    writer.write("name", "umlaut", spelling.without_umlauts("name"), among=all_names)
    writer.write("name", "upper_case", spelling.upper("name"), among=all_names)


def _write_address(writer: Writer) -> None:
    writer.write("street", "abbreviation", spelling.street_abbreviated("street"))
    writer.write("street", "typo", "typo")
    writer.write("street", "umlaut", spelling.without_umlauts("street"))
    writer.write("street", "upper_case", spelling.upper("street"))
    writer.write("street", "missing", "nothing")
    writer.write("city", "translation", spelling.exonym("city"))
    writer.write("city", "typo", "typo")
    writer.write("city", "umlaut", spelling.without_umlauts("city"))
    writer.write("city", "upper_case", spelling.upper("city"))
    writer.write("city", "missing", "nothing")
    writer.write("postcode", "typo", "digit")
    writer.write("postcode", "missing", "nothing")


@cache
def _vat_in_another_format() -> pl.Expr:
    digits = pl.col("vat").str.replace_all(r"[^A-Z0-9]", "")
    spaced = digits.str.replace_all(r"(\d{3})(\d{3})(\d{3})", "$1 $2 $3").str.replace(r"^([A-Z]{2,3})", "$1 ")
    bare = digits.str.replace(r"^(ATU|ESB|CHE|[A-Z]{2})", "")
    style = pl.col("_draw")
    return pl.when(style < 0.5).then(spaced).when(style < 0.83).then(bare).otherwise(digits.str.to_lowercase())


def _write_numbers(writer: Writer) -> None:
    writer.write("vat", "format", _vat_in_another_format())
    writer.write("vat", "typo", "digit")
    writer.write("vat", "missing", "nothing")
    writer.write("phone", "typo", "digit")
    writer.write("phone", "missing", "nothing")
    writer.write("email", "typo", "typo")
    writer.write("email", "missing", "nothing")


def phone_number(rng: np.random.Generator, frame: pl.DataFrame, shares: tuple[float, ...]) -> pl.Series:
    """The number of country, area and phone as people write it: one of five ways, as likely as ``shares``."""
    way = pl.Series("way", weighted(rng.random(frame.height), np.array(shares)))
    parts = frame.select("country", "area", "phone", way)
    return parts.select(_phone_by_way())["phone"]


@cache
def _phone_by_way() -> pl.Expr:
    """The number out of country, area, phone and ``way``, the way of writing it (0 to 4)."""
    dialling = pl.col("country").replace_strict(_DIALLING, return_dtype=pl.String)
    area, number = pl.col("area"), pl.col("phone")
    national_area = pl.concat_str(pl.col("country").replace_strict(_TRUNK, return_dtype=pl.String), area)
    is_american = pl.col("country").is_in(["US", "CA"])
    way_is = pl.col("way").__eq__
    slashed = (
        pl.when(is_american)
        .then(pl.format("({}) {}", area, number))
        .otherwise(pl.format("{}/{}", national_area, number))
    )
    spaced = (
        pl.when(is_american).then(pl.format("{}-{}", area, number)).otherwise(pl.format("{} {}", national_area, number))
    )
    plain = pl.concat_str(dialling, area.str.replace("^0", ""), number.str.replace_all(r"\D", ""))
    ways = (
        pl.when(way_is(0)).then(pl.format("{} {} {}", dialling, area, number))
        .when(way_is(1)).then(slashed).when(way_is(2)).then(spaced).when(way_is(3)).then(plain)
        .otherwise(pl.format("{} (0){} {}", dialling, area, number))
    )  # fmt: skip
    return ways.alias("phone")


def _with_old_address(writer: Writer) -> None:
    """In records of parties that moved and did not say so the address is the former one."""
    old = writer.truth["has_old_address"].to_numpy()
    if old.any():
        for field in ("street", "house", "city", "postcode", "region"):
            writer.write_where(field, "old_address", old, pl.col(f"old_{field}"))


def written_in_crm(rng: np.random.Generator, records: pl.DataFrame, mess: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records as the CRM holds them, and the rows of identity_mess.

    ``records``: source_id | is_duplicate | has_old_address | old_street … old_region | the columns of party_profile.
    ``street`` becomes the whole line, ``website`` is added.
    """
    street = pl.col("street").str.replace("{}", pl.col("house"), literal=True)
    old_street = pl.col("old_street").str.replace("{}", pl.col("old_house"), literal=True)
    phone = phone_number(rng, records, (0.62, 0.08, 0.14, 0.06, 0.10))
    ways = pl.Series(["https://www.{}", "www.{}", "http://www.{}", "{}", "https://{}"])
    website = ways.gather(weighted(rng.random(records.height), np.array([5.0, 4, 2, 1, 1])))
    records = records.with_columns(website=website).with_columns(
        email=pl.when(pl.col("kind") == "person").then("email"), street=street, old_street=old_street, phone=phone,
        website=pl.when(pl.col("domain").is_not_null()).then(pl.col("website").str.replace("{}", pl.col("domain"), literal=True)),
    )  # fmt: skip
    writer = Writer(rng, records, CRM, mess)
    _with_old_address(writer)
    _write_name(writer, of_people=False)
    writer.write("first_name", "nickname", pl.col("first_name").replace(NICKNAMES), rates_of="person")
    for field in ("first_name", "last_name"):
        writer.write(field, "typo", "typo", rates_of="person")
        writer.write(field, "umlaut", spelling.without_umlauts(field), rates_of="person")
    _write_address(writer)
    _write_numbers(writer)
    writer.write("website", "missing", "nothing")
    writer.write("birth_day", "missing", pl.lit(None, dtype=pl.Int32))
    written, blemishes = writer.written()
    written = written.with_columns(
        name=pl.when(pl.col("kind") == "person")
        .then(pl.concat_str("first_name", "last_name", separator=" "))
        .otherwise("name")
    )
    return written, blemishes


def written_in_erp(rng: np.random.Generator, records: pl.DataFrame, mess: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records as the ERP holds them, and the rows of identity_mess.

    ``records`` as of `written_in_crm`. ``name1`` and ``name2`` are the name in lines of 35 characters, ``street`` is without
    the house number, which ``line`` has.
    """
    line = pl.col("street").str.replace("{}", pl.col("house"), literal=True)
    phone = phone_number(rng, records, (0.28, 0.38, 0.22, 0.08, 0.04))
    turned = pl.Series("turned", rng.random(records.height) < 0.5)
    records = records.with_columns(turned, phone=phone).with_columns(
        name=pl.when((pl.col("kind") == "person") & pl.col("turned"))
        .then(pl.concat_str("last_name", "first_name", separator=" ")).otherwise("name")
    )  # fmt: skip
    writer = Writer(rng, records, ERP, mess)
    _with_old_address(writer)
    _write_name(writer, of_people=True)
    _write_address(writer)
    _write_numbers(writer)
    first = pl.col("name").str.extract(rf"^(.{{1,{WIDTH}}})(?:\s|$)", 1).fill_null(pl.col("name").str.slice(0, WIDTH))
    rest = pl.col("name").str.slice(
        pl.col("name").str.extract(rf"^(.{{1,{WIDTH}}})(?:\s|$)", 1).str.len_chars().fill_null(WIDTH)
    )
    written, blemishes = writer.written()
    written = written.with_columns(
        name1=first.str.strip_chars(), name2=rest.str.strip_chars().str.slice(0, WIDTH),
        line=line.str.slice(0, WIDTH), city=pl.col("city").str.slice(0, WIDTH),
        street=pl.col("street").str.replace("{}", "", literal=True).str.strip_chars(),
    )  # fmt: skip
    return written, blemishes
