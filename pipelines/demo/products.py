"""The catalogue of the simulated company: ten material groups, 240 products, and their SAP extracts."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.demo.seasons import HISTORY_END, HISTORY_START

CLIENT = "100"
PLANT = "1000"
FIRST_MATERIAL = 100_001
NEW_PRODUCT_SHARE = 0.15  # launched within the history; the rest is older


@dataclass(frozen=True)
class Group:
    """A material group: 24 products, one for each pair of a kind (German, English) and a size."""

    code: str
    german: str
    english: str
    kinds: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    sizes: str
    prices: tuple[float, float]  # EUR a price unit, smallest and largest size
    quantity: int  # median of an order line
    unit: str = "ST"
    price_unit: int = 1


GROUPS = (
    Group("01100", "Wälzlager", "Bearings",
          (("Rillenkugellager", "Ball bearing"), ("Zylinderrollenlager", "Cylindrical roller bearing"),
           ("Kegelrollenlager", "Tapered roller bearing")),
          "6202 2RS|6204 2RS|6205 ZZ|6206 2RS|6208 C3|6210 ZZ|6304 2RS|6308 C3", (6, 95), 20),
    Group("01200", "Ventile", "Valves",
          (("Kugelhahn", "Ball valve"), ("Magnetventil", "Solenoid valve"), ("Rückschlagventil", "Check valve")),
          "DN15|DN20|DN25|DN32|DN40|DN50|DN65|DN80", (24, 380), 6),
    Group("01300", "Pumpen", "Pumps",
          (("Kreiselpumpe", "Centrifugal pump"), ("Zahnradpumpe", "Gear pump"), ("Dosierpumpe", "Dosing pump")),
          "0.37 kW|0.55 kW|0.75 kW|1.1 kW|1.5 kW|2.2 kW|4 kW|7.5 kW", (240, 2900), 1),
    Group("01400", "Dichtungen", "Seals",
          (("O-Ring NBR", "O-ring NBR"), ("Wellendichtring", "Shaft seal"), ("Flachdichtung", "Flat gasket")),
          "10x2|16x2.5|20x3|25x3|30x3.5|40x4|50x5|80x5", (18, 210), 300, price_unit=100),
    Group("01500", "Antriebe", "Drives",
          (("Getriebemotor", "Gear motor"), ("Servomotor", "Servo motor"),
           ("Frequenzumrichter", "Frequency inverter")),
          "0.25 kW|0.37 kW|0.55 kW|0.75 kW|1.5 kW|3 kW|5.5 kW|11 kW", (210, 2600), 1),
    Group("01600", "Sensoren", "Sensors",
          (("Näherungsschalter", "Proximity sensor"), ("Drucksensor", "Pressure sensor"),
           ("Temperaturfühler", "Temperature probe")),
          "M8 PNP|M8 NPN|M12 PNP|M12 NPN|M18 PNP|M18 IO-Link|M30 PNP|M30 IO-Link", (22, 240), 8),
    Group("01700", "Verbindungselemente", "Fasteners",
          (("Sechskantschraube", "Hex bolt"), ("Zylinderschraube", "Socket head screw"), ("Gewindestift", "Set screw")),
          "M5x20|M6x20|M6x30|M8x25|M8x40|M10x40|M12x50|M16x60", (5, 88), 1200, price_unit=100),
    Group("01800", "Werkzeuge", "Tools",
          (("Drehmomentschlüssel", "Torque wrench"), ("Abzieher", "Bearing puller"), ("HSS-Bohrer", "HSS drill set")),
          "S1|S2|S3|M1|M2|L1|L2|XL", (19, 260), 3),
    Group("01900", "Schläuche", "Hoses",
          (("Hydraulikschlauch", "Hydraulic hose"), ("Druckluftschlauch", "Compressed air hose"),
           ("Saugschlauch", "Suction hose")),
          "DN6|DN8|DN10|DN12|DN16|DN20|DN25|DN32", (3, 38), 40, unit="M"),
    Group("02000", "Kupplungen", "Couplings",
          (("Klauenkupplung", "Jaw coupling"), ("Balgkupplung", "Bellows coupling"), ("Rutschnabe", "Torque limiter")),
          "14|19|24|28|38|42|48|55", (28, 420), 4),
)  # fmt: skip


@dataclass(frozen=True)
class Product:
    """A product as the ERP knows it. Price and cost are EUR cents for ``price_unit`` units, in 2026."""

    number: int
    group: Group
    german: str
    english: str
    launched: date
    withdrawn: bool
    price: int
    cost: int
    popularity: float


def make_products(rng: np.random.Generator) -> list[Product]:
    """Draw the catalogue: 24 products a group, margins of 20 to 55 % on the list price of 2026."""
    products: list[Product] = []
    for group in GROUPS:
        sizes = group.sizes.split("|")
        smallest, largest = group.prices
        for kind, (german, english) in enumerate(group.kinds):
            for rank, size in enumerate(sizes):
                step = rank / (len(sizes) - 1)
                price = smallest * (largest / smallest) ** step * (1 + 0.15 * kind) * rng.uniform(0.9, 1.1)
                if rng.random() < NEW_PRODUCT_SHARE:
                    launched = HISTORY_START + timedelta(int(rng.integers((HISTORY_END - HISTORY_START).days - 60)))
                else:
                    launched = HISTORY_START - timedelta(int(rng.integers(30, 4000)))
                products.append(
                    Product(
                        number=FIRST_MATERIAL + len(products),
                        group=group,
                        german=f"{german} {size}",
                        english=f"{english} {size}",
                        launched=launched,
                        withdrawn=bool(rng.random() < 0.02),
                        price=round(price * 100),
                        cost=round(price * 100 * (1 - rng.uniform(0.20, 0.55))),
                        popularity=float(rng.lognormal(0, 1)),
                    )
                )
    return products


def material_number(number: int) -> str:
    """MATNR of a product: 18 digits."""
    return f"{number:018d}"


def catalogue_tables(products: list[Product]) -> dict[str, pl.DataFrame]:
    """The initial extracts of MARA, MAKT, T023T and MBEW, by "system/table"; every column is text."""
    mara = [
        {
            "MANDT": CLIENT,
            "MATNR": material_number(product.number),
            "ERSDA": f"{product.launched:%Y%m%d}",
            "MATKL": product.group.code,
            "MEINS": product.group.unit,
            "LVORM": "X" if product.withdrawn else "",
            "ODQ_CHANGEMODE": "C",
        }
        for product in products
    ]
    makt = [
        {
            "MANDT": CLIENT,
            "MATNR": material_number(product.number),
            "SPRAS": language,
            "MAKTX": text,
            "ODQ_CHANGEMODE": "C",
        }
        for product in products
        for language, text in (("E", product.english), ("D", product.german))
    ]
    t023t = [
        {"MANDT": CLIENT, "SPRAS": language, "MATKL": group.code, "WGBEZ": text, "ODQ_CHANGEMODE": "C"}
        for group in GROUPS
        for language, text in (("E", group.english), ("D", group.german))
    ]
    return {
        "sap/MARA": pl.DataFrame(mara),
        "sap/MAKT": pl.DataFrame(makt),
        "sap/T023T": pl.DataFrame(t023t),
        "sap/MBEW": mbew(products, "C"),
    }


def mbew(products: list[Product], mode: str) -> pl.DataFrame:
    """Rows of MBEW, the standard costs, with ODQ_CHANGEMODE ``mode``; every column is text."""
    return pl.DataFrame(
        [
            {
                "MANDT": CLIENT,
                "MATNR": material_number(product.number),
                "BWKEY": PLANT,
                "VPRSV": "S",
                "STPRS": f"{product.cost // 100}.{product.cost % 100:02d}",
                "PEINH": str(product.group.price_unit),
                "ODQ_CHANGEMODE": mode,
            }
            for product in products
        ]
    )
