"""How people misspell, abbreviate and translate names and addresses: rewriting of whole columns.

The expressions are cached: they hold long lists of words, and are asked for in every month.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from pipelines.demo.customers.geography import EXONYMS

FORM_VARIANTS = {
    "GmbH": "G.m.b.H.|GMBH|Gesellschaft mbH|Ges.m.b.H.|Gmbh|mbH|",
    "GmbH & Co. KG": "GmbH & Co KG|GmbH + Co. KG|GmbH u. Co. KG|GmbH&Co.KG|GMBH & CO KG|KG|",
    "GmbH & Co KG": "GmbH & Co. KG|GmbH + Co KG|GmbH u. Co. KG|KG|",
    "AG": "A.G.|Aktiengesellschaft|", "KG": "K.G.|Kommanditgesellschaft|", "OHG": "oHG|O.H.G.|", "SE": "S.E.|Societas Europaea|",
    "e.K.": "eK|e. K.|e.Kfm.|", "e.U.": "eU|", "SA": "S.A.|Société Anonyme|", "SAS": "S.A.S.|S.A.S|", "SARL": "S.A.R.L.|Sarl|",
    "EURL": "E.U.R.L.|", "Sàrl": "Sarl|S.à r.l.|GmbH|", "B.V.": "BV|B.V|Besloten Vennootschap|", "N.V.": "NV|N.V|",
    "V.O.F.": "VOF|vof|", "NV": "N.V.|SA|", "BV": "B.V.|BVBA|", "S.r.l.": "Srl|SRL|S.R.L.|", "S.p.A.": "SpA|SPA|S.P.A.|",
    "S.n.c.": "Snc|SNC|", "S.L.": "SL|S.L|Sociedad Limitada|", "S.A.": "SA|S.A|Sociedad Anónima|", "S.L.U.": "SLU|S.L.|",
    "Ltd": "Ltd.|Limited|LTD|", "Limited": "Ltd|Ltd.|LTD|", "plc": "PLC|P.L.C.|Public Limited Company|", "LLP": "L.L.P.|",
    "Inc.": "Inc|Incorporated|, Inc.|INC|", "LLC": "L.L.C.|, LLC|Llc|", "Corporation": "Corp.|Corp|",
    "Corp.": "Corp|Corporation|",
    "Co.": "Company|Co|& Co.|", "Ltd.": "Ltd|Limited|", "K.K.": "Co., Ltd.|Kabushiki Kaisha|KK|",
    "Co., Ltd.": "K.K.|Co.,Ltd|Co. Ltd.|",
    "G.K.": "GK|LLC|", "Sp. z o.o.": "Sp.z o.o.|Spółka z o.o.|sp. zoo|", "Sp.j.": "Spółka jawna|",
    "s.r.o.": "sro|spol. s r.o.|s. r. o.|",
    "a.s.": "as|a. s.|", "spol. s r.o.": "s.r.o.|spol s.r.o.|",
}  # fmt: skip
"""Other ways to write a legal form, separated by |; the last one, empty, leaves it out."""

ABBREVIATIONS = {
    "Maschinenbau": "Masch.bau", "Werkzeugbau": "Werkz.bau", "Anlagenbau": "Anl.bau", "Industrietechnik": "Ind.technik",
    "Industriebedarf": "Ind.bedarf", "Kunststofftechnik": "Kunstst.techn.", "Antriebstechnik": "Antriebstechn.",
    "Präzisionstechnik": "Präz.technik", "Fahrzeugbau": "Fahrz.bau", "Verpackung": "Verp.", "International": "Intl.",
    "Engineering": "Eng.", "Manufacturing": "Mfg.", "Industries": "Ind.", "Industrie": "Ind.", "Technologies": "Techn.",
    "Machinery": "Mach.", "Equipment": "Equip.", "Equipements": "Equip.", "Services": "Svcs.", "Logistics": "Log.",
    "Components": "Comp.", "Gebrüder": "Gebr.", "Gebroeders": "Gebr.", "Hermanos": "Hnos.", "Brothers": "Bros.",
    "Ingénierie": "Ingén.", "Automatisering": "Autom.", "Automazioni": "Autom.", "Automation": "Autom.", "Technik": "Techn.",
    "Systeme": "Syst.", "Systems": "Sys.", "Construcciones": "Constr.", "Costruzioni": "Costr.", "Deutschland": "Dtl.",
    "Seisakusho": "Seisaku.", "Maquinaria": "Maq.", "Holding": "Hldg.", "Products": "Prod.",
}  # fmt: skip
TRANSLATIONS = {
    "Maschinenbau": "Engineering", "Systeme": "Systems", "Systems": "Systeme", "Technik": "Technology", "Metallbau": "Metal",
    "Hydraulik": "Hydraulics", "Werkzeugbau": "Tooling", "Verpackung": "Packaging", "Chemie": "Chemicals", "Energie": "Energy",
    "Mécanique": "Mechanical", "Systèmes": "Systems", "Techniek": "Technics", "Machinebouw": "Machinery",
    "Meccanica": "Mechanics",
    "Industrie": "Industries", "Maquinaria": "Machinery", "Industrias": "Industries", "Sistemi": "Systems", "Sistemas": "Systems",
    "Deutschland": "Germany", "Schweiz": "Switzerland", "Nederland": "Netherlands", "Italia": "Italy", "& Söhne": "& Sons",
    "Seisakusho": "Works", "Kogyo": "Industries", "Denki": "Electric", "Kikai": "Machinery", "Kagaku": "Chemical",
    "Shoji": "Trading", "Seimitsu": "Precision", "Tekko": "Steel", "Sangyo": "Industrial", "Seiki": "Precision Machinery",
    "Jidosha": "Motors", "Shokuhin": "Foods", "Kovo": "Metal", "Maszyny": "Machinery", "Strojírny": "Engineering Works",
    "Automatyka": "Automation", "Automatizace": "Automation",
}  # fmt: skip
"""How a trade is called in the other system's language; for Japanese names another romanisation is at `ROMANISATIONS`."""

