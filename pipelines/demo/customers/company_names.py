# ruff: noqa: SIM905 - long lists of words read best as words
"""Names of companies: a surname or a coined stem, a trade, a legal form, as each language puts them together."""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.customers.geography import COUNTRIES
from pipelines.demo.customers.person_names import LANGUAGE_OF, LANGUAGES, ascii_name, draw_given_names, draw_surnames
from pipelines.demo.drawing import Places, weighted, weighted_within

TRADES = {
    "de": (
        "Maschinenbau Technik Metallbau Anlagenbau Werkzeugbau Hydraulik Systeme Automation Fördertechnik Antriebstechnik "
        "Elektro Industrietechnik Verpackung Pneumatik Engineering Präzisionstechnik Stahlbau Apparatebau Chemie Energie "
        "Logistik Papier Kunststofftechnik Lebensmittel Wasser Agrartechnik Fahrzeugbau Armaturen Pumpen Blechtechnik "
        "Umwelttechnik Medizintechnik Bau Handels Industriebedarf Oberflächentechnik Zerspanungstechnik Feinmechanik "
        "Brauerei Druck"
    ),
    "fr": (
        "Industries Mécanique Technologies Équipements Automatismes Hydraulique Métal Systèmes Ingénierie Emballages "
        "Chimie Énergie Agroalimentaire Outillage Maintenance Précision Manutention Plasturgie"
    ),
    "nl": (
        "Techniek Machinebouw Metaal Systemen Industrie Hydrauliek Automatisering Verpakkingen Engineering Staalbouw "
        "Transport Voeding Installaties Pompen Scheepsbouw Elektrotechniek"
    ),
    "it": (
        "Meccanica Industrie Automazioni Impianti Macchine Tecnologie Idraulica Metalli Sistemi Imballaggi Officine "
        "Costruzioni Alimentari Chimica Utensili Elettronica Stampi"
    ),
    "es": (
        "Industrias Maquinaria Mecánica Sistemas Suministros Talleres Hidráulica Automatización Tecnología Metales "
        "Envases Ingeniería Alimentación Química Construcciones Montajes"
    ),
    "en": (
        "Engineering Industries Manufacturing Systems Machinery Components Technologies Automation Hydraulics Packaging "
        "Tool Controls Metals Fabrication Foods Precision Products Equipment Process Logistics Energy Plastics Marine "
        "Robotics Pumps Chemicals Supply Castings Instruments Aerospace"
    ),
    "ja": "Seisakusho Kogyo Denki Kikai Seimitsu Kagaku Shoji Tekko Sangyo Seiki Jidosha Shokuhin",
    "pl": "Maszyny Metal Technika Przemysł Hydraulika Automatyka Systemy Konstrukcje Narzędzia Opakowania Energia Chemia",
    "cs": "Strojírny Technik Kovo Systémy Hydraulika Automatizace Nástroje Energo Obaly Chemie Stavby Montáže",
}
FORMS = {
    "DE": ("GmbH|GmbH & Co. KG|AG|KG|e.K.|SE|OHG", (52, 22, 9, 6, 6, 2, 3)),
    "AT": ("GmbH|GmbH & Co KG|AG|e.U.", (68, 16, 8, 8)),
    "CH": ("AG|GmbH|SA|Sàrl", (58, 25, 10, 7)),
    "FR": ("SAS|SARL|SA|EURL", (45, 36, 13, 6)),
    "NL": ("B.V.|N.V.|V.O.F.", (84, 8, 8)),
    "BE": ("NV|BV|SA", (45, 40, 15)),
    "IT": ("S.r.l.|S.p.A.|S.n.c.", (64, 26, 10)),
    "ES": ("S.L.|S.A.|S.L.U.", (60, 28, 12)),
    "GB": ("Ltd|Limited|plc|LLP", (70, 16, 7, 7)),
    "US": ("Inc.|LLC|Corporation|Co.|Corp.", (45, 28, 10, 8, 9)),
    "CA": ("Inc.|Ltd.|Corp.", (60, 28, 12)),
    "JP": ("K.K.|Co., Ltd.|G.K.", (48, 46, 6)),
    "PL": ("Sp. z o.o.|S.A.|Sp.j.", (76, 14, 10)),
    "CZ": ("s.r.o.|a.s.|spol. s r.o.", (60, 24, 16)),
}
"""Legal forms by country with how common they are; the trade register writes them so."""

