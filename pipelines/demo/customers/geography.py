"""Where customers live: countries with their cities, postcodes, streets, telephone numbers and VAT numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.drawing import Places, weighted, weighted_within

Bytes = npt.NDArray[np.bytes_]


@dataclass(frozen=True)
class City:
    """A city: share of its country's customers, postcode pattern, region, area code; # is a digit, @ a capital letter."""

    name: str
    share: float
    postcode: str
    region: str
    area: str


@dataclass(frozen=True)
class Country:
    """A country: share of all customers, entity and warehouses that serve it, and how it writes addresses and numbers.

    In patterns # is a digit and @ a capital letter. ``streets`` are separated by |, {} is the house number.
    ``trunk`` is the digit dialled before the area code inside the country.
    """

    code: str
    share: float
    currency: str
    company: int
    sites: tuple[int, ...]
    dialling: str
    trunk: str
    subscriber: str
    domain: str
    vat: str
    tax_number: str
    streets: str
    cities: str
    language: str

    @property
    def places(self) -> list[City]:
        """Its cities, read from the lines of ``cities``: name, share, postcode, region, area code."""
        rows = [[part.strip() for part in line.split(",")] for line in self.cities.strip().splitlines()]
        return [City(name, float(share), postcode, region, area) for name, share, postcode, region, area in rows]


