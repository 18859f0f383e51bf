"""Names of companies and persons as lists of words that can be compared."""

from functools import cache, lru_cache
from itertools import chain

from cleanco.termdata import terms_by_country, terms_by_type
from nicknames import NickNamer

from pipelines.identity.spelling import without_umlauts, words

MOST_WORDS = 12
"""Words of a name that are compared; what follows is description."""

_MORE_LEGAL_FORMS = """
ag aktiengesellschaft ohg kg kgaa gbr eg ev ek ekfm ekfr eu ug mbh gmbh gesellschaft mbh gesmbh se
gesellschaft mit beschrankter haftung|ges mbh|ges|gesellschaft mbh|gesellschaft|kommanditgesellschaft|haftungsbeschrankt|offene handelsgesellschaft
societas europaea|societe anonyme|societe a responsabilite limitee|sarl|sas|sasu|eurl|snc|sci|scop
besloten vennootschap|naamloze vennootschap|vof|cv|bvba|sprl|nv|bv|srl|srls|spa|sapa|societa per azioni
sociedad limitada|sociedad anonima|sl|slu|sa|sau|sll|sociedade anonima|ltda|lda|eireli|sa de cv|de cv|s de rl de cv|rl|de rl
ltd|limited|plc|public limited company|llp|llc|lllp|pllc|inc|incorporated|corp|corporation|co|company|cos|lp|pc|pa|na
limited liability company|limited liability partnership|pty|pty ltd|proprietary limited|proprietary|pte|pvt|private limited|private
kabushiki kaisha|kabushikigaisha|kk|gk|godo kaisha|yk|yugen kaisha|sp zoo|sp z oo|spzoo|spolka z oo|spolka akcyjna|spolka jawna|sp j|sp k
sro|spol sro|spol s ro|as|aps|oy|oyj|ab|asa|hb|kb|doo|dd|ad|eood|ood|zrt|kft|nyrt|bt|ooo|oao|zao|pao|too|jsc|ojsc|pjsc|cjsc
sdn bhd|bhd|tbk|joint stock company|gesellschaft m b h|mbb|partg|partgmbb|stiftung co|unincorporated|nonprofit
""".strip()
_LEADING = {"ooo", "oao", "zao", "pao", "pt", "the", "firma", "fa", "messrs", "sarl", "societe", "sociedad"}
_EVERYWHERE = {
    "gmbh", "ltd", "llc", "plc", "inc", "sarl", "gesmbh", "mbh", "limited", "kgaa", "pty", "bhd", "bvba", "incorporated",
}  # fmt: skip
_FILLING = {"and", "und", "et", "y", "e", "i", "og", "och", "en", "the", "of", "for", "u"}
_SHORT = {
    "intl": "international", "int": "international", "internat": "international", "mfg": "manufacturing", "mfr": "manufacturing",
    "mnfg": "manufacturing", "eng": "engineering", "engg": "engineering", "engrg": "engineering", "ind": "industries",
    "inds": "industries", "indus": "industries", "assoc": "associates", "assocs": "associates", "assn": "association",
    "univ": "university", "inst": "institute", "dept": "department", "natl": "national", "nat": "national", "svc": "services",
    "svcs": "services", "serv": "services", "bros": "brothers", "gebr": "gebruder", "hnos": "hermanos", "sys": "systems",
    "syst": "systems", "tech": "technology", "techn": "technology", "technol": "technology", "mgmt": "management",
    "mgt": "management", "ctr": "center", "centre": "center", "cntr": "center", "hosp": "hospital", "govt": "government",
    "lab": "laboratory", "labs": "laboratories", "grp": "group", "hldg": "holding", "hldgs": "holdings", "prod": "products",
    "prods": "products", "dist": "distribution", "equip": "equipment", "mach": "machinery", "log": "logistics",
    "const": "construction", "constr": "construction", "autom": "automation", "elec": "electric", "pharm": "pharmaceuticals",
    "pharma": "pharmaceuticals", "chem": "chemical", "comm": "communications", "res": "research", "sci": "science",
    "acad": "academy", "coll": "college", "sch": "school", "soc": "society", "transp": "transport", "dev": "development",
    "fin": "financial", "ins": "insurance", "amer": "american", "med": "medical", "dtl": "germany", "ges": "gesellschaft",
}  # fmt: skip
"""How trades and kinds of organisation are shortened."""