_HEADS = (
    "Al An Ar Ax Bel Ber Bi Bor Cal Cer Cen Con Cor Dal Del Dex Duo Ela Eno Er Eu Fer Flex Fo Gal Gen Hel Hy Im In Ka Kem Kon La "
    "Lin Lo Mag Mar Max Mec Mer Mi Mo Na Neo No Nor Om Op Or Pa Per Poly Pri Pro Qua Ra Re Rho Ro Sa Sen Si So Sta Sy Ta Tec Ter "
    "Tri Tu Ul Va Ve Vi Vo Wes Xe Ze Zy"
).split()
_MIDDLES = "a bi co de do fi ga gra lo lu ma me mo na ne no pa po ra ri ro sa so ta ti to va vi xo ze".split()
_TAILS = (
    "tec tek con ron lex dur mat nova max tron plast form fix met cor lan dex lux pack flow san vent mark line gas dyn therm sol "
    "trans bel ro na tis mos ran wa"
).split()
INDUSTRIES = (
    ("Machinery", 20), ("Manufacturing", 18), ("Automotive", 11), ("Construction", 9), ("Engineering", 9), ("Chemicals", 8),
    ("Food & Beverage", 8), ("Energy", 6), ("Transportation", 6), ("Utilities", 5),
)  # fmt: skip
"""Industries as the CRM lists them, with their shares of the companies."""

SURNAME, COINED, FULL_NAME, PARTNERS, INITIALS = range(5)
_PATTERN_SHARE = np.array([47.0, 30, 9, 6, 8])
_PARTNERS = {
    "de": "& Söhne|& Partner|Gebrüder|& Co.", "fr": "& Fils|Frères|et Associés", "nl": "& Zonen|Gebroeders|& Co",
    "it": "& Figli|F.lli|& C.", "es": "e Hijos|Hermanos|y Cía.", "en": "& Sons|Brothers|& Co.|& Partners",
    "ja": "Group|& Co.", "pl": "i Synowie|i Wspólnicy", "cs": "a synové|a spol.",
}  # fmt: skip


def _by_language(lists: dict[str, str], separator: str | None) -> tuple[pl.Series, Places, npt.NDArray[np.float64]]:
    rows = [(w, n, 1 / (4 + r)) for n, lang in enumerate(LANGUAGES) for r, w in enumerate(lists[lang].split(separator))]
    return pl.Series([row[0] for row in rows]), np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


_BEFORE = ["Gebrüder", "Gebroeders", "F.lli", "Hermanos"]
_TRADE_WORDS, _PARTNER_WORDS = _by_language(TRADES, None), _by_language(_PARTNERS, "|")
_FORM_ROWS = [
    (form, number, float(share))
    for number, country in enumerate(COUNTRIES)
    for form, share in zip(FORMS[country.code][0].split("|"), FORMS[country.code][1], strict=True)
]
_FORM_COUNTRY = np.array([number for _, number, _ in _FORM_ROWS], dtype=np.int64)
_FORM_SHARE = np.array([share for _, _, share in _FORM_ROWS])


def draw_forms(rng: np.random.Generator, countries: Places) -> pl.Series:
    """A legal form for each of ``countries`` (places in COUNTRIES)."""
    place = weighted_within(rng.random(len(countries)), countries, _FORM_COUNTRY, _FORM_SHARE)
    return pl.Series([form for form, _, _ in _FORM_ROWS], dtype=pl.String).gather(place)