COUNTRIES = (
    Country("DE", 0.375, "EUR", 1000, (1500,), "+49", "0", "#######", "de", "DE#########", "###/###/#####",
            language="de", streets=(
        "Industriestraße {}|Hauptstraße {}|Bahnhofstraße {}|Am Bahnhof {}|Im Gewerbepark {}|Werkstraße {}|Gewerbestraße {}|"
        "Daimlerstraße {}|Siemensstraße {}|Robert-Bosch-Straße {}|Carl-Benz-Straße {}|Dieselstraße {}|Max-Planck-Straße {}|"
        "Ottostraße {}|Lindenstraße {}|Mühlenweg {}|Hafenstraße {}|Am Güterbahnhof {}|Schillerstraße {}|Goethestraße {}|"
        "An der Alten Ziegelei {}|Gartenstraße {}|Kirchstraße {}|Ringstraße {}|Kölner Straße {}|Frankfurter Allee {}"),
        cities="""
        Berlin,7,1####,BE,30
        Hamburg,7,2####,HH,40
        München,7,80###,BY,89
        Köln,5,50###,NW,221
        Frankfurt am Main,4,60###,HE,69
        Stuttgart,5,70###,BW,711
        Düsseldorf,4,40###,NW,211
        Dortmund,3,44###,NW,231
        Essen,3,45###,NW,201
        Leipzig,2,04###,SN,341
        Bremen,3,28###,HB,421
        Dresden,2,01###,SN,351
        Hannover,3,30###,NI,511
        Nürnberg,4,90###,BY,911
        Duisburg,2,47###,NW,203
        Bielefeld,2.5,336##,NW,521
        Kassel,4,341##,HE,561
        Mannheim,2.5,681##,BW,621
        Karlsruhe,2,761##,BW,721
        Münster,1.5,481##,NW,251
        Augsburg,2,861##,BY,821
        Göttingen,1.5,370##,NI,551
        Braunschweig,1.5,381##,NI,531
        Chemnitz,1.5,091##,SN,371
        Heilbronn,1.5,740##,BW,7131
        Würzburg,1,970##,BY,931
        Siegen,1,570##,NW,271
        Remscheid,1,428##,NW,2191
        Tuttlingen,1,785##,BW,7461
        Saarbrücken,1,661##,SL,681
        Lüdenscheid,1,585##,NW,2351
        Schweinfurt,1,974##,BY,9721"""),
    Country("AT", 0.075, "EUR", 1000, (1500,), "+43", "0", "#####", "at", "ATU########", "## ###/####", language="de", streets=(
        "Industriezeile {}|Bahnhofstraße {}|Wiener Straße {}|Hauptplatz {}|Linzer Straße {}|Gewerbepark {}|Mühlgasse {}|"
        "Triester Straße {}|Dr.-Karl-Renner-Straße {}|Salzburger Straße {}|Feldgasse {}|Am Kanal {}"),
        cities="""
        Wien,8,1##0,W,1
        Linz,4,40##,OÖ,732
        Graz,4,80##,ST,316
        Salzburg,2,50##,SB,662
        Innsbruck,2,60##,T,512
        Wels,2,46##,OÖ,7242
        Klagenfurt,1,90##,K,463
        Steyr,1,44##,OÖ,7252
        Dornbirn,1,68##,VA,5572
        Sankt Pölten,1,31##,NÖ,2742"""),
    Country("CH", 0.055, "EUR", 1000, (1500,), "+41", "0", "### ## ##", "ch", "CHE-1##.###.### MWST", "", language="de", streets=(
        "Industriestrasse {}|Bahnhofstrasse {}|Zürcherstrasse {}|Hardstrasse {}|Seestrasse {}|Technoparkstrasse {}|"
        "Dorfstrasse {}|Hauptstrasse {}|Baslerstrasse {}|Rue du Rhône {}|Werkhofstrasse {}"),
        cities="""
        Zürich,5,80##,ZH,44
        Basel,3,40##,BS,61
        Bern,2,30##,BE,31
        Genève,2,12##,GE,22
        Winterthur,2,84##,ZH,52
        Luzern,1.5,60##,LU,41
        Sankt Gallen,1.5,90##,SG,71
        Lausanne,1,10##,VD,21
        Biel,1,25##,BE,32
        Baden,1,54##,AG,56"""),
    Country("FR", 0.09, "EUR", 1000, (1600,), "+33", "0", "## ## ## ##", "fr", "FR###########", "##############",
            language="fr", streets=(
        "{} rue de l'Industrie|{} avenue de la Gare|{} rue Pasteur|{} rue de la République|{} boulevard Victor Hugo|"
        "{} rue des Frères Lumière|{} avenue Jean Jaurès|{} chemin du Moulin|{} rue Gustave Eiffel|{} allée des Peupliers|"
        "{} zone industrielle Nord|{} rue Ampère|{} quai de la Marne|{} impasse des Ateliers|{} route de Lyon"),
        cities="""
        Paris,6,750##,75,1
        Lyon,4,6900#,69,4
        Lille,3,59###,59,3
        Toulouse,3,31###,31,5
        Strasbourg,3,67###,67,3
        Nantes,2,44###,44,2
        Marseille,2,130##,13,4
        Bordeaux,2,33###,33,5
        Grenoble,2,38###,38,4
        Rennes,1,35###,35,2
        Saint-Étienne,1,42###,42,4
        Mulhouse,1,68###,68,3
        Clermont-Ferrand,1,63###,63,4
        Besançon,1,25###,25,3"""),
    Country("NL", 0.07, "EUR", 1000, (1600,), "+31", "0", "### ## ##", "nl", "NL#########B01", "########",
            language="nl", streets=(
        "Industrieweg {}|Havenstraat {}|Stationsplein {}|Kerkstraat {}|Dorpsstraat {}|Nijverheidsweg {}|Ambachtstraat {}|"
        "Energieweg {}|Waalhaven Zuidzijde {}|Molenweg {}|Edisonstraat {}|Fabrieksstraat {}"),
        cities="""
        Rotterdam,5,30## @@,ZH,10
        Amsterdam,4,10## @@,NH,20
        Eindhoven,3,56## @@,NB,40
        Utrecht,3,35## @@,UT,30
        Den Haag,2,25## @@,ZH,70
        Tilburg,2,50## @@,NB,13
        's-Hertogenbosch,1.5,52## @@,NB,73
        Groningen,1,97## @@,GR,50
        Enschede,1,75## @@,OV,53
        Arnhem,1,68## @@,GE,26
        Breda,1,48## @@,NB,76"""),
    Country("BE", 0.025, "EUR", 1000, (1600,), "+32", "0", "### ## ##", "be", "BE0#########", "", language="nl", streets=(
        "Industrielaan {}|Stationsstraat {}|Kerkstraat {}|Havenlaan {}|Nijverheidsstraat {}|Molenstraat {}|Rue de l'Usine {}"),
        cities="""
        Antwerpen,4,20#0,VAN,3
        Gent,3,90#0,VOV,9
        Brussel,3,10#0,BRU,2
        Liège,2,40#0,WLG,4
        Leuven,1,30#0,VBR,16
        Hasselt,1,35#0,VLI,11"""),
    Country("IT", 0.06, "EUR", 1000, (1500,), "+39", "", "#######", "it", "IT###########", "###########", language="it", streets=(
        "Via dell'Industria {}|Via Roma {}|Viale Europa {}|Via Garibaldi {}|Via dell'Artigianato {}|Corso Italia {}|"
        "Via Enrico Fermi {}|Via Galileo Galilei {}|Viale della Tecnica {}|Via Mazzini {}|Piazza Duomo {}|Strada Statale {}"),
        cities="""
        Milano,6,201##,MI,02
        Torino,4,101##,TO,011
        Bologna,3,401##,BO,051
        Brescia,3,251##,BS,030
        Roma,2,001##,RM,06
        Verona,2,371##,VR,045
        Padova,2,351##,PD,049
        Modena,2,411##,MO,059
        Bergamo,2,241##,BG,035
        Genova,1,161##,GE,010
        Napoli,1,801##,NA,081
        Vicenza,1,361##,VI,0444"""),
    Country("ES", 0.04, "EUR", 1000, (1600,), "+34", "", "### ###", "es", "ESB########", "B########", language="es", streets=(
        "Calle Mayor {}|Polígono Industrial Norte {}|Avenida del Puerto {}|Calle de la Industria {}|Carrer de Pallars {}|"
        "Avenida de la Constitución {}|Calle Goya {}|Camino Viejo {}|Paseo de la Estación {}|Calle Torres Quevedo {}"),
        cities="""
        Barcelona,4,080##,08,93
        Madrid,4,280##,28,91
        Valencia,2,460##,46,96
        Bilbao,2,480##,48,94
        Zaragoza,2,500##,50,976
        Sevilla,1,410##,41,95
        Vitoria-Gasteiz,1,010##,01,945
        Málaga,1,290##,29,95"""),
    Country("GB", 0.07, "GBP", 3000, (3500,), "+44", "0", "### ####", "co.uk", "GB#########", "", language="en", streets=(
        "{} Mill Lane|{} Station Road|{} Forge Street|{} High Street|{} Church Road|{} Victoria Road|{} Kings Way|"
        "Unit {} Riverside Business Park|Unit {} Aire Valley Estate|{} Foundry Lane|{} Canal Street|{} London Road|"
        "{} Albert Terrace|{} Wharf Road|{} Park Avenue"),
        cities="""
        Leeds,4,LS# #@@,WYK,113
        London,4,SE# #@@,LND,20
        Birmingham,4,B## #@@,WMD,121
        Manchester,4,M## #@@,MAN,161
        Sheffield,3,S# #@@,SYK,114
        Bristol,2,BS# #@@,BST,117
        Glasgow,2,G# #@@,GLG,141
        Newcastle upon Tyne,1.5,NE# #@@,TWR,191
        Coventry,1.5,CV# #@@,WMD,24
        Nottingham,1.5,NG# #@@,NTT,115
        Bradford,1,BD# #@@,WYK,1274
        Derby,1,DE# #@@,DBY,1332
        Cardiff,1,CF# #@@,CRF,29"""),
    Country("US", 0.065, "USD", 2000, (2500,), "+1", "", "###-####", "com", "", "##-#######", language="en", streets=(
        "{} Industrial Blvd|{} Main Street|{} Foundry Avenue|{} Commerce Drive|{} Oak Street|{} Washington Avenue|"
        "{} Lake Street|{} Enterprise Parkway|{} Park Road|{} Railroad Avenue|{} Technology Drive|{} Maple Avenue|"
        "{} Highway 41 South|{} W Fulton Street|{} N Michigan Avenue|{} 2nd Street"),
        cities="""
        Chicago,5,606##,IL,312
        Cleveland,3,441##,OH,216
        Milwaukee,3,532##,WI,414
        Houston,3,770##,TX,713
        Detroit,3,482##,MI,313
        Pittsburgh,2,152##,PA,412
        Indianapolis,2,462##,IN,317
        Columbus,2,432##,OH,614
        Charlotte,1.5,282##,NC,704
        Atlanta,1.5,303##,GA,404
        Dallas,2,752##,TX,214
        Minneapolis,1.5,554##,MN,612
        Springfield,1,627##,IL,217
        Portland,1,972##,OR,503
        Rochester,1,146##,NY,585"""),
    Country("CA", 0.02, "USD", 2000, (2500,), "+1", "", "###-####", "ca", "#########RT0001", "", language="en", streets=(
        "{} King Street West|{} Industrial Parkway|{} Dundas Street|{} Yonge Street|{} Steeles Avenue|{} Lakeshore Road"),
        cities="""
        Toronto,4,M#@ #@#,ON,416
        Mississauga,3,L#@ #@#,ON,905
        Montréal,3,H#@ #@#,QC,514
        Hamilton,2,L#@ #@#,ON,905
        Calgary,1,T#@ #@#,AB,403
        Vancouver,1,V#@ #@#,BC,604"""),
    Country("JP", 0.03, "JPY", 1000, (1600,), "+81", "0", "####-####", "co.jp", "T#############", "", language="ja", streets=(
        "{}-2-1 Shibaura|{}-8-14 Nishi-Shinjuku|{}-5-3 Sakae|{}-1-7 Minamisenba|{}-12 Kitahama|{}-3-9 Honcho|{}-4-2 Marunouchi"),
        cities="""
        Tokyo,4,10#-00##,13,3
        Osaka,3,54#-00##,27,6
        Nagoya,3,46#-00##,23,52
        Yokohama,2,22#-00##,14,45
        Kobe,1,65#-00##,28,78
        Hamamatsu,1,43#-80##,22,53"""),
    Country("PL", 0.015, "EUR", 1000, (1500,), "+48", "", "### ## ##", "pl", "PL##########", "##########",
            language="pl", streets=(
        "ul. Przemysłowa {}|ul. Fabryczna {}|ul. Kolejowa {}|al. Jerozolimskie {}|ul. Piotrkowska {}|ul. Wrocławska {}"),
        cities="""
        Warszawa,3,0#-###,MZ,22
        Kraków,2,3#-###,MA,12
        Wrocław,2,5#-###,DS,71
        Poznań,2,6#-###,WP,61
        Łódź,2,9#-###,LD,42
        Katowice,2,40-###,SL,32"""),
    Country("CZ", 0.01, "EUR", 1000, (1500,), "+420", "", "### ###", "cz", "CZ########", "########", language="cs", streets=(
        "Průmyslová {}|Nádražní {}|Vídeňská {}|Tovární {}|Masarykova {}|Husova {}|Plzeňská {}"),
        cities="""
        Praha,3,1## 00,10,2
        Brno,4,6## 00,64,5
        Ostrava,2,7## 00,80,59
        Plzeň,2,3## 00,32,37
        Liberec,1,460 ##,51,48"""),
)  # fmt: skip
"""The countries that customers live in, the largest first."""