GROUP_WORDS = frozenset(
    """
    holding holdings group gruppe groupe grupo gruppo international worldwide global europe europa emea asia
    america americas verwaltung beteiligungen beteiligung beteiligungs management finance financial financing
    capital leasing invest investment investments immobilien properties property realestate real estate
    grundstucks vertrieb vertriebs sales trading handel handels service services logistics logistik
    distribution export import germany austria switzerland france italy spain netherlands belgium uk usa us
    poland czech japan china india canada mexico brazil north south east west central nord sud ost subsidiary
    branch filiale niederlassung participations participaciones
    """.split()  # noqa: SIM905  # words read best as words
)
"""Words by which companies of one group tell themselves apart: with and without one is rarely the same legal entity."""
_COUNTRIES = {
    "deutschland": "germany", "allemagne": "germany", "schweiz": "switzerland", "suisse": "switzerland", "svizzera": "switzerland",
    "osterreich": "austria", "italia": "italy", "italien": "italy", "nederland": "netherlands", "holland": "netherlands",
    "espana": "spain", "iberica": "spain", "belgie": "belgium", "belgique": "belgium", "polska": "poland", "frankreich": "france",
}  # fmt: skip


@cache
def legal_forms() -> frozenset[tuple[str, ...]]:
    """Return every legal form as a tuple of words: cleanco's lists and the ones that it lacks."""
    listed = chain(chain.from_iterable(terms_by_type.values()), chain.from_iterable(terms_by_country.values()))
    more = [
        form for line in _MORE_LEGAL_FORMS.splitlines() for form in (line.split("|") if "|" in line else line.split())
    ]
    forms = {tuple(without_umlauts(word) for word in words(form)) for form in chain(listed, more)}
    return frozenset(form for form in forms if form and not (len(form) == 1 and form[0] in GROUP_WORDS | {"and"})) | {
        ("and", "co"),
        ("und", "co"),
        ("and", "cie"),
    }


@cache
def _longest_form() -> int:
    return max(len(form) for form in legal_forms())


def _without_legal_forms(found: list[str]) -> list[str]:
    forms, longest = legal_forms(), _longest_form()
    rest = found
    shortened = True
    while shortened:
        shortened = False
        for many in range(min(longest, len(rest) - 1), 0, -1):
            if tuple(rest[-many:]) in forms:
                rest, shortened = rest[:-many], True
                break
        if len(rest) > 1 and rest[-1] in _FILLING:
            rest, shortened = rest[:-1], True
    while len(rest) > 1 and rest[0] in _LEADING:
        rest = rest[1:]
    return [rest[0], *(word for word in rest[1:] if word not in _EVERYWHERE)]


def company_words(name: str) -> list[str]:
    """Return the words that tell a company from others, in their order: no legal form, no "and", short forms in full.

    Never empty when ``name`` has a letter or a digit: a name of nothing but legal forms keeps them.
    """
    found = [without_umlauts(word) for word in words(name.replace("&", " and ").replace("+", " and "))]
    if not found:
        return []
    telling = _without_legal_forms(found)
    full = [
        _COUNTRIES.get(word, word) for word in (_SHORT.get(word, word) for word in telling if word not in _FILLING)
    ] or telling
    return list(dict.fromkeys(full))[:MOST_WORDS]


def person_words(name: str) -> list[str]:
    """Return the words of a given name or surname, without titles."""
    found = [without_umlauts(word) for word in words(name)]
    return [word for word in found if word not in _TITLES] or found


