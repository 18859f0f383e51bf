"""Streets, cities, postcodes and countries as they are compared."""

import re
from functools import lru_cache

from countryguess import guess_country

from pipelines.identity.spelling import folded, without_umlauts, words

_STREET_WORDS = {
    "street": "st", "strasse": "str", "saint": "st", "avenue": "ave", "av": "ave", "avda": "ave", "avenida": "ave", "road": "rd",
    "drive": "dr", "boulevard": "bd", "blvd": "bd", "bvd": "bd", "boul": "bd", "lane": "ln", "place": "pl", "plaza": "pl",
    "court": "ct", "crescent": "cres", "highway": "hwy", "parkway": "pkwy", "square": "sq", "terrace": "tce", "terr": "tce",
    "circuit": "cct", "close": "cl", "grove": "gr", "suite": "ste", "floor": "fl", "apartment": "apt", "unit": "apt",
    "building": "bldg", "north": "n", "south": "s", "east": "e", "west": "w", "calle": "c", "carrer": "c", "via": "v", "viale": "vle",
    "platz": "pl", "piazza": "pza", "rue": "r", "chemin": "ch", "route": "rte", "weg": "wg", "industrial": "ind",
    "poligono": "pol", "straat": "str", "number": "", "no": "", "nr": "", "num": "", "box": "box",
    "retrmnt": "retirement", "vlge": "village",
}  # fmt: skip
_STREET_END = re.compile(r"(?<=[a-z]{3})(strasse|strase|straat|str)$")
_HOUSE = re.compile(r"\b(\d+)\s+([a-z])\b")
_CITY_NAMES = {
    "cologne": "koln", "munich": "munchen", "vienna": "wien", "nuremberg": "nurnberg", "brunswick": "braunschweig", "hanover": "hannover",
    "geneva": "geneve", "genf": "geneve", "zurich": "zurich", "basle": "basel", "bale": "basel", "berne": "bern", "lucerne": "luzern",
    "brussels": "bruxelles", "brussel": "bruxelles", "brussels city": "bruxelles", "antwerp": "antwerpen", "anvers": "antwerpen",
    "ghent": "gent", "gand": "gent", "liege": "liege", "luik": "liege", "luttich": "liege", "louvain": "leuven", "bruges": "brugge",
    "the hague": "den haag", "s gravenhage": "den haag", "sgravenhage": "den haag", "la haye": "den haag", "flushing": "vlissingen",
    "milan": "milano", "mailand": "milano", "rome": "roma", "rom": "roma", "turin": "torino", "florence": "firenze", "florenz": "firenze",
    "venice": "venezia", "venedig": "venezia", "naples": "napoli", "neapel": "napoli", "genoa": "genova", "genua": "genova",
    "padua": "padova", "bozen": "bolzano", "lisbon": "lisboa", "oporto": "porto", "seville": "sevilla", "saragossa": "zaragoza",
    "cordova": "cordoba", "prague": "praha", "prag": "praha", "brunn": "brno", "pilsen": "plzen", "warsaw": "warszawa",
    "warschau": "warszawa", "cracow": "krakow", "krakau": "krakow", "breslau": "wroclaw", "danzig": "gdansk", "posen": "poznan",
    "copenhagen": "kobenhavn", "gothenburg": "goteborg", "athens": "athina", "bucharest": "bucuresti", "moscow": "moskva",
    "belgrade": "beograd", "strassburg": "strasbourg", "lyons": "lyon", "nizza": "nice", "marseilles": "marseille", "tokio": "tokyo",
    "peking": "beijing", "bombay": "mumbai", "calcutta": "kolkata", "madras": "chennai", "saint louis": "st louis",
    "new york city": "new york", "frankfurt am main": "frankfurt", "frankfurt main": "frankfurt", "linz donau": "linz",
}  # fmt: skip
"""Cities by the name that they have at home, folded."""
_COUNTRY_NAMES = {
    "deutschland": "DE", "allemagne": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "svizzera": "CH", "espana": "ES",
    "italia": "IT", "nederland": "NL", "holland": "NL", "the netherlands": "NL", "belgie": "BE", "belgique": "BE", "belgien": "BE",
    "frankreich": "FR", "polska": "PL", "polen": "PL", "cesko": "CZ", "tschechien": "CZ", "ceska republika": "CZ", "uk": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "vereinigtes konigreich": "GB", "usa": "US",
    "u s a": "US", "brasil": "BR", "danmark": "DK", "sverige": "SE", "norge": "NO", "suomi": "FI", "magyarorszag": "HU",
}  # fmt: skip


def street_words(street: str) -> list[str]:
    """Return the words of an address line, kinds of street in one short form each, a house letter at its number (``63 a``)."""
    plain = _HOUSE.sub(r"\1\2", folded(street).replace("c/", " calle ").replace("v.le", " viale "))
    found: list[str] = []
    for word in words(plain):
        spelled = without_umlauts(word)
        stem = _STREET_END.sub("", spelled)
        short = [stem, "str"] if stem != spelled else [_STREET_WORDS.get(spelled, spelled)]
        found += [part for part in short if part]
    return list(dict.fromkeys(found))


def city_name(city: str) -> str | None:
    """Return a city as it is called at home, folded, without district numbers and what is in brackets; None when empty."""
    plain = " ".join(without_umlauts(word) for word in words(re.sub(r"\(.*?\)", " ", city)) if not word.isdigit())
    named = _CITY_NAMES.get(plain, plain)
    return named or None


def post_code(postcode: str) -> str | None:
    """Return letters and digits of a postcode: no country before it, no ZIP+4, no zeros at its start; None when empty."""
    plain = folded(postcode).strip()
    plain = re.sub(r"^[a-z]{1,2}-(?=\d)", "", plain)
    plain = re.sub(r"^(\d{5})-\d{4}$", r"\1", plain)
    plain = re.sub(r"\.0$", "", plain)
    plain = re.sub(r"[^a-z0-9]", "", plain)
    return (plain.lstrip("0") if plain.isdigit() else plain) or None


@lru_cache(maxsize=10_000)
def country_code(country: str) -> str | None:
    """Return the ISO code of a country by its code or its name (in English or at home); an unknown one as it is, folded."""
    plain = " ".join(words(country))
    if not plain:
        return None
    if plain in _COUNTRY_NAMES:
        return _COUNTRY_NAMES[plain]
    code = guess_country(plain, attribute="iso2", default=None)
    return str(code) if code else plain
