"""How two records are compared: for every field a few levels, from the same to different, as Splink settings.

Each level has a shipped m (share of true pairs at this level) and u (share of other pairs), which serve where there is too little
to learn from and hold the learned ones in place where a set says little.
"""

from dataclasses import dataclass, field
from typing import Any

MACROS = (
    """create or replace temp macro word_likeness(x, y) as case when x = y then 1 when jaro_winkler_similarity(x, y) < 0.84 then 0
        when length(x) > 3 and damerau_levenshtein(x, y) <= 1 then 0.95 when starts_with(x, y) or starts_with(y, x) then 0.93
        when least(length(x), length(y)) > 7 and damerau_levenshtein(x, y) <= 2 then 0.9
        else jaro_winkler_similarity(x, y) - 0.2 end""",
    """create or replace temp macro likeness(gate, mine, weights, others) as case when gate then list_sum(list_transform(mine,
        (x, i) -> weights[i] * coalesce(list_max(list_transform(others, y -> word_likeness(x, y))), 0))) else 0 end""",
    """create or replace temp macro evidence(shared_l, shared_r, rarity_l, rarity_r) as list_transform([[shared_l, shared_r]],
        s -> least(s[1], s[2]) - 2 * greatest(least(rarity_l - s[1], rarity_r - s[2]) - 0.1, 0)
        - 0.3 * greatest(greatest(rarity_l - s[1], rarity_r - s[2]) - 0.2, 0))[1]""",
    """create or replace temp macro lacks(part, others) as part <> '' and list_min(list_transform(string_split(part, ' '),
        x -> list_max(list_transform(others, y -> jaro_winkler_similarity(x, y))))) < 0.9""",
    """create or replace temp macro edits(a, b) as damerau_levenshtein(a, b)""",
)
"""SQL functions that the levels use. ``likeness``: the weight of the words ``mine`` that are among ``others``, words compared by
Jaro-Winkler (Monge & Elkan, 1996); 0 where the cheap ``gate`` says no. ``evidence``: how rare what two names share is (1: as rare as
one name among all), less twice the rarity of what each of them has alone: a word more on one side only says little."""


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison: its SQL over ``_l`` and ``_r`` columns, and the shipped m and u.

    ``most``: its weight in bits is never more, whatever a set of records seems to say.
    """

    label: str
    condition: str
    m: float
    u: float
    most: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One field: ``null`` is the SQL for "cannot be compared", ``levels`` go from best to worst, the last catches the rest."""

    name: str
    null: str
    levels: tuple[Level, ...] = field(default_factory=tuple)


