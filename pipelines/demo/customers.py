# ruff: noqa: SIM905 - long lists of words read best as words
"""The customers of the simulated company, as its CRM and its ERP each know them."""

import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

import numpy as np
import polars as pl

from pipelines.demo.products import CLIENT
from pipelines.demo.seasons import HISTORY_END, HISTORY_START

Item = TypeVar("Item")

FIRST_CUSTOMER = 100_001
PROSPECT_SHARE = 0.08
NAMELESS_ACCOUNT_RATE = 0.002
OLDER_ERP_ADDRESS_SHARE = 0.10
MEAN_LIFETIME_DAYS = 9 * 365
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE32 = string.ascii_uppercase + "012345"


@dataclass(frozen=True)
class Country:
    """Where customers live. In the patterns of postcodes and VAT numbers # is a digit and @ a letter."""

    code: str
    share: float
    dialling: str
    domain: str
    vat: str
    legal_forms: tuple[str, ...]
    streets: tuple[str, ...]  # {} is the house number
    cities: tuple[tuple[str, str], ...]


COUNTRIES = (
    Country("DE", 0.46, "+49", "de", "DE#########", ("GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG"),
            ("Industriestraße {}", "Hauptstraße {}", "Am Bahnhof {}", "Gewerbepark {}", "Werkstraße {}"),
            (("München", "80###"), ("Stuttgart", "70###"), ("Hamburg", "20###"), ("Köln", "50###"),
             ("Dresden", "01###"), ("Nürnberg", "90###"), ("Bielefeld", "336##"), ("Kassel", "341##"),
             ("Mannheim", "681##"))),
    Country("FR", 0.12, "+33", "fr", "FR###########", ("SARL", "SAS", "SA"),
            ("{} rue de l'Industrie", "{} avenue de la Gare", "{} rue Pasteur"),
            (("Lyon", "6900#"), ("Lille", "59000"), ("Toulouse", "31000"),
             ("Strasbourg", "67000"), ("Nantes", "44000"))),
    Country("NL", 0.09, "+31", "nl", "NL#########B01", ("B.V.", "N.V."),
            ("Industrieweg {}", "Havenstraat {}", "Stationsplein {}"),
            (("Rotterdam", "30## @@"), ("Eindhoven", "56## @@"), ("Utrecht", "35## @@"), ("Tilburg", "50## @@"))),
    Country("AT", 0.08, "+43", "at", "ATU########", ("GmbH", "GmbH & Co. KG", "AG"),
            ("Industriezeile {}", "Bahnhofstraße {}", "Wiener Straße {}"),
            (("Wien", "1##0"), ("Linz", "40#0"), ("Graz", "80#0"), ("Wels", "4600"))),
    Country("IT", 0.08, "+39", "it", "IT###########", ("S.r.l.", "S.p.A."),
            ("Via dell'Industria {}", "Via Roma {}", "Viale Europa {}"),
            (("Milano", "201##"), ("Torino", "101##"), ("Bologna", "401##"), ("Brescia", "251##"))),
    Country("ES", 0.06, "+34", "es", "ESB########", ("S.L.", "S.A."),
            ("Calle Mayor {}", "Polígono Industrial Norte {}", "Avenida del Puerto {}"),
            (("Barcelona", "080##"), ("Valencia", "460##"), ("Bilbao", "480##"), ("Zaragoza", "500##"))),
    Country("GB", 0.06, "+44", "co.uk", "GB#########", ("Ltd", "Ltd", "plc"),
            ("{} Mill Lane", "{} Station Road", "{} Forge Street"),
            (("Leeds", "LS# #@@"), ("Sheffield", "S# #@@"), ("Birmingham", "B# #@@"), ("Bristol", "BS# #@@"))),
    Country("US", 0.05, "+1", "com", "", ("Inc.", "LLC", "Corp."),
            ("{} Industrial Blvd", "{} Main St", "{} Foundry Ave"),
            (("Chicago", "606##"), ("Cleveland", "441##"), ("Milwaukee", "532##"), ("Houston", "770##"))),
)  # fmt: skip
COUNTRY_SHARES = np.cumsum([country.share for country in COUNTRIES])
STEMS = (
    "Adler Albrecht Arden Bauer Bellmann Berg Bertram Brandt Brenner Carlin Castell Corvin Dahl Delmar Dorn "
    "Eberle Eckert Elster Falk Fenner Ferrand Forster Gallen Garbe Geller Grabner Haller Hansen Hartwig Helm "
    "Ivers Jansen Jorden Kaiser Keller Kern Kessler Kirsch Kramer Lambert Landau Lenz Lindner Lorenz Lund Maran "
    "Marten Mertens Molder Morel Nadler Nolte Norden Oberon Olsen Ostler Palmer Perlin Pohl Prager Quandel "
    "Rademann Reuter Ribeck Rossi Sander Sattler Serrano Sommer Stark Tellmer Thorn Tilman Torres Ulmer Urban "
    "Valder Verano Voss Wagner Weller Wieland Winter Wolter Zander Zeller"
).split()
TRADES = (
    "Maschinenbau Anlagenbau Fördertechnik Hydraulik Automation Pneumatik Metallbau Werkzeugbau Verpackung Engineering "
    "Systems Components Industries Process Handling Robotics Packaging Foods Chemie Energie Logistik Papier Stahl "
    "Wasser Agrar Marine Mechanik Technik"
).split()
INDUSTRIES = (
    "Machinery|Manufacturing|Automotive|Chemicals|Construction|Energy|Engineering|"
    "Food & Beverage|Transportation|Utilities"
).split("|")


