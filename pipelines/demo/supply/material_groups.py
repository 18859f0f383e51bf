"""The material groups of the catalogue: kinds, sizes and variants whose combinations are products with natural names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of product of a group, in German and English; ``price`` relative to the group's first kind."""

    german: str
    english: str
    price: float = 1.0


@dataclass(frozen=True)
class Variant:
    """A variant of a product, a suffix of its name; ``price`` relative to the plain product."""

    german: str
    english: str
    price: float = 1.0


@dataclass(frozen=True)
class Group:
    """A material group (MATKL).

    ``prices``: EUR for ``price_unit`` units of the first kind in the smallest and the largest size: list prices of what is sold,
    purchase prices of components. ``quantity``: median of an order line, in units. ``weight``: grams of a unit, smallest and
    largest.
    """

    code: str
    material_type: str
    german: str
    english: str
    kinds: tuple[Kind, ...]
    sizes: tuple[str, ...]
    variants: tuple[Variant, ...]
    prices: tuple[float, float]
    weight: tuple[int, int]
    quantity: int = 0
    unit: str = "ST"
    price_unit: int = 1

    def article(self, number: int) -> tuple[Kind, int, Variant, int]:
        """The kind, the rank of the size, the variant and the generation of the ``number``-th article of the group.

        The first articles spread over kinds and sizes and are plain; no two articles have the same name.
        """
        kinds, sizes = len(self.kinds), len(self.sizes)
        row, kind = divmod(number, kinds)
        turn, row = divmod(row, sizes)
        generation, variant = divmod(turn, len(self.variants))
        step = next(step for step in (5, 7, 3, 1) if sizes % step)  # coprime: every size comes once
        return self.kinds[kind], (row * step + kind * 7) % sizes, self.variants[variant], generation


def _kinds(text: str) -> tuple[Kind, ...]:
    return tuple(
        Kind(german, english, float(price)) for german, english, price in (part.split("/") for part in text.split("|"))
    )


def _variants(text: str) -> tuple[Variant, ...]:
    plain = (Variant("", ""),)
    rest = (part.split("/") for part in text.split("|"))
    return plain + tuple(Variant(german, english, float(price)) for german, english, price in rest)