_RARE, _COMMON = 0.000001, 0.00003
_BEARERS = "given_name_share_l * surname_share_l"
"""Share of the records that one expects to bear a full name."""
_SAME_GIVEN, _SAME_SURNAME = "given_name_l = given_name_r", "surname_l = surname_r"
_LIKE_GIVEN = (
    "(given_name_l = given_name_r or list_has_any(given_names_l, given_names_r)"
    " or jaro_winkler_similarity(given_name_l, given_name_r) >= 0.88)"
)
_LIKE_SURNAME = "(surname_l = surname_r or jaro_winkler_similarity(surname_l, surname_r) >= 0.88 or surname_sound_l = surname_sound_r)"
_NO_GIVEN, _NO_SURNAME = "(given_name_l is null or given_name_r is null)", "(surname_l is null or surname_r is null)"
_SHARED = (
    "(list_has_any(name_prefixes_l, name_prefixes_r) or jaro_winkler_similarity(name_compact_l, name_compact_r) >= 0.8)"
)
_SAME_NAME = "(name_key_l = name_key_r or name_compact_l = name_compact_r)"
_NAME_SHARED = (
    f"likeness({_SHARED}, name_words_l, name_weights_l, name_words_r)",
    f"likeness({_SHARED}, name_words_r, name_weights_r, name_words_l)",
)
_EVIDENCE = (
    f"greatest(evidence({', '.join(_NAME_SHARED)}, name_rarity_l, name_rarity_r),"
    " case when damerau_levenshtein(name_compact_l, name_compact_r) <= least(length(name_compact_l), length(name_compact_r)) // 9 then 0.95 * least(name_rarity_l, name_rarity_r) else 0 end)"
)
_NAME_LIKE = (f"{_NAME_SHARED[0]} / name_rarity_l", f"{_NAME_SHARED[1]} / name_rarity_r")
_ALIKE = f"least({', '.join(_NAME_LIKE)})"
_WITHIN = f"greatest({', '.join(_NAME_LIKE)})"
_OTHER_PART = (
    "(name_part_l <> name_part_r and name_core_l <> '' and name_core_r <> ''"
    " and (lacks(name_part_l, name_words_r) or lacks(name_part_r, name_words_l)) and"
    f" (name_core_l = name_core_r or jaro_winkler_similarity(name_core_l, name_core_r) >= 0.95 or {_WITHIN} >= 0.93))"
)
_RELATED = (
    "case when is_person_l and is_person_r then coalesce(birth_date_l = birth_date_r, false)"
    " or coalesce(jaro_winkler_similarity(given_name_l, given_name_r) >= 0.75"
    " or (left(given_name_l, 1) = left(given_name_r, 1) and least(length(given_name_l), length(given_name_r)) = 1)"
    " or given_name_l = surname_r or given_name_r = surname_l or list_has_any(given_names_l, given_names_r), true)"
    f" else not coalesce({_OTHER_PART}, false)"
    f" and (coalesce(domain_l = domain_r, false) or coalesce(case when is_person_l or is_person_r then {_ALIKE} >= 0.72 else {_WITHIN} >= 0.45 end, true)) end"
)
"""The names do not speak against it: what neighbours and relatives share anyway is then evidence."""
_NAMESAKES = (
    f"({_LIKE_SURNAME} and jaro_winkler_similarity(surname_l, surname_r) >= 0.75 and ({_LIKE_GIVEN} or {_NO_GIVEN}"
    " or (left(given_name_l, 1) = left(given_name_r, 1) and least(length(given_name_l), length(given_name_r)) = 1)))"
)
"""Names of one person among few: sounding alike is not enough (Sasaki and Suzuki), an initial is."""
_COLLEAGUES = "coalesce(organisation_l = organisation_r, false)"


def _of_colleagues(shared: str) -> str:
    """Two of one organisation share its switchboard and its domain, and what is ``shared`` too if their names allow it."""
    return f"({_COLLEAGUES} and not coalesce({shared} and {_NAMESAKES}, false))"


_STRANGERS = "coalesce(organisation_l <> organisation_r and domain_l <> domain_r, false)"
"""Two of different organisations, each with an address that its own one gives: it is made of the name, and says nothing more."""
_SHARED_STREET = "list_has_any(street_prefixes_l, street_prefixes_r)"
_STREET_LIKE = (
    f"likeness({_SHARED_STREET}, street_words_l, street_weights_l, street_words_r)",
    f"likeness({_SHARED_STREET}, street_words_r, street_weights_r, street_words_l)",
)
_STREET_ALIKE = f"least({', '.join(_STREET_LIKE)})"
_STREET_WITHIN = f"greatest({', '.join(_STREET_LIKE)})"
_SAME_STREET = "(street_key_l = street_key_r and len(street_numbers_l) > 0)"
_LIKE_STREET = f"(list_has_any(street_numbers_l, street_numbers_r) and {_STREET_WITHIN} >= 0.8)"
_NO_STREET = "(street_key_l is null or street_key_r is null)"
_CITIES_ALIKE = "(jaro_winkler_similarity(city_l, city_r) >= 0.88 or starts_with(city_l, city_r || ' ') or starts_with(city_r, city_l || ' '))"
_SAME_POSTCODE = f"(postcode_l = postcode_r and coalesce({_CITIES_ALIKE}, true))"
_SAME_PLACE = f"(postcode_l = postcode_r or {_CITIES_ALIKE})"
_SAME_PHONE = "(phone_l = phone_r or (length(phone_l) > 8 and right(phone_l, 9) = right(phone_r, 9)))"
_KILOMETRES = (
    "(12742 * asin(sqrt(least(1, pow(sin(radians(latitude_r - latitude_l) / 2), 2)"
    " + cos(radians(latitude_l)) * cos(radians(latitude_r)) * pow(sin(radians(longitude_r - longitude_l) / 2), 2)))))"
)