ROMANISATIONS = {
    "Sato": "Satoh", "Ito": "Itoh", "Saito": "Saitoh", "Kato": "Katoh", "Goto": "Gotoh", "Kondo": "Kondoh", "Endo": "Endoh",
    "Ono": "Ohno", "Ota": "Ohta", "Shimizu": "Simizu", "Kogyo": "Kougyou", "Shoji": "Syoji", "Hayashi": "Hayasi",
}  # fmt: skip
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
_PLAIN = dict(
    zip(
        "äöüÄÖÜßáàâãéèêëíìîïóòôõúùûçñøýčďěňřšťůžąćęłńśźżÉÈÁÀÓÚÍÇŁŚŻČŘŠŽĐōūŌ",
        "aouAOUsaaaaeeeeiiiioooouuucnoycdenrstuzacelnszzEEAAOUICLSZCRSZDouO",
        strict=True,
    )
)
NO_UMLAUTS = {**_PLAIN, **_UMLAUTS}
"""Letters without umlauts and accents."""

_STREETS = {
    "straße": "str.", "Straße": "Str.", "strasse": "str.", "Strasse": "Str.", "Street": "St", "Avenue": "Ave",
    "avenue": "av.",
    "Road": "Rd", "Drive": "Dr", "boulevard": "bd", "Avenida": "Avda.", "Calle": "C/", "Viale": "V.le", "Via": "V.",
    "straat": "str.",
    "Parkway": "Pkwy", "Industrial": "Ind.", "Industriepark": "Ind.park", "Polígono": "Pol.", "chemin": "ch.",
}  # fmt: skip
_AND = {" & ": " und ", " und ": " & ", " et ": " & ", " y ": " & ", " and ": " & "}
_AND_ABROAD = {" & ": " and ", " und ": " and "}
_NEIGHBOURS = dict(zip("abcdefghijklmnopqrstuvwxyz0123456789", "snvrwgfjuzkjnmipsedtzibyxs1234567890", strict=True))


def replaced(column: str, pairs: Mapping[str, str]) -> pl.Expr:
    """``column`` with each key of ``pairs`` replaced by its value, longer keys first."""
    keys = sorted(pairs, key=len, reverse=True)
    return pl.col(column).str.replace_many(keys, [pairs[key] for key in keys], leftmost=True)


@cache
def abbreviated(column: str) -> pl.Expr:
    """``column`` with trades abbreviated."""
    return replaced(column, ABBREVIATIONS)


