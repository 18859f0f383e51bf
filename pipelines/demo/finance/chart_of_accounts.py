"""The organisation that keeps the books: companies, sites, currencies, and the chart of accounts."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.demo.calendar import day_number
from pipelines.demo.finance.accounts import FIRST_PROFIT_AND_LOSS, STOCK_ACCOUNT
from pipelines.demo.finance.rates import CURRENCIES, ZERO_DECIMAL
from pipelines.demo.lookup import looked_up
from pipelines.demo.world import World

CHART = "NWCO"
STOCK = tuple(STOCK_ACCOUNT.values())


@dataclass(frozen=True)
class Company:
    """A legal entity (company code); ``tax_percent`` is the value added tax at home."""

    company: int
    name: str
    city: str
    country: str
    currency: str
    tax_percent: int


COMPANIES = (
    Company(1000, "Nordwerk Industrial AG", "Kassel", "DE", "EUR", 19),
    Company(2000, "Nordwerk Inc.", "Chicago", "US", "USD", 0),
    Company(3000, "Nordwerk UK Ltd", "Leeds", "GB", "GBP", 20),
)
COMPANY_CURRENCY = {company.company: company.currency for company in COMPANIES}
TAX_PERCENT = {company.company: company.tax_percent for company in COMPANIES}


def currency_of(company: str = "company") -> pl.Expr:
    """The currency of each company in a column."""
    return looked_up(company, COMPANY_CURRENCY, pl.String)


@dataclass(frozen=True)
class Site:
    """A plant or a warehouse of a company, which is its valuation area too."""

    site: int
    company: int
    name: str
    city: str
    post_code: str
    country: str


SITES = (
    Site(1100, 1000, "Kassel plant", "Kassel", "34123", "DE"),
    Site(1200, 1000, "Brno plant", "Brno", "61700", "CZ"),
    Site(1500, 1000, "Kassel warehouse", "Kassel", "34127", "DE"),
    Site(1600, 1000, "Rotterdam warehouse", "Rotterdam", "3089 JW", "NL"),
    Site(2500, 2000, "Chicago warehouse", "Chicago", "60638", "US"),
    Site(3500, 3000, "Leeds warehouse", "Leeds", "LS10 1AB", "GB"),
)


@dataclass(frozen=True)
class Account:
    """A general ledger account; ``control`` is D for the customers' control account and K for the suppliers'."""

    account: int
    name_en: str
    name_de: str
    group: str
    control: str | None = None
    has_open_items: bool = False

    @property
    def is_balance_sheet(self) -> bool:
        """Whether its balance is carried into the next year."""
        return self.account < FIRST_PROFIT_AND_LOSS


ACCOUNTS = (
    Account(10000, "Machinery and equipment", "Maschinen und Anlagen", "ANL."),
    Account(11000, "Accumulated depreciation", "Kumulierte Abschreibungen", "ANL."),
    Account(70000, "Share capital", "Gezeichnetes Kapital", "SAKO"),
    Account(79000, "Bank loan", "Bankdarlehen", "SAKO"),
    Account(90000, "Retained earnings", "Gewinnvortrag", "SAKO"),
    Account(113100, "Bank current account", "Bankkontokorrent", "FIN."),
    Account(140000, "Trade receivables", "Forderungen aus Lieferungen und Leistungen", "ABST", "D"),
    Account(140100, "Receivables from affiliated companies", "Forderungen gegen verbundene Unternehmen", "ABST", "D"),
    Account(154000, "Input tax", "Vorsteuer", "SAKO"),
    Account(160000, "Trade payables", "Verbindlichkeiten aus Lieferungen und Leistungen", "ABST", "K"),
    Account(160100, "Payables to affiliated companies", "Verbindlichkeiten gegen verbundene Unternehmen", "ABST", "K"),
    Account(175000, "Output tax", "Umsatzsteuer", "SAKO"),
    Account(175500, "Payroll liabilities", "Verbindlichkeiten aus Lohn und Gehalt", "SAKO"),
    Account(191100, "Goods received, invoices received", "WE/RE-Verrechnung", "SAKO", None, has_open_items=True),
    Account(300000, "Stock of raw materials", "Bestand Rohstoffe", "MAT."),
    Account(310000, "Stock of trading goods", "Bestand Handelswaren", "MAT."),
    Account(320000, "Stock of finished goods", "Bestand Fertigerzeugnisse", "MAT."),
    Account(500000, "Cost of sales, finished goods", "Umsatzkosten Fertigerzeugnisse", "ERG."),
    Account(501000, "Cost of sales, trading goods", "Umsatzkosten Handelswaren", "ERG."),
    Account(502000, "Cost of sales, affiliated companies", "Umsatzkosten verbundene Unternehmen", "ERG."),
    Account(510000, "Consumption of raw materials", "Rohstoffverbrauch", "ERG."),
    Account(520000, "Output of production", "Fabrikleistung", "ERG."),
    Account(530000, "Purchase price differences", "Preisdifferenzen Einkauf", "ERG."),
    Account(531000, "Inventory and rounding differences", "Inventur- und Rundungsdifferenzen", "ERG."),
    Account(540000, "Scrap", "Verschrottung", "ERG."),
    Account(580000, "Cash discounts received", "Erhaltene Skonti", "ERG."),
    Account(600000, "Wages and salaries", "Löhne und Gehälter", "ERG."),
    Account(601000, "Social charges", "Soziale Abgaben", "ERG."),
    Account(610000, "Rent", "Mieten", "ERG."),
    Account(620000, "Energy", "Energie", "ERG."),
    Account(630000, "Freight out", "Ausgangsfrachten", "ERG."),
    Account(640000, "Marketing", "Marketing", "ERG."),
    Account(650000, "Information technology", "Informationstechnik", "ERG."),
    Account(660000, "Travel", "Reisekosten", "ERG."),
    Account(670000, "Depreciation", "Abschreibungen", "ERG."),
    Account(680000, "Bad debt", "Forderungsverluste", "ERG."),
    Account(690000, "Consulting", "Beratung", "ERG."),
    Account(700000, "Exchange gains", "Kursgewinne", "ERG."),
    Account(701000, "Exchange losses", "Kursverluste", "ERG."),
    Account(710000, "Interest", "Zinsen", "ERG."),
    Account(800000, "Revenue, finished goods", "Umsatzerlöse Fertigerzeugnisse", "ERG."),
    Account(801000, "Revenue, trading goods", "Umsatzerlöse Handelswaren", "ERG."),
    Account(805000, "Revenue, affiliated companies", "Umsatzerlöse verbundene Unternehmen", "ERG."),
    Account(808000, "Cash discounts granted", "Gewährte Skonti", "ERG."),
    Account(809000, "Credit notes and price adjustments", "Gutschriften und Preisanpassungen", "ERG."),
)

_OPENED = day_number(date(2014, 1, 1))


def found(world: World) -> None:
    """Emit the organisation and the chart of accounts: T001, T001K, T001W, TCURX, SKA1, SKAT and SKB1."""
    for table, rows in (
        ("T001", [_company_row(company) for company in COMPANIES]),
        ("T001K", [{"BWKEY": site.site, "BUKRS": site.company} for site in SITES]),
        ("T001W", [_site_row(site) for site in SITES]),
        ("TCURX", [{"CURRKEY": currency, "CURRDEC": 0} for currency in CURRENCIES if currency in ZERO_DECIMAL]),
        ("SKA1", [_account_row(account) for account in ACCOUNTS]),
        ("SKAT", [row for account in ACCOUNTS for row in _name_rows(account)]),
        ("SKB1", [_book_row(company, account) for company in COMPANIES for account in ACCOUNTS]),
    ):
        world.emit(f"sap/{table}", pl.DataFrame(rows, infer_schema_length=None), on=world.month.first)


def _company_row(company: Company) -> dict[str, object]:
    return {
        "BUKRS": company.company,
        "BUTXT": company.name,
        "ORT01": company.city,
        "LAND1": company.country,
        "WAERS": company.currency,
        "KTOPL": CHART,
        "PERIV": "K4",
    }


def _site_row(site: Site) -> dict[str, object]:
    return {
        "WERKS": site.site,
        "NAME1": site.name,
        "BWKEY": site.site,
        "VKORG": site.company,
        "ORT01": site.city,
        "PSTLZ": site.post_code,
        "LAND1": site.country,
    }


def _account_row(account: Account) -> dict[str, object]:
    return {
        "KTOPL": CHART,
        "SAKNR": account.account,
        "XBILK": account.is_balance_sheet,
        "GVTYP": None if account.is_balance_sheet else "X",
        "KTOKS": account.group,
        "ERDAT": _OPENED,
    }


def _name_rows(account: Account) -> list[dict[str, object]]:
    return [
        {"SPRAS": language, "KTOPL": CHART, "SAKNR": account.account, "TXT50": name}
        for language, name in (("E", account.name_en), ("D", account.name_de))
    ]


def _book_row(company: Company, account: Account) -> dict[str, object]:
    return {
        "BUKRS": company.company,
        "SAKNR": account.account,
        "WAERS": company.currency,
        "MITKZ": account.control,
        "XOPVW": account.has_open_items,
    }