def draw_coined(rng: np.random.Generator, count: int) -> pl.Series:
    """Coined words such as Norvitec: some 80 000 different ones, short ones more often."""
    head = pl.Series(_HEADS).gather(rng.integers(0, len(_HEADS), count))
    middle = pl.Series(["", *_MIDDLES]).gather(np.maximum(rng.integers(-12, len(_MIDDLES) + 1, count), 0))
    return head + middle + pl.Series(_TAILS).gather(rng.integers(0, len(_TAILS), count))


def draw_company_names(rng: np.random.Generator, countries: Places) -> pl.DataFrame:
    """The parts of the name of a company in each of ``countries``: stem | trade | form; trade may be empty."""
    count, languages = len(countries), LANGUAGE_OF[countries]
    pattern = weighted(rng.random(count), _PATTERN_SHARE)
    surname, given = draw_surnames(rng, languages), draw_given_names(rng, languages)
    letters = pl.Series([chr(65 + n) for n in range(26)])
    initials = letters.gather(rng.integers(0, 26, count)) + letters.gather(rng.integers(0, 26, count))
    third = letters.gather(rng.integers(0, 26, count))
    initials = (initials + third).zip_with(pl.Series(rng.random(count) < 0.6), initials)
    words, groups, shares = _PARTNER_WORDS
    partner = words.gather(weighted_within(rng.random(count), languages, groups, shares))
    words, groups, shares = _TRADE_WORDS
    trade = words.gather(weighted_within(rng.random(count), languages, groups, shares))
    parts = pl.DataFrame(
        {
            "pattern": pattern, "surname": surname, "given": given, "initials": initials, "partner": partner, "trade": trade,
            "coined": draw_coined(rng, count), "form": draw_forms(rng, countries), "without_trade": rng.random(count),
        }
    )  # fmt: skip
    return parts.select(_name_parts())


@cache
def _name_parts() -> list[pl.Expr]:
    """stem, trade and form, put together as the column ``pattern`` says."""
    pattern_is = pl.col("pattern").__eq__
    stem = (
        pl.when(pattern_is(SURNAME)).then("surname")
        .when(pattern_is(COINED)).then("coined")
        .when(pattern_is(FULL_NAME)).then(pl.concat_str("given", "surname", separator=" "))
        .when(pattern_is(PARTNERS) & pl.col("partner").is_in(_BEFORE)).then(pl.concat_str("partner", "surname", separator=" "))
        .when(pattern_is(PARTNERS)).then(pl.concat_str("surname", "partner", separator=" "))
        .otherwise("initials")
    )  # fmt: skip
    trade = (
        pl.when(pattern_is(COINED) & (pl.col("without_trade") < 0.45)).then(pl.lit(""))
        .when(pattern_is(PARTNERS) & (pl.col("without_trade") < 0.6)).then(pl.lit("")).otherwise("trade")
    )  # fmt: skip
    return [stem.alias("stem"), trade.alias("trade"), pl.col("form")]


@cache
def company_name(extra: str = "extra") -> pl.Expr:
    """The whole name out of stem, trade, ``extra`` (a place, a country, Holding, Services …) and form; parts may be empty."""
    parts = [pl.col(name).replace("", None) for name in ("stem", "trade", extra, "form")]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)


@cache
def domain_name() -> pl.Expr:
    """The host name of a company: its stem, half of the time with the trade, and the domain of its country.

    Reads stem, trade, top_domain and ``domain_style`` (0 to 1).
    """
    stem = ascii_name(pl.col("stem"))
    trade = ascii_name(pl.col("trade"))
    has_trade = (trade != "") & ((pl.col("domain_style") < 0.75) | (stem.str.len_chars() < 5))
    separator = pl.when(pl.col("domain_style") < 0.5).then(pl.lit("-")).otherwise(pl.lit(""))
    top = pl.when(pl.col("domain_style") > 0.93).then(pl.lit("com")).otherwise("top_domain")
    host = pl.when(has_trade).then(pl.concat_str(stem, separator, trade)).otherwise(stem)
    return pl.concat_str(host, pl.lit("."), top)
