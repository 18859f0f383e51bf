"""Records as they are compared: one row a record, each value in one spelling. Every row depends on its own record alone.

Texts are rewritten in Python once for each distinct value, everything else is SQL.
"""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.identity.blocking import block_keys
from pipelines.identity.contacts import (
    SHARED_MAILBOXES,
    birth_date,
    company_domain,
    email_address,
    phone_number,
    tax_number,
)
from pipelines.identity.names import GROUP_WORDS, company_words, formal_names, person_words
from pipelines.identity.places import city_name, country_code, post_code, street_words
from pipelines.identity.records import COLUMNS
from pipelines.identity.spelling import folded, sound
from pipelines.warehouse import quoted

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())


def standardise(connection: duckdb.DuckDBPyConnection, relation_name: str, into: str) -> None:
    """Write the records of ``relation_name`` (any of COLUMNS, at least id) in one spelling into the table ``into``.

    Columns: id, source_system, is_person; name_words, name_key (the words, sorted), name_core and name_part (without, and only,
    words that tell parts of a group apart), name_compact, name_numbers, name_prefixes, initials; given_name, given_names,
    surname, surname_sound; street_words, street_key, street_numbers, street_prefixes; city, postcode, region, country; phone,
    email, mailbox, domain, tax_id, birth_date, latitude, longitude; organisation; block_keys.
    A row follows from its record alone, so changed records can be written anew one by one.
    """
    there = {row[0] for row in connection.execute(f"describe {quoted(relation_name)}").fetchall()}
    columns = ", ".join(
        f"nullif(trim(cast({name} as varchar)), '') as {name}" if name in there else f"cast(null as varchar) as {name}"
        for name in COLUMNS
    )
    connection.execute(f"create or replace temp table __texts as select {columns} from {quoted(relation_name)}")
    for name, keys, schema, rewrite in _REWRITES:
        _rewrite(connection, name, keys, schema, rewrite)
    connection.execute(f"create or replace temp table __standard as {_STANDARD}")
    connection.execute(
        f"create or replace table {quoted(into)} as select *, {block_keys()} as block_keys from __standard"
    )
    for name in ("__texts", "__standard", *(name for name, *_ in _REWRITES)):
        connection.execute(f"drop table {name}")


Row = tuple[Any, ...]


def _rewrite(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    keys: Sequence[str],
    schema: pa.Schema,
    rewrite: Callable[..., Row | None],
) -> None:
    """Make a table of every distinct value of the columns ``keys`` and what ``rewrite`` makes of it; None leaves it out."""
    listed = ", ".join(keys)
    types = pa.schema([*((f"raw_{name}", _TEXT) for name in keys), *zip(schema.names, schema.types, strict=True)])
    result = connection.execute(f"select distinct {listed} from __texts where {keys[0]} is not null")
    batches = []
    while rows := result.fetchmany(50_000):
        done = [(*row, *made) for row in rows if (made := rewrite(*row)) is not None]
        columns = list(zip(*done, strict=True)) if done else [() for _ in types]
        batches.append(
            pa.record_batch(
                [pa.array(column, type=field.type) for column, field in zip(columns, types, strict=True)], schema=types
            )
        )
    rewritten = pa.Table.from_batches(batches, schema=types)
    connection.register("__rewritten", rewritten)
    connection.execute(f"create or replace temp table {table} as from __rewritten")
    connection.unregister("__rewritten")


def _name(name: str) -> Row | None:
    found = company_words(name)
    return (found,) if found else None


def _given_name(name: str) -> Row | None:
    found = person_words(name)
    if not found:
        return None
    formal = {form for word in (found[0], "".join(found)) for form in formal_names(word)}
    return found, "".join(found), sorted(formal)


def _surname(name: str) -> Row | None:
    found = person_words(name)
    return (found, "".join(found), sound("".join(found))) if found else None


def _email(email: str) -> Row | None:
    address = email_address(email)
    if address is None:
        return None
    mailbox = address.partition("@")[0]
    return address, None if mailbox in SHARED_MAILBOXES else mailbox, company_domain(address)


def _only(rewrite: Callable[..., Any]) -> Callable[..., Row | None]:
    """Make a rewriting function that returns one value return a row."""
    return lambda *values: None if (value := rewrite(*values)) is None or value == [] else (value,)


def _phone(phone: str, country: str | None) -> str | None:
    code = country_code(country) if country else None
    return phone_number(phone, code if code and len(code) == 2 and code.isupper() else None)


def _schema(**types: pa.DataType) -> pa.Schema:
    return pa.schema(list(types.items()))


