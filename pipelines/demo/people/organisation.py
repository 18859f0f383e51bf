"""How the simulated company is organised: companies, sites, departments, cost centres, and the positions that people hold."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.scales import Scale

OPEN = 2_932_896
"""9999-12-31, the end of what has no end."""
OLDEST = 16_436
"""2015-01-01, the first day of the cost centres."""
HISTORY_MONTHS = 36
YEARLY_GROWTH = 0.04  # of the workforce
COUNTRIES = {1000: "Germany", 2000: "United States", 3000: "United Kingdom"}
HEAD_OFFICES = {1000: 1500, 2000: 2500, 3000: 3500}
EXECUTIVE, HEAD, LEAD, MEMBER = 0, 1, 2, 3
"""Levels of a position, the highest first."""

FIRST_POSITION, FIRST_UNIT = 50_000_001, 10_000_001
MANAGEMENT, FINANCE, HR, IT, SALES, SERVICE, MARKETING, PURCHASING, PRODUCTION, WAREHOUSE = (
    100, 200, 210, 220, 300, 310, 320, 400, 500, 600,
)  # fmt: skip


@dataclass(frozen=True)
class Department:
    """A department: the number in its cost centres, its name, and the kind of its cost centres (KOSAR)."""

    number: int
    name: str
    kind: str


DEPARTMENTS = (
    Department(MANAGEMENT, "Management", "L"),
    Department(FINANCE, "Finance", "W"),
    Department(HR, "Human Resources", "W"),
    Department(IT, "Information Technology", "W"),
    Department(SALES, "Sales", "V"),
    Department(SERVICE, "Customer Service", "V"),
    Department(MARKETING, "Marketing", "V"),
    Department(PURCHASING, "Purchasing", "M"),
    Department(PRODUCTION, "Production", "F"),
    Department(WAREHOUSE, "Warehouse and Logistics", "M"),
)
DEPARTMENT_NAMES = {department.number: department.name for department in DEPARTMENTS}


@dataclass(frozen=True)
class Job:
    """A job: its department, the titles of who leads and who does it, its pay band, and EUR a year in Germany in 2026."""

    department: int
    head: str
    lead: str
    member: str
    number: int
    band: int
    pay: int
    is_office: bool = True


JOBS = {
    "executive": Job(MANAGEMENT, "", "", "", 70_000_010, 15, 190_000),
    "finance": Job(FINANCE, "Head of Finance", "Finance Team Lead", "Accountant", 70_000_020, 8, 58_000),
    "hr": Job(HR, "Head of HR", "HR Manager", "HR Specialist", 70_000_030, 7, 54_000),
    "it": Job(IT, "Head of IT", "IT Manager", "Systems Engineer", 70_000_040, 9, 64_000),
    "sales_manager": Job(SALES, "", "Regional Sales Manager", "", 70_000_050, 11, 92_000),
    "sales_rep": Job(SALES, "", "", "Sales Representative", 70_000_060, 8, 62_000),
    "service": Job(SERVICE, "Head of Customer Service", "Service Manager", "Service Agent", 70_000_070, 6, 45_000),
    "marketing": Job(
        MARKETING, "Head of Marketing", "Marketing Manager", "Marketing Specialist", 70_000_080, 7, 52_000
    ),
    "purchasing": Job(PURCHASING, "Head of Purchasing", "Purchasing Manager", "Buyer", 70_000_090, 7, 54_000),
    "production": Job(
        PRODUCTION, "Plant Manager", "Shift Supervisor", "Production Operator", 70_000_100, 4, 41_000, is_office=False
    ),
    "warehouse": Job(
        WAREHOUSE,
        "Warehouse Manager",
        "Warehouse Supervisor",
        "Warehouse Operator",
        70_000_110,
        3,
        36_500,
        is_office=False,
    ),
}


@dataclass(frozen=True)
class Cell:
    """The people of one job at one site: their share of the workforce, at least ``least``, in teams of about ``team``."""

    company: int
    site: int
    job: str
    share: float
    least: int = 0
    team: int = 12


CELLS = (
    Cell(1000, 1500, "sales_rep", 0.078, 1, 10), Cell(2000, 2500, "sales_rep", 0.038, 1, 10),
    Cell(3000, 3500, "sales_rep", 0.027, 1, 10), Cell(1000, 1500, "service", 0.048, 1), Cell(2000, 2500, "service", 0.020, 1),
    Cell(3000, 3500, "service", 0.015, 1), Cell(1000, 1500, "marketing", 0.025, 1), Cell(2000, 2500, "marketing", 0.010),
    Cell(3000, 3500, "marketing", 0.007), Cell(1000, 1500, "warehouse", 0.078, 1, 16),
    Cell(1000, 1600, "warehouse", 0.050, 1, 16), Cell(2000, 2500, "warehouse", 0.050, 1, 16),
    Cell(3000, 3500, "warehouse", 0.035, 1, 16), Cell(1000, 1100, "production", 0.195, 2, 20),
    Cell(1000, 1200, "production", 0.110, 1, 20),
    Cell(1000, 1500, "purchasing", 0.034, 1), Cell(2000, 2500, "purchasing", 0.012), Cell(3000, 3500, "purchasing", 0.008),
    Cell(1000, 1500, "finance", 0.038, 1), Cell(2000, 2500, "finance", 0.014), Cell(3000, 3500, "finance", 0.009),
    Cell(1000, 1100, "hr", 0.019, 1), Cell(2000, 2500, "hr", 0.006), Cell(3000, 3500, "hr", 0.004),
    Cell(1000, 1500, "it", 0.028, 1), Cell(2000, 2500, "it", 0.007), Cell(3000, 3500, "it", 0.005),
)  # fmt: skip
HEADED_FROM = 40  # people in a cell at the end of the history, who then have a head above their leads

CHIEFS = (  # title, company, employees from which there is one, the jobs that report to them (the first chief that there is)
    ("Chief Executive Officer", 1000, 0, tuple(JOBS)),
    ("VP Sales", 1000, 0, ("sales_rep", "marketing")),
    ("Chief Financial Officer", 1000, 100, ("finance", "hr", "it")),
    ("Chief Operating Officer", 1000, 100, ("production", "warehouse", "purchasing")),
    ("VP Customer Service", 1000, 100, ("service",)),
    ("Managing Director US", 2000, 100, ()),
    ("Managing Director UK", 3000, 100, ()),
    ("Chief Information Officer", 1000, 500, ("it",)),
    ("Chief Human Resources Officer", 1000, 500, ("hr",)),
    ("Chief Marketing Officer", 1000, 500, ("marketing",)),
)
REGIONS = {
    1000: ("Germany North", "Germany South", "Germany West", "Austria and Switzerland", "Benelux", "France", "Nordics",
           "Central Europe", "Italy", "Germany East", "Iberia", "Japan"),
    2000: ("US Midwest", "US Northeast", "US South", "US West", "Texas", "Great Lakes"),
    3000: ("England North", "England South", "Scotland", "Midlands", "Wales and Ireland", "London"),
}  # fmt: skip

POSITION_SCHEMA = pl.Schema(
    {
        "plans": pl.Int64, "orgeh": pl.Int64, "company": pl.Int32, "site": pl.Int32, "job": pl.String, "department": pl.Int64,
        "cell": pl.Int64, "level": pl.Int64, "title": pl.String, "role": pl.String, "superior": pl.Int64, "holder": pl.Int64,
        "vacant_since": pl.Int32,
    }
)  # fmt: skip
"""State ``position``: ``superior`` is the plans of the position above (0: none), ``holder`` a pernr (0: vacant),
``role`` the name of the role in the CRM ("": none), ``cell`` the number of the cell (−1: executives)."""
ROLE_SCHEMA = pl.Schema({"role": pl.String, "parent": pl.String})
"""State ``user_role``: roles of the CRM by name, in the order of their numbers; the parent of the top role is ""."""

Position = tuple[int, int, int, int, str, int, int, int, str, str, int, int, int]


def cost_center(company: int, department: int) -> str:
    """The cost centre (KOSTL) of a department in a company."""
    return f"{company}{department}".zfill(10)


@cache
def cost_centers() -> pl.DataFrame:
    """Every cost centre: company, department, cost_center, name, kind. Only company 1000 produces."""
    rows = [
        (
            company,
            department.number,
            cost_center(company, department.number),
            f"{department.name} {company}",
            department.kind,
        )
        for company in COMPANY_CURRENCY
        for department in DEPARTMENTS
        if company == 1000 or department.number != PRODUCTION
    ]
    schema = {
        "company": pl.Int32,
        "department": pl.Int64,
        "cost_center": pl.String,
        "name": pl.String,
        "kind": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def workforce(scale: Scale, month: Month) -> float:
    """How many people the company wants in ``month``; ``scale.employees`` at the end of the history."""
    return float(scale.employees * (1 + YEARLY_GROWTH) ** ((month.index - HISTORY_MONTHS + 1) / 12))


def wanted(scale: Scale, month: Month) -> list[int]:
    """How many people each cell wants in ``month``; regional sales managers come on top."""
    size = workforce(scale, month)
    return [max(cell.least, int(size * cell.share + 0.5)) for cell in CELLS]


class Positions:
    """The positions that there are, and those that are added to them in a month."""

    def __init__(self, scale: Scale, there: pl.DataFrame, roles: pl.DataFrame) -> None:
        self._scale = scale
        self._there = there
        self._added: list[Position] = []
        self._roles: dict[str, str] = dict(roles.iter_rows())
        self._units = int(there["orgeh"].max() or FIRST_UNIT - 1) - FIRST_UNIT + 1  # type: ignore[arg-type]
        self._chiefs: dict[str, int] = dict(there.filter(pl.col("cell") < 0).select("title", "plans").iter_rows())

    @property
    def roles(self) -> pl.DataFrame:
        """The roles of the CRM: ROLE_SCHEMA."""
        return pl.DataFrame({"role": list(self._roles), "parent": list(self._roles.values())}, schema=ROLE_SCHEMA)

    @property
    def added(self) -> pl.DataFrame:
        """The positions that were added: POSITION_SCHEMA."""
        return pl.DataFrame(self._added, schema=POSITION_SCHEMA, orient="row")

    def found(self) -> None:
        """Add the executives and the roles that every company has."""
        self._roles |= {"CEO": "", "VP Sales": "CEO", "Executive Board": "CEO"}
        for country in COUNTRIES.values():
            self._roles |= {
                f"Service Manager {country}": "CEO",
                f"Service Agent {country}": f"Service Manager {country}",
            }
            self._roles |= {
                f"Marketing Manager {country}": "CEO",
                f"Marketing {country}": f"Marketing Manager {country}",
            }
        for title, company, least, _ in CHIEFS:
            if self._scale.employees >= least:
                role = {"Chief Executive Officer": "CEO", "VP Sales": "VP Sales"}.get(title, "Executive Board")
                ceo = self._chiefs.get("Chief Executive Officer", 0)
                site = HEAD_OFFICES[company]
                self._chiefs[title] = self._add(
                    -1, company, site, "executive", EXECUTIVE, title, role, ceo, self._unit(), 0
                )

    def grow(self, month: Month, *, everything: bool = False) -> None:
        """Add the positions that each cell lacks in ``month``; vacant since the first day of it."""
        counted = Counter(self._there.select("cell", "job").iter_rows())
        for number, wish in enumerate(wanted(self._scale, month)):
            cell = CELLS[number]
            missing = wish - counted[number, cell.job]
            if missing <= 0:
                continue
            for size in _teams(cell, missing) if everything else [missing]:
                self._fill(number, size, month, is_new=everything)

    def _fill(self, number: int, count: int, month: Month, *, is_new: bool) -> None:
        """Add ``count`` positions to a cell: to its last team while that has room, else to a new team."""
        cell, job = CELLS[number], JOBS[CELLS[number].job]
        country = COUNTRIES[cell.company]
        leads = self._there.filter((pl.col("cell") == number) & (pl.col("level") == LEAD)).sort("plans")
        if not is_new and leads.height:
            lead = leads.row(-1, named=True)
            members = self._there.filter(pl.col("superior") == lead["plans"]).height
            if members + count <= cell.team * 1.3:
                role = _member_role(cell, str(lead["role"]), country)
                for _ in range(count):
                    self._add(
                        number,
                        cell.company,
                        cell.site,
                        cell.job,
                        MEMBER,
                        job.member,
                        role,
                        lead["plans"],
                        lead["orgeh"],
                        month.first,
                    )
                return
        above = self._above(number, month)
        unit = self._unit()
        is_sales = cell.job == "sales_rep"
        lead_role = self._team_role(number) if is_sales else _lead_role(cell, country)
        title = JOBS["sales_manager"].lead if is_sales else job.lead
        lead_job = "sales_manager" if is_sales else cell.job
        top = self._add(number, cell.company, cell.site, lead_job, LEAD, title, lead_role, above, unit, month.first)
        role = _member_role(cell, lead_role, country)
        for _ in range(count if is_sales else count - 1):
            self._add(number, cell.company, cell.site, cell.job, MEMBER, job.member, role, top, unit, month.first)

    def _above(self, number: int, month: Month) -> int:
        """The position that the leads of a cell report to: its head if it is large, else an executive."""
        cell = CELLS[number]
        heads = self._there.filter((pl.col("cell") == number) & (pl.col("level") == HEAD))["plans"].to_list()
        heads += [row[0] for row in self._added if row[6] == number and row[7] == HEAD]
        if heads:
            return int(heads[0])
        chief = next(
            self._chiefs[title] for title, _, _, jobs in reversed(CHIEFS) if cell.job in jobs and title in self._chiefs
        )
        if cell.job != "sales_rep" and self._scale.employees * cell.share >= HEADED_FROM:
            title, role = JOBS[cell.job].head, _lead_role(cell, COUNTRIES[cell.company])
            return self._add(
                number, cell.company, cell.site, cell.job, HEAD, title, role, chief, self._unit(), month.first
            )
        return chief

    def _team_role(self, number: int) -> str:
        """The role of the manager of a new sales team: the next region of the company."""
        company = CELLS[number].company
        regions = REGIONS[company]
        taken = self._there.filter((pl.col("company") == company) & (pl.col("job") == "sales_manager")).height
        taken += sum(row[2] == company and row[4] == "sales_manager" for row in self._added)
        turn, place = divmod(taken, len(regions))
        region = regions[place] if turn == 0 else f"{regions[place]} {turn + 1}"
        manager = f"Regional Manager {region}"
        self._roles |= {manager: "VP Sales", f"Sales Rep {region}": manager}
        return manager

    def _unit(self) -> int:
        self._units += 1
        return FIRST_UNIT + self._units - 1

    def _add(
        self,
        cell: int,
        company: int,
        site: int,
        job: str,
        level: int,
        title: str,
        role: str,
        superior: int,
        unit: int,
        since: int,
    ) -> int:
        plans = FIRST_POSITION + self._there.height + len(self._added)
        department = JOBS[job].department
        self._added.append((plans, unit, company, site, job, department, cell, level, title, role, superior, 0, since))
        return plans


def _teams(cell: Cell, people: int) -> Iterator[int]:
    """The sizes of the teams that ``people`` are split into, as even as can be."""
    count = -(-people // cell.team)
    for place in range(count):
        yield people // count + (place < people % count)


def _lead_role(cell: Cell, country: str) -> str:
    return {"service": f"Service Manager {country}", "marketing": f"Marketing Manager {country}"}.get(cell.job, "")


def _member_role(cell: Cell, lead_role: str, country: str) -> str:
    if cell.job == "sales_rep":
        return lead_role.replace("Regional Manager", "Sales Rep")
    return {"service": f"Service Agent {country}", "marketing": f"Marketing {country}"}.get(cell.job, "")


def heads_of(positions: pl.DataFrame, groups: Iterable[str]) -> pl.DataFrame:
    """The holder of the highest filled position of each group (columns ``groups``): groups, holder."""
    names = list(groups)
    return (
        positions.filter(pl.col("holder") > 0)
        .sort("level", "plans")
        .unique(names, keep="first", maintain_order=True)
        .select(*names, "holder")
    )
