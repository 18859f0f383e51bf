"""How parties come into the world: who they are, where they live, how they buy and pay, and whom they are mistaken for."""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.customers.company_names import INDUSTRIES, company_name, domain_name, draw_company_names
from pipelines.demo.customers.geography import COUNTRIES, by_country, draw_addresses, draw_countries, fill_patterns
from pipelines.demo.customers.person_names import LANGUAGE_OF, ascii_name, draw_given_names, draw_surnames
from pipelines.demo.drawing import Floats, Places, weighted

PERSON_SHARE = 0.06
SAME_NAME, SUBSIDIARY, BUSINESS_PARK = "same_name_other_city", "subsidiary", "business_park"
SAME_PERSON, RELATIVE = "same_person_name", "relative"
COMPANY_LOOKALIKES = ((SAME_NAME, 0.02), (SUBSIDIARY, 0.055), (BUSINESS_PARK, 0.025))
PERSON_LOOKALIKES = ((SAME_PERSON, 0.05), (RELATIVE, 0.06))
WEIGHT_SIGMA = 1.3
EARLIEST_BIRTH, LATEST_BIRTH = -12_000, 13_500  # 1937 to 2006

_CODES = [country.code for country in COUNTRIES]
_CODE = pl.Enum(_CODES)
_SOUTH = [country in {"FR", "IT", "ES"} for country in _CODES]
_TERMS = ("Z014", "Z030", "Z045", "Z060", "Z02D")
_TERM_SHARES = np.array([[0.18, 0.42, 0.10, 0.08, 0.22], [0.05, 0.30, 0.20, 0.36, 0.09], [0.75, 0.10, 0.0, 0.0, 0.15]])
_STYLES = ("prompt", "late", "short", "disputes", "discount")
_STYLE_SHARES = np.array([[0.55, 0.31, 0.07, 0.07, 0.0], [0.18, 0.09, 0.03, 0.03, 0.67]])
_STYLE_MEAN = np.array([0.5, 21.0, 6.0, 13.0, -21.0])
_STYLE_SPREAD = np.array([2.0, 9.0, 5.0, 8.0, 0.8])
_SUFFIXES = ("Services", "Holding", "International", "Service", "Logistics", "Group", "Sales", "Immobilien")
_COUNTRY_SUFFIX = {
    "DE": "Deutschland", "AT": "Austria", "CH": "Schweiz", "FR": "France", "NL": "Nederland", "BE": "Belgium", "IT": "Italia",
    "ES": "Iberica", "GB": "UK", "US": "USA", "CA": "Canada", "JP": "Japan", "PL": "Polska", "CZ": "CZ",
}  # fmt: skip
_MAILBOXES = {
    "de": ("info", "einkauf", "kontakt", "office"), "fr": ("contact", "achats", "info", "compta"),
    "nl": ("info", "inkoop", "contact", "administratie"), "it": ("info", "acquisti", "contatti", "amministrazione"),
    "es": ("info", "compras", "contacto", "administracion"), "en": ("info", "purchasing", "sales", "accounts"),
    "ja": ("info", "sales", "contact", "office"), "pl": ("biuro", "info", "zakupy", "kontakt"),
    "cs": ("info", "nakup", "obchod", "kontakt"),
}  # fmt: skip
_FREEMAIL = ("gmail.com", "gmx.net", "web.de", "outlook.com", "yahoo.com", "icloud.com", "t-online.de", "hotmail.com")

PROFILE = {
    "party": pl.Int64, "kind": pl.String, "country": pl.String, "stem": pl.String, "trade": pl.String, "extra": pl.String,
    "form": pl.String, "name": pl.String, "first_name": pl.String, "last_name": pl.String, "birth_day": pl.Int32,
    "street": pl.String, "house": pl.String, "city": pl.String, "postcode": pl.String, "region": pl.String, "area": pl.String,
    "phone": pl.String, "domain": pl.String, "email": pl.String, "vat": pl.String, "tax_number": pl.String,
    "contact_first": pl.String, "contact_last": pl.String, "lookalike": pl.String, "related": pl.Int64,
}  # fmt: skip
"""Columns of the state party_profile: what is true of a party. ``street`` has {} for the house number; ``phone`` is the number
after the area code; ``contact_first`` and ``contact_last`` are the person one speaks to first; ``lookalike`` says how it
resembles the party ``related``."""