@dataclass(frozen=True)
class Address:
    """Street with house number, city and postcode."""

    street: str
    city: str
    postcode: str


@dataclass(frozen=True)
class Customer:
    """One company. ``number`` is its ERP number, None for a prospect; ``weight`` is its share of orders, unscaled."""

    crm_id: str
    number: int | None
    name: str
    erp_name: str
    industry: str
    phone: str
    website: str
    country: Country
    address: Address
    erp_address: Address
    vat: str
    created: datetime
    modified: datetime
    erp_created: date
    gone: date
    weight: float
    discount: float
    is_blocked: bool = False
    is_deleted: bool = False


def salesforce_id(number: int) -> str:
    """The 18-character Id of the Account ``number``: prefix 001, 12 more case-sensitive characters, 3 of checksum.

    The checksum says which of each five characters are upper case (Salesforce: "What are Salesforce record IDs").
    """
    digits = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    stem = f"0015g0{digits}"
    return stem + checksum(stem)


def checksum(stem: str) -> str:
    """The 3 characters that make a 15-character Salesforce Id safe where case does not count."""
    return "".join(
        BASE32[sum(1 << place for place in range(5) if stem[start + place] in string.ascii_uppercase)]
        for start in (0, 5, 10)
    )


def pick(rng: np.random.Generator, values: Sequence[Item]) -> Item:
    """One of ``values``, each as likely."""
    return values[int(rng.integers(len(values)))]


def fill(rng: np.random.Generator, pattern: str) -> str:
    """``pattern`` with a random digit for each # and a random capital for each @."""
    draws = {"#": string.digits, "@": string.ascii_uppercase}
    return "".join(pick(rng, draws[mark]) if mark in draws else mark for mark in pattern)


def office_hour(rng: np.random.Generator, day: date) -> datetime:
    """A moment of ``day`` between 7 and 18 o'clock, UTC."""
    return datetime.combine(day, time(7), tzinfo=UTC) + timedelta(seconds=int(rng.integers(11 * 3600)))


def draw_address(rng: np.random.Generator, country: Country) -> Address:
    """An address in one of the cities of ``country``."""
    city, postcode = pick(rng, country.cities)
    return Address(pick(rng, country.streets).format(int(rng.integers(1, 180))), city, fill(rng, postcode))


def erp_spelling(rng: np.random.Generator, name: str) -> str:
    """The name as someone typed it into the ERP: mostly the same, never more than the 35 characters of NAME1."""
    way = rng.random()
    if way < 0.15:
        name = name.upper()
    elif way < 0.30:
        name = name.replace("GmbH", "GMBH").replace("& Co. KG", "+ Co KG").replace(".", "")
    elif way < 0.38:
        name = name.replace(" & ", " und ").replace("ö", "oe").replace(" GmbH", " Gesellschaft mbH")
    return name[:35].rstrip()


