"""Suppliers: who sells components and trading goods to the company, and what changes about them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.drawing import weighted
from pipelines.demo.world import World

FIRST_SUPPLIER = 200_001
FIRST_ADDRESS = 7_000_001
INTERCOMPANY_SUPPLIER = 290_001
"""LIFNR of company 1000 as the supplier of companies 2000 and 3000."""
NEW_A_YEAR = 0.05
MOVES_A_MONTH = 0.004

SUPPLIER = pl.Schema({
    "lifnr": pl.Int64, "name": pl.String, "country": pl.String, "city": pl.String, "postal_code": pl.String, "street": pl.String,
    "phone": pl.String, "vat_number": pl.String, "currency": pl.String, "terms": pl.String, "lead_days": pl.Int64,
    "size": pl.Float64, "punctuality": pl.Float64, "adrnr": pl.Int64, "from_day": pl.Int32,
})  # fmt: skip
"""The state ``supplier``. ``size``: relative chance of a contract; ``punctuality``: chance that a receipt is on time."""


@dataclass(frozen=True)
class _Country:
    code: str
    weight: float
    currency: str
    lead: tuple[int, int]
    cities: tuple[tuple[str, str], ...]
    forms: tuple[str, ...]
    streets: tuple[str, ...]
    phone: str
    vat: str
    """The VAT number; 9 stands for a digit."""


def _places(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.split(" ", 1) for part in text.split("|"))
    return tuple((code, city) for code, city in pairs)


_COUNTRIES = (
    _Country("DE", 0.42, "EUR", (3, 10),
             _places("58636 Iserlohn|42853 Remscheid|72458 Albstadt|78532 Tuttlingen|97421 Schweinfurt|33602 Bielefeld"
                     "|09111 Chemnitz|57072 Siegen|73430 Aalen|48153 Münster|34117 Kassel|26121 Oldenburg"),
             ("GmbH", "GmbH & Co. KG", "AG", "KG"), ("Industriestraße", "Am Hafen", "Gewerbering", "Hauptstraße", "Talstraße"),
             "+49", "DE999999999"),
    _Country("CZ", 0.09, "EUR", (4, 9), _places("60200 Brno|70200 Ostrava|30100 Plzeň|77900 Olomouc"),
             ("s.r.o.", "a.s."), ("Průmyslová", "Tovární", "Nádražní"), "+420", "CZ99999999"),
    _Country("PL", 0.07, "EUR", (5, 11), _places("40-001 Katowice|50-001 Wrocław|60-001 Poznań"),
             ("Sp. z o.o.", "S.A."), ("ul. Fabryczna", "ul. Przemysłowa"), "+48", "PL9999999999"),
    _Country("IT", 0.09, "EUR", (6, 14), _places("25121 Brescia|40121 Bologna|24121 Bergamo|41121 Modena"),
             ("S.r.l.", "S.p.A."), ("Via dell'Industria", "Via Roma", "Via Emilia"), "+39", "IT99999999999"),
    _Country("NL", 0.04, "EUR", (4, 8), _places("5651 GW Eindhoven|3011 AA Rotterdam"),
             ("B.V.",), ("Havenweg", "Industrieweg"), "+31", "NL999999999B01"),
    _Country("FR", 0.06, "EUR", (5, 12), _places("42000 Saint-Étienne|69003 Lyon|67000 Strasbourg"),
             ("SAS", "SARL"), ("rue de l'Industrie", "avenue Jean Jaurès"), "+33", "FR99999999999"),
    _Country("US", 0.08, "USD", (9, 21), _places("44114 Cleveland|53202 Milwaukee|48201 Detroit|15222 Pittsburgh"),
             ("Inc.", "LLC", "Corp."), ("Industrial Pkwy", "Commerce Dr", "Main St"), "+1", ""),
    _Country("GB", 0.06, "GBP", (5, 12), _places("S1 2HE Sheffield|B1 1BB Birmingham|LS1 4AP Leeds"),
             ("Ltd", "PLC"), ("Foundry Road", "Station Road", "Mill Lane"), "+44", "GB999999999"),
    _Country("JP", 0.04, "JPY", (18, 32), _places("530-0001 Osaka|460-0008 Nagoya|210-0007 Kawasaki"),
             ("K.K.", "Co., Ltd."), ("Minato", "Chuo", "Kita"), "+81", ""),
    _Country("CN", 0.05, "USD", (24, 42), _places("315000 Ningbo|215000 Suzhou|518000 Shenzhen"),
             ("Co., Ltd.",), ("Gongye Road", "Zhongshan Road", "Renmin Road"), "+86", ""),
)  # fmt: skip
_STEMS = (
    "Adler", "Bergner", "Brandt", "Castell", "Cordes", "Dahlmann", "Ebner", "Falk", "Fabri", "Gerlach", "Harting",
    "Hellwig", "Imhoff", "Jansen", "Kaltenbach", "Kestrel", "Lorenz", "Marten", "Meridian", "Nadler", "Novak",
    "Orion", "Ostermann", "Pavlik", "Pellegrini", "Pioneer", "Quadra", "Rastner", "Reiff", "Rossi", "Sander", "Satoh",
    "Severin", "Sterling", "Tandem", "Tesar", "Ulbrich", "Vektor", "Vogler", "Wagner", "Wieland", "Xylo", "Yamada",
    "Zeller", "Zimmer", "Arcon", "Belmont", "Crown", "Delta", "Everest", "Fortis", "Granit", "Helix", "Ideal",
    "Jupiter", "Kronos", "Lambda", "Magna", "Nimbus", "Optima",
)  # fmt: skip
_TRADES = (
    "Präzisionsteile", "Guss", "Stahlhandel", "Dichtungstechnik", "Wälzlager", "Schrauben", "Elektronik", "Sensorik",
    "Antriebe", "Metallbau", "Verpackung", "Schlauchtechnik", "Werkzeuge", "Federn", "Kabel", "Oberflächen",
)  # fmt: skip
_TRADES_ABROAD = (
    "Precision", "Casting", "Steel", "Sealing", "Bearings", "Fasteners", "Electronics", "Sensors", "Motion", "Metals",
    "Packaging", "Hoses", "Tools", "Springs", "Cable", "Industrial",
)  # fmt: skip
_TERMS = (("Z030", 0.42), ("Z02D", 0.24), ("Z014", 0.12), ("Z045", 0.14), ("Z060", 0.08))


def found(world: World) -> None:
    """Fill the state ``supplier`` and emit LFA1 and ADRC, with company 1000 as the others' supplier among them."""
    known = roster(world)
    world.emit("sap/LFA1", _partners(known), on=world.month.first)
    world.emit("sap/ADRC", _addresses(known), on=world.month.first)
    own = pl.DataFrame({
        "LIFNR": [INTERCOMPANY_SUPPLIER], "NAME1": ["Nordwerk Industrial AG"], "LAND1": ["DE"], "ORT01": ["Kassel"],
        "PSTLZ": ["34123"], "STRAS": ["Industriestraße 1"], "TELF1": ["+49 561 900100"], "STCEG": ["DE811223344"],
        "ADRNR": [FIRST_ADDRESS - 1], "KTOKK": ["INTC"], "ERDAT": [world.month.first - 3000], "SPERM": [False], "LOEVM": [False],
    })  # fmt: skip
    world.emit("sap/LFA1", own, on=world.month.first)
    address = own.select(
        pl.col("ADRNR").alias("ADDRNUMBER"), pl.col("ERDAT").alias("DATE_FROM"), "NAME1",
        pl.lit("Industriestraße").alias("STREET"), pl.lit("1").alias("HOUSE_NUM1"),
        pl.col("ORT01").alias("CITY1"), pl.col("PSTLZ").alias("POST_CODE1"),
        pl.col("LAND1").alias("COUNTRY"), pl.col("TELF1").alias("TEL_NUMBER"),
    )  # fmt: skip
    world.emit("sap/ADRC", address, on=world.month.first)