EXONYMS = {
    "München": "Munich", "Köln": "Cologne", "Nürnberg": "Nuremberg", "Hannover": "Hanover", "Wien": "Vienna", "Genève": "Geneva",
    "Zürich": "Zurich", "Luzern": "Lucerne", "Strasbourg": "Straßburg", "Lyon": "Lyons", "Marseille": "Marseilles",
    "Den Haag": "The Hague", "Antwerpen": "Antwerp", "Brussel": "Bruxelles", "Gent": "Ghent", "Liège": "Lüttich",
    "Milano": "Mailand", "Torino": "Turin", "Roma": "Rome", "Padova": "Padua", "Genova": "Genoa", "Napoli": "Naples",
    "Sevilla": "Seville", "Zaragoza": "Saragossa", "Montréal": "Montreal", "Tokyo": "Tōkyō", "Osaka": "Ōsaka", "Kobe": "Kōbe",
    "Warszawa": "Warsaw", "Kraków": "Krakow", "Wrocław": "Breslau", "Praha": "Prague", "Brno": "Brünn", "Plzeň": "Pilsen",
    "Sankt Gallen": "St. Gallen", "Sankt Pölten": "St. Pölten", "Frankfurt am Main": "Frankfurt/Main",
    "Newcastle upon Tyne": "Newcastle", "Saint-Étienne": "St-Etienne", "'s-Hertogenbosch": "Den Bosch",
}  # fmt: skip
"""Other names of cities, as they are written elsewhere."""