@cache
def translated(column: str) -> pl.Expr:
    """``column`` with trades in another language."""
    return replaced(column, TRANSLATIONS)


@cache
def romanised(column: str) -> pl.Expr:
    """``column``, a Japanese name, with its words translated and its names romanised otherwise."""
    return replaced(column, {**TRANSLATIONS, **ROMANISATIONS})


@cache
def street_abbreviated(column: str) -> pl.Expr:
    """``column`` with the word for street abbreviated."""
    return replaced(column, _STREETS)


@cache
def exonym(column: str) -> pl.Expr:
    """``column``, a city, by its name in another language."""
    return pl.col(column).replace(EXONYMS)


@cache
def without_umlauts(column: str) -> pl.Expr:
    """``column`` with ae for ä, and other letters without their accents."""
    return replaced(column, NO_UMLAUTS)


@cache
def without_accents(column: str) -> pl.Expr:
    """``column`` with a for ä and so on: what a wrong character set leaves."""
    return replaced(column, _PLAIN)


@cache
def other_and(column: str) -> pl.Expr:
    """``column`` with "und" for "&" or the reverse, "and" outside the German-speaking countries."""
    is_german = pl.col("country").is_in(["DE", "AT", "CH"])
    return pl.when(is_german).then(replaced(column, _AND)).otherwise(replaced(column, _AND_ABROAD))


@cache
def upper(column: str) -> pl.Expr:
    """``column`` in capitals."""
    return pl.col(column).str.to_uppercase()


_FORMS = list(FORM_VARIANTS)
_VARIANTS = [variants.split("|") for variants in FORM_VARIANTS.values()]
_MANY = [len(variants) for variants in _VARIANTS]
_OFFSETS = [sum(_MANY[:place]) for place in range(len(_MANY))]
_ALL_VARIANTS = pl.Series([variant for variants in _VARIANTS for variant in variants])


@cache
def other_form(column: str, draw: str) -> pl.Expr:
    """``column`` with the legal form at its end (column form) written otherwise or left out; ``draw``: a column of 0 to 1."""
    form = pl.col("form")
    offset = form.replace_strict(_FORMS, _OFFSETS, default=0, return_dtype=pl.Int64)
    last = form.replace_strict(_FORMS, _MANY, default=1, return_dtype=pl.Int64) - 1
    # The last variant, no form at all, is as common as all others together.
    pick = pl.min_horizontal((pl.col(draw) * 2 * last).floor().cast(pl.Int64), last)
    written = pl.lit(_ALL_VARIANTS).gather(offset + pick)
    joined = pl.concat_str(pl.col(column).str.strip_suffix(form).str.strip_chars_end(), pl.lit(" "), written)
    tidy = joined.str.strip_chars_end().str.replace(" ,", ",", literal=True)
    has_form = form.is_in(_FORMS) & pl.col(column).str.ends_with(form)
    return pl.when(has_form).then(tidy).otherwise(column)


@cache
def mistyped(column: str, where: str, which: str, *, digits: bool = False) -> pl.Expr:
    """``column`` with one slip each: two letters swapped, one left out, doubled, or the key beside it hit.

    ``where`` and ``which`` are columns of draws (0 to 1) for its place and kind. ``digits``: only a swap or a wrong digit, as in
    numbers. Texts shorter than four characters stay.
    """
    text, length = pl.col(column), pl.col(column).str.len_chars().cast(pl.Int64)
    place = 1 + (pl.col(where) * (length - 2).clip(lower_bound=1)).floor().cast(pl.Int64)
    kind = pl.col(which)
    head, one, two = text.str.slice(0, place), text.str.slice(place, 1), text.str.slice(place + 1, 1)
    rest, after = text.str.slice(place + 1), text.str.slice(place + 2)
    wrong = one.str.to_lowercase().replace(_NEIGHBOURS)
    swap, left_out, doubled = (0.5, 0.5, 0.5) if digits else (0.25, 0.5, 0.75)
    slipped = (
        pl.when(kind < swap).then(pl.concat_str(head, two, one, after))
        .when(kind < left_out).then(pl.concat_str(head, rest))
        .when(kind < doubled).then(pl.concat_str(head, one, one, rest))
        .otherwise(pl.concat_str(head, wrong, rest))
    )  # fmt: skip
    return pl.when(length < 4).then(text).otherwise(slipped)