def draw_customer(rng: np.random.Generator, index: int, born: date, taken: set[str]) -> Customer:
    """Draw the customer ``index`` (0, 1, ...) that the CRM knows since ``born``; adds its name to ``taken``."""
    country = COUNTRIES[int(np.searchsorted(COUNTRY_SHARES, rng.random() * COUNTRY_SHARES[-1], side="right"))]
    address = draw_address(rng, country)
    stem, trade, form = pick(rng, STEMS), pick(rng, TRADES), pick(rng, country.legal_forms)
    name = f"{stem} {trade} {form}"
    if name in taken:
        name = f"{stem} {trade} {address.city} {form}"
    taken.add(name)
    host = unicodedata.normalize("NFKD", f"{stem}-{trade}".lower()).encode("ascii", "ignore").decode()
    created = office_hour(rng, born)
    older = rng.random() < OLDER_ERP_ADDRESS_SHARE
    return Customer(
        crm_id=salesforce_id(1_000_000_007 + index * 7_919),
        number=None if rng.random() < PROSPECT_SHARE else FIRST_CUSTOMER + index,
        name="" if rng.random() < NAMELESS_ACCOUNT_RATE else name,
        erp_name=erp_spelling(rng, name),
        industry=pick(rng, INDUSTRIES),
        phone=f"{country.dialling} {fill(rng, '### #######')}",
        website=f"https://www.{host}.{country.domain}",
        country=country,
        address=address,
        erp_address=draw_address(rng, country) if older else address,
        vat=fill(rng, country.vat),
        created=created,
        modified=created,
        erp_created=born,
        gone=max(born, HISTORY_START) + timedelta(30 + int(rng.exponential(MEAN_LIFETIME_DAYS))),
        weight=float(rng.lognormal(0, 1.4)),
        discount=float(rng.uniform(0, 0.15)),
    )


def account(customers: list[Customer]) -> pl.DataFrame:
    """Rows of the Salesforce extract Account; every column is text."""
    return pl.DataFrame(
        [
            {
                "Id": customer.crm_id,
                "Name": customer.name,
                "AccountNumber": "" if customer.number is None else str(customer.number),
                "Type": "Prospect" if customer.number is None else "Customer",
                "Industry": customer.industry,
                "Phone": customer.phone,
                "Website": customer.website,
                "BillingStreet": customer.address.street,
                "BillingCity": customer.address.city,
                "BillingPostalCode": customer.address.postcode,
                "BillingCountryCode": customer.country.code,
                "CreatedDate": f"{customer.created:%Y-%m-%dT%H:%M:%S}.000+0000",
                "SystemModstamp": f"{customer.modified:%Y-%m-%dT%H:%M:%S}.000+0000",
                "IsDeleted": str(customer.is_deleted).lower(),
            }
            for customer in customers
        ]
    )


def kna1(customers: list[Customer], mode: str) -> pl.DataFrame:
    """Rows of the SAP extract KNA1 with ODQ_CHANGEMODE ``mode``, prospects left out; every column is text."""
    return pl.DataFrame(
        [
            {
                "MANDT": CLIENT,
                "KUNNR": f"{customer.number:010d}",
                "NAME1": customer.erp_name,
                "LAND1": customer.country.code,
                "ORT01": customer.erp_address.city,
                "PSTLZ": customer.erp_address.postcode,
                "STRAS": customer.erp_address.street,
                "TELF1": customer.phone,
                "STCEG": customer.vat,
                "ERDAT": f"{customer.erp_created:%Y%m%d}",
                "LOEVM": "X" if customer.is_blocked else "",
                "ODQ_CHANGEMODE": mode,
            }
            for customer in customers
            if customer.number is not None
        ]
    )


def draw_population(rng: np.random.Generator, count: int, taken: set[str]) -> list[Customer]:
    """Draw the ``count`` companies known at the end of the history, oldest first; 60 % are there at its start.

    Adds their names to ``taken``.
    """
    born = sorted(
        HISTORY_START - timedelta(int(rng.integers(1, 3000)))
        if rng.random() < 0.6
        else HISTORY_START + timedelta(int(rng.integers((HISTORY_END - HISTORY_START).days)))
        for _ in range(count)
    )
    return [draw_customer(rng, index, day, taken) for index, day in enumerate(born)]