_CITIES = [(number, city) for number, country in enumerate(COUNTRIES) for city in country.places]
_CITY_COUNTRY = np.array([number for number, _ in _CITIES], dtype=np.int64)
_CITY_SHARE = np.array([city.share for _, city in _CITIES])
_STREETS = [(number, street) for number, country in enumerate(COUNTRIES) for street in country.streets.split("|")]
_STREET_COUNTRY = np.array([number for number, _ in _STREETS], dtype=np.int64)
_STREET_SHARE = np.concatenate([1 / (2 + np.arange(len(country.streets.split("|")))) for country in COUNTRIES])
_STREET_NAMES = pl.Series([street for _, street in _STREETS], dtype=pl.String)
_CITY_COLUMNS = {
    name: pl.Series([getattr(city, name) for _, city in _CITIES], dtype=pl.String)
    for name in ("name", "postcode", "region", "area")
}
_NO_ADDRESS = pl.DataFrame(schema=dict.fromkeys(("street", "house", "city", "postcode", "region", "area"), pl.String))
_HAS_LONG_NUMBERS = np.array([country.code in {"US", "CA"} for country in COUNTRIES])
_SHARES = np.array([country.share for country in COUNTRIES])


def by_country(countries: Places, values: list[str]) -> pl.Series:
    """For each of ``countries`` (places in COUNTRIES) its text in ``values``, one a country."""
    return pl.Series(values, dtype=pl.String)[countries]