def live(world: World) -> None:
    """Let some suppliers move, and sign up new ones."""
    rng = world.rng("suppliers")
    known = roster(world)
    days = rng.integers(world.month.first, world.month.last + 1, 2)
    moves = (rng.random(known.height) < MOVES_A_MONTH) & (world.month.index > 0)
    new = int(rng.random() < world.scale.suppliers * NEW_A_YEAR / 12)
    elsewhere = _drawn(rng, known.height + new)
    if moves.any():
        # Within the same country the place is another one; the country decides currency and lead time, and stays.
        street = pl.Series("street", elsewhere["street"].head(known.height))
        keeps = pl.Series(~moves)
        known = known.with_columns(
            pl.when(keeps).then("street").otherwise(street).alias("street"),
            pl.when(keeps).then("phone").otherwise(elsewhere["phone"].head(known.height)).alias("phone"),
        )
        moved = known.filter(~keeps)
        world.emit("sap/LFA1", _partners(moved), on=int(days[0]), operation="U")
        world.emit("sap/ADRC", _addresses(moved), on=int(days[0]), operation="U")
    if new:
        arrived = _numbered(world, elsewhere.tail(new), from_day=np.full(new, days[1], dtype=np.int32))
        world.emit("sap/LFA1", _partners(arrived), on=int(days[1]))
        world.emit("sap/ADRC", _addresses(arrived), on=int(days[1]))
        known = pl.concat([known, arrived])
    world.state["supplier"] = known