def _missing(*columns: str) -> str:
    return " or ".join(f"{column}_{side} is null" for column in columns for side in ("l", "r"))


COMPARISONS = (
    Comparison(
        "name",
        f"{_missing('name_key')} or (is_person_l and is_person_r)",
        (
            Level("same, very rare", f"{_SAME_NAME} and least(name_rarity_l, name_rarity_r) >= 1.5", 0.27, 0.00000007, most=14),
            Level("same, rare", f"{_SAME_NAME} and least(name_rarity_l, name_rarity_r) >= 1", 0.20, 0.00000008, most=14),
            Level("same", _SAME_NAME, 0.04, 0.0000003, most=14),
            Level("another part of the group", _OTHER_PART, 0.04, 0.00003, most=2),
            Level(
                "other numbers",
                "len(name_numbers_l) > 0 and len(name_numbers_r) > 0 and not list_has_any(name_numbers_l, name_numbers_r)",
                0.005, 0.01, most=-1,
            ),
            Level("the initials of the other", "length(name_compact_l) > 2 and length(name_compact_r) > 2 and (initials_l = name_compact_r or initials_r = name_compact_l)", 0.02, 0.00003),
            Level("nothing shared", f"not {_SHARED}", 0.02, 0.97, most=-3.5),
            Level("different", f"{_EVIDENCE} < 0.5", 0.02, 0.03, most=-1),
            Level("little shared", f"{_EVIDENCE} < 0.85", 0.012, 0.0001),
            Level("something rare shared", f"{_EVIDENCE} < 1", 0.03, 0.00003, most=11),
            Level("as rare as one name", f"{_EVIDENCE} < 1.2", 0.03, 0.000015, most=11),
            Level("rarer than one name", f"{_EVIDENCE} < 1.5", 0.13, 0.000015, most=11),
            Level("much the same", f"{_EVIDENCE} < 1.9", 0.08, 0.000003, most=11),
            Level("nearly the same, very rare", "else", 0.10, 0.000002, most=11),
        ),
    ),
    Comparison(
        "person",
        "(given_name_l is null or given_name_r is null) and (surname_l is null or surname_r is null)",
        (
            Level("same, rare", f"{_SAME_GIVEN} and {_SAME_SURNAME} and {_BEARERS} < {_RARE}", 0.25, 0.000005),
            Level("same, common", f"{_SAME_GIVEN} and {_SAME_SURNAME} and {_BEARERS} < {_COMMON}", 0.20, 0.00002),
            Level("same, very common", f"{_SAME_GIVEN} and {_SAME_SURNAME}", 0.15, 0.00003),
            Level("exchanged", "given_name_l = surname_r and given_name_r = surname_l", 0.02, 0.00002),
            Level("one same, one nearly", f"({_SAME_SURNAME} and {_LIKE_GIVEN}) or ({_SAME_GIVEN} and {_LIKE_SURNAME})", 0.15, 0.00003),
            Level(
                "both nearly",
                f"({_LIKE_GIVEN} and {_LIKE_SURNAME}) or (jaro_winkler_similarity(given_name_l, surname_r) >= 0.88"
                " and jaro_winkler_similarity(given_name_r, surname_l) >= 0.88)",
                0.05, 0.00002,
            ),
            Level("same surname, one given name unknown", f"{_NO_GIVEN} and {_LIKE_SURNAME}", 0.03, 0.0003),
            Level("same given name, one surname unknown", f"{_NO_SURNAME} and {_SAME_GIVEN}", 0.01, 0.0005),
            Level("same surname, same initial", f"{_LIKE_SURNAME} and left(given_name_l, 1) = left(given_name_r, 1)", 0.03, 0.0002),
            Level("same surname, another given name", _LIKE_SURNAME, 0.04, 0.003, most=-0.5),
            Level("same given name, another surname", _LIKE_GIVEN, 0.04, 0.01, most=1),
            Level("different", "else", 0.03, 0.98, most=-3),
        ),
    ),
    Comparison(
        "birth date",
        _missing("birth_date"),
        (
            Level("same", "birth_date_l = birth_date_r", 0.85, 0.00005),
            Level("one slip", "edits(birth_date_l, birth_date_r) <= 1", 0.08, 0.0008),
            Level(
                "day and month exchanged, or two of three the same",
                "(left(birth_date_l, 4) = left(birth_date_r, 4))::int + (birth_date_l[5:6] = birth_date_r[5:6])::int"
                " + (right(birth_date_l, 2) = right(birth_date_r, 2))::int >= 2"
                " or birth_date_l = left(birth_date_r, 4) || right(birth_date_r, 2) || birth_date_r[5:6]",
                0.03, 0.004,
            ),
            Level("two slips", "edits(birth_date_l, birth_date_r) <= 2", 0.01, 0.01),
            Level("different", "else", 0.03, 0.99, most=-4),
        ),
    ),
    Comparison(
        "address",
        "not ((postcode_l is not null and postcode_r is not null) or (city_l is not null and city_r is not null)"
        " or (street_key_l is not null and street_key_r is not null))",
        (
            Level("same address", f"{_SAME_STREET} and {_SAME_PLACE} and {_RELATED}", 0.40, 0.00002),
            Level("nearly the same address", f"{_LIKE_STREET} and {_SAME_PLACE} and {_RELATED}", 0.18, 0.00004),
            Level(
                "same address or postcode, another name",
                f"(({_SAME_STREET} or {_LIKE_STREET}) and {_SAME_PLACE}) or ({_SAME_POSTCODE} and not {_RELATED})",
                0.01, 0.0005, most=2,
            ),
            Level("same street and house, another place", f"{_SAME_STREET} or {_LIKE_STREET}", 0.03, 0.00005, most=10),
            Level(
                "same house, half of the street",
                f"list_has_any(street_numbers_l, street_numbers_r) and {_STREET_WITHIN} >= 0.4 and {_SAME_PLACE} and {_RELATED}",
                0.03, 0.00005,
            ),
            Level("same street, house unknown or another", f"{_SAME_PLACE} and {_STREET_ALIKE} >= 0.8", 0.04, 0.0005),
            Level("same postcode and city, street unknown", f"{_SAME_POSTCODE} and {_NO_STREET}", 0.06, 0.0007),
            Level("same postcode and city, another street", _SAME_POSTCODE, 0.09, 0.001),
            Level("same postcode or city", f"{_SAME_PLACE}", 0.09, 0.012),
            Level("same region", "region_l = region_r or left(postcode_l, 3) = left(postcode_r, 3)", 0.04, 0.1),
            Level("different", "else", 0.06, 0.886, most=-1.5),
        ),
    ),
    Comparison(
        "country",
        _missing("country"),
        (Level("same", "country_l = country_r", 0.99, 0.3), Level("different", "else", 0.01, 0.7)),
    ),
    Comparison(
        "phone",
        f"{_missing('phone')} or {_of_colleagues(_SAME_PHONE)}",
        (
            Level("same", f"{_SAME_PHONE} and {_RELATED}", 0.70, 0.00005),
            Level("same, another name", _SAME_PHONE, 0.02, 0.0001, most=2),
            Level(
                "same switchboard or one slip",
                "left(phone_l, greatest(7, length(phone_l) - 3)) = left(phone_r, greatest(7, length(phone_l) - 3))"
                " or (length(phone_l) between length(phone_r) - 1 and length(phone_r) + 1 and left(phone_l, 2) = left(phone_r, 2)"
                " and edits(phone_l, phone_r) <= 1)",
                0.10, 0.0003,
            ),
            Level("different", "else", 0.18, 0.9995, most=-1),
        ),
    ),
    Comparison(
        "mail or web",
        "((email_l is null or email_r is null) and (domain_l is null or domain_r is null))"
        f" or {_of_colleagues('email_l = email_r and mailbox_l is not null')} or {_STRANGERS}",
        (
            Level("same mailbox", "email_l = email_r and mailbox_l is not null", 0.50, 0.00002),
            Level("same company domain", f"domain_l = domain_r and {_RELATED}", 0.25, 0.0002),
            Level("same company domain, another part of the group", "domain_l = domain_r", 0.02, 0.0003, most=2),
            Level(
                "nearly the same mailbox",
                "mailbox_l = mailbox_r or (jaro_winkler_similarity(email_l, email_r) >= 0.95 and mailbox_l is not null)",
                0.06, 0.0001,
            ),
            Level(
                "similar domain",
                "split_part(domain_l, '.', 1) = split_part(domain_r, '.', 1) or email_l = email_r"
                " or jaro_winkler_similarity(domain_l, domain_r) >= 0.95",
                0.05, 0.0006, most=1,
            ),
            Level("different", "else", 0.15, 0.999, most=-1),
        ),
    ),
    Comparison(
        "tax id",
        _missing("tax_id"),
        (
            Level("same", "tax_id_l = tax_id_r", 0.88, 0.00001),
            Level("one slip", "length(tax_id_l) >= 7 and edits(tax_id_l, tax_id_r) <= 1", 0.06, 0.00002),
            Level("different", "else", 0.015, 0.99997, most=-5),
        ),
    ),
    Comparison(
        "position",
        _missing("latitude", "longitude"),
        (
            Level("within 200 metres", f"{_KILOMETRES} <= 0.2", 0.7, 0.0005),
            Level("within 2 kilometres", f"{_KILOMETRES} <= 2", 0.15, 0.005),
            Level("within 20 kilometres", f"{_KILOMETRES} <= 20", 0.08, 0.03),
            Level("further", "else", 0.07, 0.9645),
        ),
    ),
    Comparison(
        "organisation",
        _missing("organisation"),
        (
            Level("same", f"{_COLLEAGUES} and {_NAMESAKES}", 0.96, 0.0001),
            Level("same, another name", _COLLEAGUES, 0.002, 0.001, most=2),
            Level("different", "else", 0.038, 0.9989, most=-4),
        ),
    ),
)  # fmt: skip


def settings(prior: float, weights: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    """Return Splink's settings: ``prior`` (probability that two random records match) and (m, u) of each comparison's levels."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "ordinal",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            _splink(comparison, weights[comparison.name]) for comparison in COMPARISONS if comparison.name in weights
        ],
    }


def _splink(comparison: Comparison, weights: list[tuple[float, float]]) -> dict[str, Any]:
    null = {"sql_condition": comparison.null, "label_for_charts": "unknown", "is_null_level": True}
    levels = [
        {
            "sql_condition": "ELSE" if level.condition == "else" else level.condition,
            "label_for_charts": level.label,
            "m_probability": m,
            "u_probability": u,
        }
        for level, (m, u) in zip(comparison.levels, weights, strict=True)
    ]
    return {"output_column_name": comparison.name.replace(" ", "_"), "comparison_levels": [null, *levels]}