def _sizes(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


GROUPS = (
    Group("01100", "HAWA", "Wälzlager", "Bearings",
          _kinds("Rillenkugellager/Deep groove bearing/1|Zylinderrollenlager/Cyl. roller bearing/1.6"
                 "|Kegelrollenlager/Tapered roller bearing/1.5|Schrägkugellager/Angular bearing/1.3"
                 "|Pendelrollenlager/Spherical bearing/2.1|Nadellager/Needle bearing/0.8"),
          _sizes("6002|6004|6005|6006|6008|6202|6204|6205|6206|6208|6210|6308"),
          _variants("2RS/2RS/1.06|ZZ/ZZ/1.05|C3/C3/1.08|2RS C3/2RS C3/1.12|Edelstahl/stainless/2.2|P6/P6/1.35"
                    "|Hybrid/hybrid/2.9|HT/HT/1.6|Messingkäfig/brass cage/1.4"),
          (6, 95), (40, 1600), quantity=20),
    Group("01200", "FERT", "Ventile", "Valves",
          _kinds("Kugelhahn/Ball valve/1|Magnetventil/Solenoid valve/1.5|Rückschlagventil/Check valve/0.8"
                 "|Absperrklappe/Butterfly valve/1.1|Nadelventil/Needle valve/0.9|Druckminderer/Pressure reducer/1.4"),
          _sizes("DN8|DN10|DN15|DN20|DN25|DN32|DN40|DN50|DN65|DN80|DN100|DN125"),
          _variants("Messing/brass/0.9|Edelstahl/stainless/1.7|PN40/PN40/1.2|PN63/PN63/1.4|24 V/24 V/1.3|230 V/230 V/1.3"
                    "|ATEX/ATEX/1.9|Flansch/flanged/1.25|Tieftemperatur/cryogenic/2.1"),
          (32, 480), (300, 14000), quantity=6),
    Group("01300", "FERT", "Pumpen", "Pumps",
          _kinds("Kreiselpumpe/Centrifugal pump/1|Zahnradpumpe/Gear pump/1.15|Dosierpumpe/Dosing pump/1.3"
                 "|Tauchpumpe/Submersible pump/1.1|Membranpumpe/Diaphragm pump/1.2|Schraubenpumpe/Screw pump/1.8"),
          _sizes("0.25 kW|0.37 kW|0.55 kW|0.75 kW|1.1 kW|1.5 kW|2.2 kW|3 kW|4 kW|5.5 kW|7.5 kW|11 kW"),
          _variants("Grauguss/cast iron/0.92|Edelstahl/stainless/1.5|ATEX/ATEX/1.8|IE4/IE4/1.15|mit FU/with inverter/1.45"
                    "|Bronze/bronze/1.35|60 Hz/60 Hz/1.05|doppelt/duplex/1.9|Chemie/chemical/1.6"),
          (240, 2900), (6000, 95000), quantity=1),
    Group("01400", "HAWA", "Dichtungen", "Seals",
          _kinds("O-Ring/O-ring/1|Wellendichtring/Shaft seal/4|Flachdichtung/Flat gasket/2.2|V-Ring/V-ring/1.8"
                 "|Nutring/Rod seal/3.2|Stützring/Backup ring/1.3"),
          _sizes("10x2|12x2|16x2.5|20x3|25x3|30x3.5|35x4|40x4|50x5|60x5|80x5|100x7"),
          _variants("FKM/FKM/3.1|EPDM/EPDM/1.2|VMQ/silicone/1.6|PTFE/PTFE/2.6|HNBR/HNBR/1.8|NBR90/NBR90/1.1|FDA/FDA/2.2"
                    "|FFKM/FFKM/6|Graphit/graphite/2"),
          (14, 160), (1, 40), quantity=300, price_unit=100),
    Group("01500", "FERT", "Antriebe", "Drives",
          _kinds("Getriebemotor/Gear motor/1|Servomotor/Servo motor/1.5|Frequenzumrichter/Frequency inverter/0.9"
                 "|Asynchronmotor/Induction motor/0.7|Linearantrieb/Linear drive/1.4|Planetengetriebe/Planetary gear/1.1"),
          _sizes("0.12 kW|0.18 kW|0.25 kW|0.37 kW|0.55 kW|0.75 kW|1.1 kW|1.5 kW|3 kW|5.5 kW|7.5 kW|11 kW"),
          _variants("IE3/IE3/1.05|IE4/IE4/1.2|Bremse/with brake/1.25|Geber/with encoder/1.3|IP66/IP66/1.15|B14/B14/1.02"
                    "|230 V/230 V/1|ATEX/ATEX/1.8|Hygiene/washdown/1.5"),
          (210, 2600), (3000, 80000), quantity=1),
    Group("01600", "HAWA", "Sensoren", "Sensors",
          _kinds("Näherungsschalter/Proximity sensor/1|Drucksensor/Pressure sensor/2.4|Temperaturfühler/Temperature probe/1.3"
                 "|Lichtschranke/Photoelectric sensor/1.7|Durchflusssensor/Flow sensor/3.2|Füllstandssensor/Level sensor/2.6"),
          _sizes("M5|M8|M12|M18|M30|G1/8|G1/4|G3/8|G1/2|Q20|Q40|Q80"),
          _variants("PNP/PNP/1|NPN/NPN/1|IO-Link/IO-Link/1.35|4-20 mA/4-20 mA/1.3|ATEX/ATEX/2|Edelstahl/stainless/1.5"
                    "|Kabel 5 m/cable 5 m/1.1|M12 Stecker/M12 plug/1.05|HT/HT/1.6"),
          (24, 160), (20, 600), quantity=8),
    Group("01700", "HAWA", "Verbindungselemente", "Fasteners",
          _kinds("Sechskantschraube/Hex bolt/1|Zylinderschraube/Socket head screw/1.2|Gewindestift/Set screw/0.7"
                 "|Senkschraube/Countersunk screw/1.1|Sechskantmutter/Hex nut/0.6|Unterlegscheibe/Washer/0.4"),
          _sizes("M5x16|M5x20|M6x20|M6x30|M8x25|M8x40|M10x30|M10x40|M12x50|M12x60|M16x60|M20x80"),
          _variants("8.8 vz/8.8 zinc/1.1|10.9/10.9/1.3|12.9/12.9/1.5|A2/A2/1.9|A4/A4/2.6|feuerverzinkt/hot-dip galv./1.4"
                    "|Zinklamelle/zinc flake/1.5|Messing/brass/2.4|schwarz/black/1.05"),
          (5, 88), (3, 180), quantity=1200, price_unit=100),
    Group("01800", "HAWA", "Werkzeuge", "Tools",
          _kinds("Drehmomentschlüssel/Torque wrench/1|Abzieher/Bearing puller/0.8|HSS-Bohrersatz/HSS drill set/0.6"
                 "|Steckschlüsselsatz/Socket set/0.9|Induktionsheizer/Induction heater/3|Messschieber/Caliper/0.7"),
          _sizes("S1|S2|S3|S4|M1|M2|M3|M4|L1|L2|L3|XL"),
          _variants("Profi/pro/1.4|VDE/VDE/1.5|digital/digital/1.8|im Koffer/in case/1.2|kompakt/compact/0.85"
                    "|Edelstahl/stainless/1.6|Set/set/2.1|Akku/cordless/2.4|ESD/ESD/1.3"),
          (24, 280), (200, 9000), quantity=3),
    Group("01900", "HAWA", "Schläuche", "Hoses",
          _kinds("Hydraulikschlauch/Hydraulic hose/1|Druckluftschlauch/Air hose/0.5|Saugschlauch/Suction hose/0.8"
                 "|Chemieschlauch/Chemical hose/1.6|Wasserschlauch/Water hose/0.4|Dampfschlauch/Steam hose/1.4"),
          _sizes("DN4|DN6|DN8|DN10|DN12|DN16|DN19|DN20|DN25|DN32|DN38|DN50"),
          _variants("2SN/2SN/1.2|4SP/4SP/1.7|EPDM/EPDM/1.1|PTFE/PTFE/2.3|antistatisch/antistatic/1.3|blau/blue/1"
                    "|Lebensmittel/food grade/1.5|ummantelt/braided/1.4|Tieftemperatur/low temp./1.6"),
          (3, 38), (90, 2400), quantity=40, unit="M"),
    Group("02000", "FERT", "Kupplungen", "Couplings",
          _kinds("Klauenkupplung/Jaw coupling/1|Balgkupplung/Bellows coupling/1.5|Rutschnabe/Torque limiter/1.3"
                 "|Lamellenkupplung/Disc coupling/1.7|Bogenzahnkupplung/Gear coupling/1.9|Schalenkupplung/Clamp coupling/0.8"),
          _sizes("14|19|24|28|32|38|42|48|55|65|75|90"),
          _variants("Alu/aluminium/0.9|Stahl/steel/1.1|Edelstahl/stainless/1.8|98 Shore/98 Shore/1.05|64 Shore/64 Shore/1.1"
                    "|Passfeder/keyway/1|Spannring/shrink disc/1.4|ATEX/ATEX/1.7|lang/long/1.25"),
          (34, 460), (150, 12000), quantity=4),
)  # fmt: skip
"""What the company makes (FERT) and trades (HAWA)."""

COMPONENT_GROUPS = (
    Group("03000", "ROH", "Guss- und Schmiedeteile", "Castings and forgings",
          _kinds("Gehäuse/Housing/1|Laufrad/Impeller/0.7|Flansch/Flange/0.5|Deckel/Cover/0.4|Lagerbock/Bearing block/0.6"
                 "|Nabe/Hub/0.45"),
          _sizes("40|50|65|80|100|125|160|200|250|315|355"), _variants("GJL/GJL/0.9|GJS/GJS/1.1|1.4408/1.4408/1.9|CuSn/CuSn/1.6"),
          (4, 130), (300, 26000)),
    Group("03100", "ROH", "Halbzeug", "Semi-finished metal",
          _kinds("Welle/Shaft/1|Rundstahl/Round bar/0.6|Rohrabschnitt/Tube section/0.5|Blechzuschnitt/Sheet blank/0.4"
                 "|Buchse/Bush/0.5|Spindel/Spindle/1.3"),
          _sizes("8|10|12|16|20|25|30|40|50|60|80"), _variants("C45/C45/1|42CrMo4/42CrMo4/1.3|1.4301/1.4301/1.7|AlMg3/AlMg3/1.2"),
          (2, 75), (100, 15000)),
    Group("03200", "ROH", "Elektrokomponenten", "Electrical components",
          _kinds("Statorpaket/Stator stack/1.4|Rotor/Rotor/1.2|Leiterplatte/Circuit board/0.8|Spule/Coil/0.5"
                 "|Klemmkasten/Terminal box/0.4|Kondensator/Capacitor/0.3"),
          _sizes("56|63|71|80|90|100|112|132|160|180|200"), _variants("230 V/230 V/1|400 V/400 V/1.1|24 V/24 V/0.9|UL/UL/1.2"),
          (5, 140), (50, 18000)),
    Group("03300", "ROH", "Kleinteile", "Small parts",
          _kinds("Passfeder/Feather key/1|Druckfeder/Compression spring/0.8|Sicherungsring/Circlip/0.5|Stift/Dowel pin/0.6"
                 "|Ventilkegel/Valve cone/2.4|Zahnkranz/Spider/2"),
          _sizes("4|5|6|8|10|12|14|16|20|24|28"), _variants("vz/zinc/1.1|A2/A2/1.5|A4/A4/1.9|PU/PU/1.3"),
          (0.5, 6), (2, 200)),
    Group("03400", "ROH", "Verpackung und Schilder", "Packaging and labels",
          _kinds("Faltkarton/Carton/1|Holzkiste/Wooden crate/3.5|Typenschild/Nameplate/0.7|Schaumeinlage/Foam insert/0.9"
                 "|Palette/Pallet/3|Beutel/Bag/0.5"),
          _sizes("A1|A2|A3|B1|B2|B3|C1|C2|C3|D1|D2"),
          _variants("stark/heavy duty/1.3|neutral/neutral/0.9|Export/export/1.4|ESD/ESD/1.5"),
          (0.5, 9), (10, 4000)),
)  # fmt: skip
"""What the plants buy to make it."""

COMPANY_OF_SITE = {1100: 1000, 1200: 1000, 1500: 1000, 1600: 1000, 2500: 2000, 3500: 3000}
"""The company that owns the stock of a site (WERKS)."""
PLANTS = (1100, 1200)
WAREHOUSES = (1500, 1600, 2500, 3500)
CURRENCY_OF_COMPANY = {1000: "EUR", 2000: "USD", 3000: "GBP"}