def country_places(codes: pl.Series) -> Places:
    """The places in COUNTRIES of country codes."""
    return codes.cast(_CODE).to_physical().to_numpy().astype(np.int64)


def draw_parties(
    rng: np.random.Generator, days: pl.DataFrame, numbers: npt.NDArray[np.int64], known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the parties ``numbers`` with the given ``days``: rows of the states party and party_profile.

    ``known`` is the party_profile so far, which names and domains must differ from and look-alikes resemble.
    """
    count = len(numbers)
    is_person = (rng.permutation(count) + rng.random()) / max(count, 1) < PERSON_SHARE
    countries = draw_countries(rng, count)
    lookalike, place = _lookalikes(rng, is_person, known)
    # A plain party keeps the country that was drawn, and only plain ones are resembled.
    others_country = np.append(country_places(known["country"]), countries)[place]
    stays = rng.random(count) < 0.6
    countries = np.where((lookalike != "") & ((lookalike != SUBSIDIARY) | stays), others_country, countries)
    sources = pl.concat([known.select(_COPIED), _originals(rng, is_person, countries, numbers)])
    profile = _profile(rng, sources.tail(count), sources[place], lookalike, countries, known)
    party = _commercial(rng, is_person, countries, days, numbers)
    party = party.with_columns(profile["name"]).select(PARTY)
    profile = profile.with_columns(party["kind"])
    return party, profile.select([pl.col(name).cast(kind) for name, kind in PROFILE.items()])


PARTY = (
    "party", "kind", "name", "country", "currency", "company", "site", "industry", "segment", "lead_day", "account_day",
    "customer_from", "gone_day", "weight", "growth", "discount", "lines_mean", "terms", "pay_mean", "pay_sd", "pay_style",
)  # fmt: skip
"""Columns of the state party."""

_COPIED = [
    "party", "country", "stem", "trade", "form", "first_name", "last_name", "street", "house", "city", "postcode", "region",
    "area", "phone", "domain",
]  # fmt: skip


def _lookalikes(
    rng: np.random.Generator, is_person: npt.NDArray[np.bool_], known: pl.DataFrame
) -> tuple[np.ndarray, Places]:
    """For each new party how it resembles another one ("" mostly), and the place of that one among known and new ones."""
    count = len(is_person)
    draw, pick = rng.random(count), rng.random(count)
    lookalike = np.full(count, "", dtype=object)
    for kinds, mine in ((COMPANY_LOOKALIKES, ~is_person), (PERSON_LOOKALIKES, is_person)):
        below = 0.0
        for kind, share in kinds:
            lookalike[mine & (draw >= below) & (draw < below + share)] = kind
            below += share
    before_is_plain = known["lookalike"].is_null().to_numpy()
    before_is_person = (known["kind"] == "person").to_numpy()
    plain = np.concatenate([before_is_plain, lookalike == ""])
    person = np.concatenate([before_is_person, is_person])
    place = np.zeros(count, dtype=np.int64)
    for wants_person in (False, True):
        eligible = np.flatnonzero(plain & (person == wants_person))
        mine = (lookalike != "") & (is_person == wants_person)
        if len(eligible):
            place[mine] = eligible[np.floor(pick[mine] * len(eligible)).astype(np.int64)]
        else:
            lookalike[mine] = ""
    return lookalike, place


def _originals(rng: np.random.Generator, is_person: np.ndarray, countries: Places, numbers: np.ndarray) -> pl.DataFrame:
    """What the new parties would be if they resembled nobody."""
    names = draw_company_names(rng, countries)
    languages = LANGUAGE_OF[countries]
    people = pl.DataFrame({"first_name": draw_given_names(rng, languages), "last_name": draw_surnames(rng, languages)})
    addresses = draw_addresses(rng, countries)
    phone = fill_patterns(rng, by_country(countries, [c.subscriber for c in COUNTRIES])).str.replace("^0", "4")
    frame = pl.concat([names, people, addresses], how="horizontal").with_columns(
        party=pl.Series(numbers, dtype=pl.Int64), country=by_country(countries, _CODES), phone=phone
    )
    person = pl.Series(is_person)
    return frame.with_columns(
        domain=pl.lit(None, dtype=pl.String),
        **{name: pl.when(~person).then(pl.col(name)) for name in ("stem", "trade", "form")},
        **{name: pl.when(person).then(pl.col(name)) for name in ("first_name", "last_name")},
    ).select(_COPIED)  # fmt: skip


def _profile(
    rng: np.random.Generator,
    mine: pl.DataFrame,
    others: pl.DataFrame,
    lookalike: np.ndarray,
    countries: Places,
    known: pl.DataFrame,
) -> pl.DataFrame:
    """The profiles of new parties: their own, with what a look-alike has of the other one."""
    count = len(lookalike)
    languages = LANGUAGE_OF[countries]
    elsewhere = draw_addresses(rng, countries)
    suffix = pl.Series(_SUFFIXES).gather(rng.integers(0, len(_SUFFIXES), count))
    shares_domain, shares_phone = rng.random(count) < 0.6, rng.random(count) < 0.35
    frame = pl.concat(
        [mine, others.rename({name: f"other_{name}" for name in others.columns}),
         elsewhere.rename({name: f"elsewhere_{name}" for name in elsewhere.columns})],
        how="horizontal",
    ).with_columns(
        pl.Series("lookalike", lookalike, dtype=pl.String), suffix.alias("suffix"),
        pl.Series("shares_domain", shares_domain), pl.Series("shares_phone", shares_phone),
        pl.Series("domain_style", rng.random(count)),
        by_country(countries, [country.domain for country in COUNTRIES]).alias("top_domain"),
        by_country(countries, [_COUNTRY_SUFFIX[code] for code in _CODES]).alias("country_suffix"),
    )  # fmt: skip
    own, shared = _resemblance()
    frame = frame.with_columns(own).with_columns(shared)
    return _numbers_and_mail(rng, _unique(frame, known), countries, languages)


@cache
def _resemblance() -> tuple[list[pl.Expr], list[pl.Expr]]:
    """What a party has of the one that it is mistaken for (columns other_…), in two steps."""
    like = pl.col("lookalike")
    is_abroad = (like == SUBSIDIARY) & (pl.col("country") != pl.col("other_country"))
    takes_name, same_door = like.is_in([SAME_NAME, SUBSIDIARY]), like.is_in([BUSINESS_PARK, RELATIVE])
    is_same_city = (pl.col("city") == pl.col("other_city")) & like.is_in([SAME_NAME, SAME_PERSON])
    own = dict(
        stem=pl.when(takes_name).then("other_stem").otherwise("stem"),
        trade=pl.when(takes_name).then("other_trade").otherwise("trade"),
        extra=pl.when(is_abroad).then("country_suffix").when(like == SUBSIDIARY).then("suffix"),
        form=pl.when(like == SAME_NAME).then("other_form").otherwise("form"),
        first_name=pl.when(like == SAME_PERSON).then("other_first_name").otherwise("first_name"),
        last_name=pl.when(like.is_in([SAME_PERSON, RELATIVE])).then("other_last_name").otherwise("last_name"),
        **{
            name: pl.when(same_door).then(f"other_{name}").when(is_same_city).then(f"elsewhere_{name}").otherwise(name)
            for name in ("street", "house", "city", "postcode", "region", "area")
        },
        related=pl.when(like != "").then("other_party"),
        same_switchboard=(like == RELATIVE)
        | (like == BUSINESS_PARK) & (pl.col("shares_phone") | pl.col("shares_domain"))
        | (like == SUBSIDIARY) & pl.col("shares_phone") & ~is_abroad,
        same_domain=(like == SUBSIDIARY) & pl.col("shares_domain"),
    )
    shared = {
        "lookalike": pl.when(like != "").then(like),
        "phone": pl.when("same_switchboard").then("other_phone").otherwise("phone"),
        "area": pl.when("same_switchboard").then("other_area").otherwise("area"),
        "domain": pl.when(pl.col("stem").is_not_null()).then(domain_name()),
    }  # fmt: skip
    return [what.alias(name) for name, what in own.items()], [what.alias(name) for name, what in shared.items()]


def _unique(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Names and domains that differ: a name that is taken in its country has the city in it, a domain too."""
    frame = frame.with_columns(name=company_name())
    key = ["name", "country"]
    is_meant = pl.col("lookalike").is_in([SAME_NAME]).fill_null(value=False)
    before = known.select(pl.concat_str(key, separator="|"))["name"].implode()
    is_known = pl.concat_str(key, separator="|").is_in(before).fill_null(value=False)
    clash = ~pl.struct(key).is_first_distinct() | is_known
    frame = frame.with_columns(
        extra=pl.when(clash & ~is_meant & pl.col("stem").is_not_null())
        .then(pl.concat_str("extra", "city", separator=" ", ignore_nulls=True)).otherwise("extra")
    ).with_columns(
        name=pl.when(pl.col("stem").is_not_null()).then(company_name())
        .otherwise(pl.concat_str("first_name", "last_name", separator=" "))
    )  # fmt: skip
    stem = pl.col("domain").str.replace(r"\..*$", "")
    top = pl.col("domain").str.replace(r"^[^.]*", "")
    longer = (
        pl.concat_str(stem, pl.lit("-"), ascii_name(pl.col("city")), top),
        pl.concat_str(stem, pl.lit("-"), "party", top),
    )
    before = known["domain"].implode()
    for other in longer:
        is_taken = ~pl.col("domain").is_first_distinct() | pl.col("domain").is_in(before)
        frame = frame.with_columns(
            domain=pl.when(is_taken & pl.col("domain").is_not_null()).then(other).otherwise("domain")
        )
    if not frame["same_domain"].any():
        return frame
    domains = pl.concat([known.select("party", "domain"), frame.select("party", "domain")])
    parents = frame.select(party="related").join(domains, on="party", how="left", maintain_order="left")["domain"]
    return frame.with_columns(
        domain=pl.when(pl.col("same_domain") & parents.is_not_null()).then(parents).otherwise("domain")
    )


def _numbers_and_mail(
    rng: np.random.Generator, frame: pl.DataFrame, countries: Places, languages: Places
) -> pl.DataFrame:
    """Add vat, tax_number, email, birth_day and the person one speaks to."""
    count = frame.height
    is_person = frame["stem"].is_null()
    mailboxes = [_MAILBOXES[country.language] for country in COUNTRIES]
    box = weighted(rng.random(count), np.array([8.0, 2, 2, 1]))
    boxes = pl.Series([mailboxes[c][b] for c in range(len(COUNTRIES)) for b in range(4)]).gather(countries * 4 + box)
    freemail = pl.Series(_FREEMAIL).gather(weighted(rng.random(count), 1 / (1 + np.arange(len(_FREEMAIL)))))
    birth_day = rng.integers(EARLIEST_BIRTH, LATEST_BIRTH, count)
    year = pl.Series((birth_day // 365.25 + 1970).astype(np.int64)).cast(pl.String).str.slice(2)
    digits = year.zip_with(pl.Series(rng.random(count) < 0.5), pl.Series(rng.integers(1, 999, count)).cast(pl.String))
    private = pl.concat_str(
        ascii_name(pl.col("first_name")), pl.lit("."), ascii_name(pl.col("last_name")), digits, pl.lit("@"), freemail
    )
    vat = fill_patterns(rng, by_country(countries, [country.vat for country in COUNTRIES])).replace("", None)
    tax = fill_patterns(rng, by_country(countries, [country.tax_number for country in COUNTRIES])).replace("", None)
    first, last = draw_given_names(rng, languages), draw_surnames(rng, languages)
    return frame.with_columns(
        email=pl.when(is_person).then(private).otherwise(pl.concat_str(boxes, pl.lit("@"), "domain")),
        birth_day=pl.when(is_person).then(pl.Series(birth_day)).cast(pl.Int32),
        vat=pl.when(~is_person).then(vat),
        tax_number=pl.when(~is_person).then(tax),
        contact_first=pl.when(is_person).then("first_name").otherwise(first),
        contact_last=pl.when(is_person).then("last_name").otherwise(last),
    )


def _choose(rng: np.random.Generator, shares: Floats, row: Places) -> Places:
    """For each of ``row`` a column of ``shares``, as likely as its share in that row."""
    draw = rng.random(len(row))
    place: Places = (draw[:, None] >= np.cumsum(shares, axis=1)[row][:, :-1]).sum(axis=1)
    return place


def _commercial(
    rng: np.random.Generator, is_person: np.ndarray, countries: Places, days: pl.DataFrame, numbers: np.ndarray
) -> pl.DataFrame:
    """How the parties buy and pay: large customers are few, have more discount, and order more lines."""
    count = len(numbers)
    size = rng.standard_normal(count)
    south = np.array(_SOUTH)[countries]
    terms = _choose(rng, _TERM_SHARES, np.where(is_person, 2, south.astype(np.int64)))
    style = _choose(rng, _STYLE_SHARES, (terms == 4).astype(np.int64))
    pay_mean = _STYLE_MEAN[style] + _STYLE_SPREAD[style] * rng.standard_normal(count)
    pay_mean += np.where(south & (style != 4), 6, 0) + np.where(style == 1, rng.exponential(8, count), 0)
    sites = np.array([country.sites[0] for country in COUNTRIES])
    segment = np.select([is_person | (size <= 0.25), size <= 1.2], ["C", "B"], "A")
    discount = np.clip(0.045 + 0.035 * size + 0.02 * rng.standard_normal(count), 0, 0.2) * np.where(is_person, 0.2, 1)
    lines = np.exp(np.log(2.7) + 0.12 * size + 0.25 * rng.standard_normal(count)) * np.where(is_person, 0.6, 1)
    industry = weighted(rng.random(count), np.array([share for _, share in INDUSTRIES], dtype=np.float64))
    industries = pl.Series([name for name, _ in INDUSTRIES]).gather(industry)
    frame = pl.DataFrame(
        {
            "party": pl.Series(numbers, dtype=pl.Int64),
            "kind": np.where(is_person, "person", "company"),
            "country": by_country(countries, _CODES),
            "currency": by_country(countries, [country.currency for country in COUNTRIES]),
            "company": pl.Series(np.array([country.company for country in COUNTRIES])[countries], dtype=pl.Int32),
            "site": pl.Series(sites[countries], dtype=pl.Int32),
            "industry": industries.zip_with(pl.Series(~is_person), pl.Series([None] * count, dtype=pl.String)),
            "segment": segment,
            "weight": np.exp(WEIGHT_SIGMA * size) * np.where(is_person, 0.12, 1),
            "growth": 0.04 + 0.1 * rng.standard_normal(count),
            "discount": np.round(discount * 200) / 200,
            "lines_mean": np.clip(lines, 1.05, 9),
            "terms": pl.Series(_TERMS).gather(terms),
            "pay_mean": pay_mean,
            "pay_sd": 1.2 + rng.gamma(2, np.where(style == 4, 0.4, 1.8)),
            "pay_style": pl.Series(_STYLES).gather(style),
        },
        strict=False,
    )
    return pl.concat([frame, days], how="horizontal")
