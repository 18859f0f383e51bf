"""Real-life spellings of the same thing are written alike."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.contacts import birth_date, company_domain, email_address, phone_number, tax_number
from pipelines.identity.names import company_words, formal_names
from pipelines.identity.places import city_name, country_code, post_code, street_words
from pipelines.identity.standardise import standardise


@pytest.mark.parametrize(
    ("spellings", "words"),
    [
        (
            ["Wagner Elektro GmbH & Co. KG", "WAGNER ELEKTRO GMBH&CO.KG", "Wagner Elektro G.m.b.H."],
            ["wagner", "elektro"],
        ),
        (["Philips N. V.", "Philips NV", "PHILIPS N.V."], ["philips"]),
        (["Müller Stahl AG", "Mueller Stahl A.G.", "Muller Stahl Aktiengesellschaft"], ["muller", "stahl"]),
        (["I.B.M. Corp.", "IBM Corporation", "IBM"], ["ibm"]),
        (["The Kellogg Company", "Kellogg Co"], ["kellogg"]),
        (["Acme Sp. z o.o.", "Acme Spółka z o.o."], ["acme"]),
        (["Grupo Bimbo S.A.B. de C.V.", "Grupo Bimbo"], ["grupo", "bimbo"]),
        (["Watson Mfg. Inc.", "Watson Manufacturing, LLC"], ["watson", "manufacturing"]),
        (["Газпром", "Gazprom OOO"], ["gazprom"]),
        (["Acme UK Ltd"], ["acme", "uk"]),
    ],
)
def test_spellings_of_a_company_have_the_same_words(spellings: list[str], words: list[str]) -> None:
    assert [company_words(spelling) for spelling in spellings] == [words] * len(spellings)


def test_name_of_legal_forms_only_keeps_them() -> None:
    assert company_words("S.A.") == ["sa"]
    assert company_words("Co & Co")


@given(st.text(max_size=60))
def test_any_name_is_standardised_and_only_empty_ones_vanish(name: str) -> None:
    found = company_words(name)
    assert all(word and word == word.lower() for word in found)
    assert company_words(" ".join(found)) is not None


def test_short_forms_of_a_given_name_meet() -> None:
    assert set(formal_names("bill")) & set(formal_names("william"))


@pytest.mark.parametrize(
    "phones",
    [
        [("+49 (0)271 3713636", None), ("0271/3713636", "DE"), ("0049 271 3713636", "DE")],
        [("+44 161 408 3800", None), ("0161/408 3800", "GB"), ("+44 (0)161 4083800", "GB")],
        [("(905) 341-3360", "CA"), ("+1 905 341 3360", None)],
    ],
)
def test_ways_to_dial_are_one_number(phones: list[tuple[str, str | None]]) -> None:
    assert len({phone_number(*phone) for phone in phones}) == 1


def test_what_is_no_phone_is_none() -> None:
    assert phone_number("n/a", "DE") is None
    assert phone_number("000000000", "DE") is None


def test_domains_are_those_of_companies() -> None:
    assert company_domain("https://www.ward.co.uk/contact?x=1") == "ward.co.uk"
    assert company_domain("info@mail.ward.co.uk") == "ward.co.uk"
    assert company_domain("someone@gmail.com") is None
    assert company_domain("none") is None


def test_other_values() -> None:
    assert email_address("Mailto: Jo.Doe+news@Example.DE ") == "jo.doe@example.de"
    assert email_address("not an address") is None
    assert tax_number("ATU 641.243.07") == tax_number("64124307") == "64124307"
    assert tax_number("00000000") is None
    assert {birth_date(text) for text in ("1990-04-03", "19900403", "3.4.1990", "03/04/1990")} == {"19900403"}
    assert birth_date("04/23/1990") == "19900423"
    assert street_words("Hauptstraße 14 a") == street_words("HAUPTSTR. 14a") == ["haupt", "str", "14a"]
    assert city_name("Köln") == city_name("Cologne") == city_name("KOELN")
    assert post_code("D-01234") == post_code("01234") == post_code("1234") == "1234"
    assert post_code("30301-1234") == "30301"
    assert country_code("Deutschland") == country_code("Germany") == country_code("de") == "DE"


def test_a_row_follows_from_its_record_alone() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table one as select * from (values ('1', 'Acme GmbH', null, 'Köln'), ('2', null, 'Bill', null))"
        " t(id, name, given_name, city)"
    )
    connection.execute("create table two as from one where id = '2'")
    for table in ("one", "two"):
        standardise(connection, table, f"of_{table}")
    whole = connection.execute("from of_one where id = '2'").fetchall()
    assert whole == connection.execute("from of_two").fetchall()


def test_a_person_with_a_name_in_two_ways_is_a_person() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table people as select * from (values ('1', 'Meyer Anna', 'Anna', 'Meyer'), ('2', 'Acme', 'Anna', 'Meyer'),"
        " ('3', 'Acme', null, null))"
        " t(id, name, given_name, surname)"
    )
    standardise(connection, "people", "done")
    rows = connection.execute("select is_person from done order by id").fetchall()
    assert rows == [(True,), (False,), (False,)]