_REWRITES: tuple[tuple[str, tuple[str, ...], pa.Schema, Callable[..., Row | None]], ...] = (
    ("__name", ("name",), _schema(words=_TEXTS), _name),
    ("__given", ("given_name",), _schema(words=_TEXTS, given=_TEXT, given_names=_TEXTS), _given_name),
    ("__surname", ("surname",), _schema(words=_TEXTS, family=_TEXT, surname_sound=_TEXT), _surname),
    ("__street", ("street",), _schema(street_words=_TEXTS), _only(street_words)),
    ("__city", ("city",), _schema(city_name=_TEXT), _only(city_name)),
    ("__postcode", ("postcode",), _schema(post_code=_TEXT), _only(post_code)),
    ("__region", ("region",), _schema(region_name=_TEXT), _only(lambda region: folded(region).strip(". ") or None)),
    ("__country", ("country",), _schema(country_code=_TEXT), _only(country_code)),
    ("__phone", ("phone", "country"), _schema(phone_number=_TEXT), _only(_phone)),
    ("__email", ("email",), _schema(address=_TEXT, mailbox=_TEXT, mail_domain=_TEXT), _email),
    ("__domain", ("domain",), _schema(web_domain=_TEXT), _only(company_domain)),
    ("__tax", ("tax_id",), _schema(tax_number=_TEXT), _only(tax_number)),
    ("__birth", ("date_of_birth",), _schema(birth_day=_TEXT), _only(birth_date)),
)

_STANDARD = f"""
with joined as (
    select
        texts.id,
        texts.source_system,
        __name.words as own_words,
        list_distinct(coalesce(__given.words, []) || coalesce(__surname.words, [])) as person_words,
        __given.given as given_name,
        __given.given_names,
        __surname.family as surname,
        __surname.surname_sound,
        __street.street_words,
        city_name as city,
        post_code as postcode,
        region_name as region,
        country_code as country,
        phone_number as phone,
        __email.address as email,
        __email.mailbox,
        coalesce(web_domain, mail_domain) as domain,
        tax_number as tax_id,
        birth_day as birth_date,
        texts.organisation,
        try_cast(latitude as double) as latitude,
        try_cast(longitude as double) as longitude
    from __texts as texts
    left join __name on __name.raw_name = texts.name
    left join __given on __given.raw_given_name = texts.given_name
    left join __surname on __surname.raw_surname = texts.surname
    left join __street on __street.raw_street = texts.street
    left join __city on __city.raw_city = texts.city
    left join __postcode on __postcode.raw_postcode = texts.postcode
    left join __region on __region.raw_region = texts.region
    left join __country on __country.raw_country = texts.country
    left join __phone on __phone.raw_phone = texts.phone and __phone.raw_country is not distinct from texts.country
    left join __email on __email.raw_email = texts.email
    left join __domain on __domain.raw_domain = texts.domain
    left join __tax on __tax.raw_tax_id = texts.tax_id
    left join __birth on __birth.raw_date_of_birth = texts.date_of_birth
),

named as (
    select
        *,
        len(person_words) > 0 and (own_words is null or list_has_all(person_words, own_words)) as is_person,
        case when len(person_words) > 0 and (own_words is null or list_has_all(person_words, own_words)) then person_words
            else own_words end as name_words
    from joined
)

select
    id,
    source_system,
    is_person,
    name_words,
    array_to_string(list_sort(name_words), ' ') as name_key,
    array_to_string(list_sort(list_filter(name_words, word -> not list_contains({sorted(GROUP_WORDS)}, word))), ' ') as name_core,
    array_to_string(list_sort(list_filter(name_words, word -> list_contains({sorted(GROUP_WORDS)}, word))), ' ') as name_part,
    array_to_string(name_words, '') as name_compact,
    list_filter(name_words, word -> regexp_matches(word, '[0-9]')) as name_numbers,
    list_distinct(list_transform(name_words, word -> left(word, 3))) as name_prefixes,
    array_to_string(list_transform(name_words, word -> left(word, 1)), '') as initials,
    given_name,
    given_names,
    surname,
    surname_sound,
    list_filter(street_words, word -> not regexp_matches(word, '[0-9]')) as street_words,
    array_to_string(list_sort(street_words), ' ') as street_key,
    list_filter(street_words, word -> regexp_matches(word, '[0-9]')) as street_numbers,
    list_distinct(list_transform(street_words, word -> left(word, 3))) as street_prefixes,
    city,
    postcode,
    region,
    country,
    phone,
    email,
    mailbox,
    domain,
    tax_id,
    birth_date,
    latitude,
    longitude,
    organisation
from named
"""