_TITLES = {
    "dr",
    "prof",
    "mr",
    "mrs",
    "ms",
    "miss",
    "herr",
    "frau",
    "ing",
    "dipl",
    "mba",
    "phd",
    "jr",
    "sr",
    "ii",
    "iii",
    "mme",
}


_SHORT_FORMS = """
andreas: andi andy andre|sebastian: basti bastian|matthias: matze matti hias|johannes: hannes hans jo joh|stefan: steffen steff
stephan: steff|stefanie: steffi steffie|stephanie: steffi steffie|katharina: kathrin katrin kathi kati trina|michaela: michi ela
michael: michi michel micha|wolfgang: wolf wolfi|maximilian: max maxi|benjamin: benni benny|alexander: alex sascha xandi
alexandra: alex sandra|christian: chris krischan|christine: chris christl tine|christina: chris tina|friedrich: fritz fred
heinrich: heinz heiner hinnerk|georg: schorsch jorg|josef: sepp jupp beppo|joseph: sepp jupp|ludwig: lutz wiggerl|franz: franzl
franziska: franzi|elisabeth: lisa lisbeth elli sissi betty|margarete: grete greta gretel marga|susanne: susi sanne|barbara: babs barbi
manfred: manni fred|gerhard: gerd gert hardy|guenter: gunni|joachim: jochen achim jo|hans joachim: hajo|siegfried: siggi|ulrich: uli ulli
ulrike: uli ulli rike|thomas: tom tommy|tobias: tobi|daniel: dan danny|dominik: domi nick|nikolaus: klaus niko nick|angelika: geli
gabriele: gabi gaby|monika: moni|ursula: uschi ulla|sabine: bine|martina: tina|bettina: tina betty|regina: gina|veronika: vroni
francisco: paco pancho curro fran kiko|jose: pepe chepe|josefa: pepa|ignacio: nacho|jesus: chucho suso|enrique: quique kike|manuel: manolo lolo
concepcion: concha conchita|dolores: lola|guadalupe: lupe|mercedes: merche|rosario: charo|antonio: tono toni tonio nino|alejandro: ale jandro
giuseppe: beppe peppe pino|giuseppina: pina|alessandro: sandro ale|alessandra: sandra ale|luigi: gigi gino|giovanni: gianni nanni|salvatore: toto turi
francesco: franco cesco ciccio|francesca: franca cesca|vincenzo: enzo|lorenzo: renzo enzo|raffaele: lele|roberto: berto|filippo: pippo
frederic: fred|philippe: phil|nicolas: nico|laurent: lolo|veronique: vero|dominique: dom|jacques: jacquot|guillaume: guy|catherine: cathy cath
katarzyna: kasia kaska|malgorzata: gosia malgosia|aleksandra: ola|agnieszka: aga|joanna: asia|tomasz: tomek|krzysztof: krzys krzysiek|piotr: piotrek
johannes: johan jan hans|hendrik: henk rik|cornelis: kees cor|wilhelmus: wim willem|petrus: piet peter|jacobus: koos jaap|antonius: ton toon anton
"""
"""Given names, and what people in German, Spanish, Italian, French, Polish and Dutch are called who have them."""


@cache
def _short_forms() -> dict[str, set[str]]:
    """What short names stand for, in addition to the list of English ones."""
    known: dict[str, set[str]] = {}
    for entry in _SHORT_FORMS.strip().replace("\n", "|").split("|"):
        formal, _, short = entry.partition(":")
        for name in short.split():
            known.setdefault(name, set()).add(without_umlauts(formal.replace(" ", "")))
    return known


@cache
def _nicknames() -> NickNamer:
    return NickNamer()


@lru_cache(maxsize=100_000)
def formal_names(given_name: str) -> tuple[str, ...]:
    """Return ``given_name`` (one folded word) and the names that it is a short form of, sorted."""
    formal = {without_umlauts(name) for name in _nicknames().canonicals_of(given_name) if name.isalpha()}
    return tuple(sorted(formal | _short_forms().get(given_name, set()) | {given_name}))