def draw_countries(rng: np.random.Generator, count: int) -> Places:
    """Draw ``count`` places in COUNTRIES by systematic sampling: even few customers spread over the countries by their shares."""
    return weighted((rng.permutation(count) + rng.random()) / max(count, 1), _SHARES)


def fill_patterns(rng: np.random.Generator, patterns: pl.Series) -> pl.Series:
    """``patterns`` (ASCII) with a random digit for each # (the first of a run is not special) and a capital for each @."""
    if not len(patterns):
        return patterns
    letters: npt.NDArray[np.uint8] = np.array(patterns.to_list(), dtype=np.bytes_)[:, None].view(np.uint8)
    digits = rng.integers(0, 10, letters.shape, dtype=np.uint8) + ord("0")
    capitals = rng.integers(0, 26, letters.shape, dtype=np.uint8) + ord("A")
    filled = np.where(letters == ord("#"), digits, np.where(letters == ord("@"), capitals, letters)).astype(np.uint8)
    texts: Bytes = filled.view(f"S{letters.shape[1]}").ravel()
    return pl.Series(texts, dtype=pl.Binary).cast(pl.String)


def draw_addresses(rng: np.random.Generator, countries: Places) -> pl.DataFrame:
    """An address in each of ``countries``: street (with {} for the number) | house | city | postcode | region | area."""
    count = len(countries)
    if not count:
        return _NO_ADDRESS
    city = weighted_within(rng.random(count), countries, _CITY_COUNTRY, _CITY_SHARE)
    street = weighted_within(rng.random(count), countries, _STREET_COUNTRY, _STREET_SHARE)
    house = np.floor(1 + rng.exponential(38, count) + 60 * (rng.random(count) < 0.1)).astype(np.int64)
    house = np.where(_HAS_LONG_NUMBERS[countries], house * 23 + 4, house)
    letter = pl.Series(np.where(rng.random(count) < 0.06, "a", ""))
    column = {name: values[city] for name, values in _CITY_COLUMNS.items()}
    return pl.DataFrame(
        {
            "street": _STREET_NAMES[street],
            "house": pl.Series(house).cast(pl.String) + letter,
            "city": column["name"],
            "postcode": fill_patterns(rng, column["postcode"]),
            "region": column["region"],
            "area": column["area"],
        }
    )