def roster(world: World) -> pl.DataFrame:
    """The state ``supplier``: drawn at the first call, which the catalogue's founding makes before `found`."""
    if "supplier" not in world.state:
        rng = world.founding_rng("suppliers")
        count = world.scale.suppliers
        since = (world.month.first - rng.integers(200, 5000, count)).astype(np.int32)
        world.state["supplier"] = _numbered(world, _drawn(rng, count), from_day=since)
    return world.state["supplier"]


def choose(world: World, uniform: npt.NDArray[np.float64]) -> pl.DataFrame:
    """For each of ``uniform`` (0 to 1) a supplier, large ones more often: rows of the state ``supplier``."""
    known = roster(world)
    return known[weighted(uniform, known["size"].to_numpy())]


def _drawn(rng: np.random.Generator, count: int) -> pl.DataFrame:
    weights = np.array([country.weight for country in _COUNTRIES])
    # The large suppliers of a small company come from several countries too.
    turn = np.array([0, 1, 0, 6, 3, 0, 7, 8, 2, 9, 5, 4])
    country = np.where(
        np.arange(count) < len(turn), turn[np.arange(count) % len(turn)], weighted(rng.random(count), weights)
    )
    whole = rng.integers(0, 2**31, (count, 9))
    terms = weighted(rng.random(count), np.array([weight for _, weight in _TERMS]))
    size, punctuality = rng.lognormal(0, 0.9, count), 1 - 0.22 * rng.beta(1.5, 3, count)
    rows = []
    for row in range(count):
        about, draw = _COUNTRIES[country[row]], whole[row].tolist()
        postal_code, city = about.cities[draw[0] % len(about.cities)]
        if about.code in {"NL", "GB"}:  # their postal codes have two words
            second, _, city = city.partition(" ")
            postal_code = f"{postal_code} {second}"
        trades = _TRADES if about.code == "DE" else _TRADES_ABROAD
        name = (
            f"{_STEMS[draw[1] % len(_STEMS)]} {trades[draw[2] % len(trades)]} {about.forms[draw[3] % len(about.forms)]}"
        )
        street, number = about.streets[draw[4] % len(about.streets)], 1 + draw[5] % 180
        digits = f"{draw[6]:010d}{draw[7]:010d}"
        vat = "".join(digits[place] if sign == "9" else sign for place, sign in enumerate(about.vat))
        lead = about.lead[0] + draw[8] % (about.lead[1] - about.lead[0] + 1)
        phone = f"{about.phone} {digits[2:5]} {digits[5:11]}"
        rows.append(
            (name, about.code, city, postal_code, f"{street} {number}", phone, vat or None, about.currency, lead)
        )
    columns = ["name", "country", "city", "postal_code", "street", "phone", "vat_number", "currency", "lead_days"]
    frame = pl.DataFrame(rows, schema={name: SUPPLIER[name] for name in columns}, orient="row")
    return frame.with_columns(
        pl.Series("terms", [_TERMS[place][0] for place in terms.tolist()], dtype=pl.String),
        pl.Series("size", size),
        pl.Series("punctuality", punctuality),
    )


def _numbered(world: World, drawn: pl.DataFrame, from_day: npt.NDArray[np.int32]) -> pl.DataFrame:
    numbers = world.numbers("lifnr", drawn.height, first=FIRST_SUPPLIER)
    addresses = world.numbers("adrnr-supplier", drawn.height, first=FIRST_ADDRESS)
    return drawn.with_columns(
        pl.Series("lifnr", numbers), pl.Series("adrnr", addresses), pl.Series("from_day", from_day, dtype=pl.Int32)
    ).select(SUPPLIER.names())


def _partners(suppliers: pl.DataFrame) -> pl.DataFrame:
    return suppliers.select(
        pl.col("lifnr").alias("LIFNR"), pl.col("name").alias("NAME1"), pl.col("country").alias("LAND1"),
        pl.col("city").alias("ORT01"), pl.col("postal_code").alias("PSTLZ"),
        pl.col("street").alias("STRAS"), pl.col("phone").alias("TELF1"),
        pl.col("vat_number").alias("STCEG"), pl.col("adrnr").alias("ADRNR"), pl.lit("KRED").alias("KTOKK"),
        pl.col("from_day").alias("ERDAT"), pl.lit(value=False).alias("SPERM"), pl.lit(value=False).alias("LOEVM"),
    )  # fmt: skip


def _addresses(suppliers: pl.DataFrame) -> pl.DataFrame:
    house = r"^(.*) (\d+)$"
    return suppliers.select(
        pl.col("adrnr").alias("ADDRNUMBER"), pl.col("from_day").alias("DATE_FROM"), pl.col("name").alias("NAME1"),
        pl.col("street").str.extract(house, 1).alias("STREET"), pl.col("street").str.extract(house, 2).alias("HOUSE_NUM1"),
        pl.col("city").alias("CITY1"), pl.col("postal_code").alias("POST_CODE1"), pl.col("country").alias("COUNTRY"),
        pl.col("phone").alias("TEL_NUMBER"),
    )  # fmt: skip
