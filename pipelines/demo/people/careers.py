"""What happens to the simulated company's people in a month: leaves, promotions, hires, moves, absences, salary rounds.

Who leads changes on the first of a month only, so that everybody's manager is known for the whole month.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Month, business_day
from pipelines.demo.customers.person_names import LANGUAGES, draw_given_names, draw_surnames
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.people.organisation import EXECUTIVE, FIRST_POSITION, JOBS, LEAD, MEMBER, OPEN
from pipelines.demo.people.rosters import Roster, Rows
from pipelines.demo.world import World

FIRST_PERNR = 1_001
YEARLY_LEAVERS = 0.09
YEARLY_PAUSES = 0.015
YEARLY_ROUND = 0.03
FILL_RATE = 0.6  # of the vacant positions, each month
MOVED_SHARE, REHIRED_SHARE = 0.15, 0.06  # of the positions filled
HIRE, CHANGE, PAUSE, RETURN, LEAVE, REHIRE = "01", "02", "05", "06", "10", "12"
"""Kinds of an action (MASSN)."""
ACTIVE, PAUSED, GONE = 3, 1, 0
"""Status of an employment (STAT2)."""
CUSTOMER_FACING = ("sales_rep", "service", "marketing")
"""Jobs whose people deal with customers; a cell of them is never left empty."""
USER_JOBS = (*CUSTOMER_FACING, "sales_manager", "executive")
"""Jobs that work in the CRM. Nobody moves from them to a job that does not, so a user is active while employed."""

LEAVE_REASONS = (("01", 0.62), ("02", 0.10), ("03", 0.14), ("04", 0.09), ("05", 0.01), ("06", 0.04))
"""MASSG: resignation, dismissal, retirement, end of contract, death, mutual agreement."""
PART_TIME = ((100, 0.90), (80, 0.045), (75, 0.025), (50, 0.03))
LEVEL_PAY = np.array([1.0, 1.5, 1.22, 1.0])
STEP_PAY = np.array([0.0, 0.88, 1.0, 1.17])
COMPANY_PAY = {1000: 1.0, 2000: 1.28, 3000: 0.80}  # units of the company's currency for EUR of Germany
SITE_PAY = {1200: 0.55, 1600: 1.04}
SITE_LANGUAGES = {1100: "de", 1200: "cs", 1500: "de", 1600: "nl", 2500: "en", 3500: "en"}
CHIEF_PAY = 1.7  # of the first executive

STAFF_SCHEMA = pl.Schema(
    {
        "pernr": pl.Int64, "plans": pl.Int64, "company": pl.Int32, "site": pl.Int32, "job": pl.String, "department": pl.Int64,
        "level": pl.Int64, "from_day": pl.Int32, "until_day": pl.Int32, "step": pl.Int64, "part": pl.Int64, "salary": pl.Int64,
        "status": pl.Int64, "act_from": pl.Int32, "action": pl.String, "reason": pl.String, "place_from": pl.Int32,
        "place_to": pl.Int32, "pay_from": pl.Int32, "pay_to": pl.Int32, "pause_from": pl.Int32, "pause_to": pl.Int32,
        "user": pl.Int64, "user_from": pl.Int32,
    }
)  # fmt: skip
"""State ``staff``, a row for everybody who was ever employed: what is so now, and since when (act_: PA0000, place_: PA0001,
pay_: PA0008). ``part`` is the share of full time in percent, ``pause_`` the last long leave, ``user`` the number of the user
(0: none), ``user_from`` the day of the user's birth. OPEN stands for no end."""

Uniform = npt.NDArray[np.float64]


def _pick(uniform: Uniform, shares: tuple[tuple[Any, float], ...]) -> npt.NDArray[Any]:
    values = np.array([value for value, _ in shares])
    ends = np.cumsum([share for _, share in shares])
    return values[np.minimum(np.searchsorted(ends / ends[-1], uniform, side="right"), len(values) - 1)]


def _whole(amount: Uniform) -> npt.NDArray[np.int64]:
    """Amounts in minor units, rounded to whole units."""
    return np.floor(amount / 100 + 0.5).astype(np.int64) * 100


class Careers:
    """A month of everybody's working life; ``staff`` and ``positions`` are changed in place."""

    def __init__(self, world: World, staff: pl.DataFrame, positions: pl.DataFrame) -> None:
        self.world = world
        self.month: Month = world.month
        self.first = world.month.first
        self.staff = Roster(staff)
        self.positions = Roster(positions)
        self._hires: list[tuple[int, int]] = []

    def found(self, rng: np.random.Generator) -> pl.DataFrame:
        """Fill every position with somebody hired before the history; gives their names."""
        tenure = np.minimum(rng.exponential(7.5, len(self.positions)), 28.0) * 12
        months = self.month.index - 1 - tenure.astype(np.int64)
        self._hires = [(row, Month(int(month)).first) for row, month in enumerate(months)]
        return self._hire(rng)

    def live(self, rng: np.random.Generator) -> pl.DataFrame:
        """Live through the month; gives the names of the people hired."""
        vacant = np.flatnonzero((self.positions["holder"] == 0) & (self.positions["level"] == MEMBER))
        self._return(rng)
        self._leave(rng)
        self._promote(rng)
        self._fill(rng, vacant)
        self._pause(rng)
        self._raise(rng)
        return self._hire(rng)

    def _act(self, rows: Rows, day: Any, action: str, status: int, reason: Any = "") -> None:
        self.staff["act_from"][rows] = day
        self.staff["action"][rows] = action
        self.staff["reason"][rows] = reason
        self.staff["status"][rows] = status

    def _is_settled(self) -> npt.NDArray[np.bool_]:
        """Whether each person is at work and nothing has happened to them this month."""
        return np.asarray((self.staff["status"] == ACTIVE) & (self.staff["act_from"] < self.first))

    def _vacate(self, rows: Rows, days: Any) -> None:
        held = self.staff["plans"][rows] - FIRST_POSITION
        self.positions["holder"][held] = 0
        self.positions["vacant_since"][held] = days

    def _return(self, rng: np.random.Generator) -> None:
        """Bring back who was on a long leave, a part of them part-time."""
        rows = np.flatnonzero((self.staff["status"] == PAUSED) & (self.staff["pause_to"] == self.first))
        draws = rng.random((len(rows), 2))
        self._act(rows, self.first, RETURN, ACTIVE)
        part = np.where(
            draws[:, 0] < 0.3, np.array([50, 75, 80])[(draws[:, 1] * 3).astype(np.int64)], self.staff["part"][rows]
        )
        is_changed = part != self.staff["part"][rows]
        rows, part = rows[is_changed], part[is_changed]
        self._pay(rows, self.staff["salary"][rows] * part / self.staff["part"][rows])
        self.staff["part"][rows] = part

    def _leave(self, rng: np.random.Generator) -> None:
        """Let people go: leads on the first of the month, others on any day. until_day is the last day employed.

        On the first day of the history the extracts say who is there, so nobody goes on that day.
        """
        staff = self.staff
        draws = rng.random((len(staff), 4))
        tenure = (self.first - staff["from_day"]) / 365.25
        rate = YEARLY_LEAVERS * np.where(tenure < 2, 1.6, np.where(tenure < 8, 0.95, 0.75))
        rate = (
            rate
            * np.where(staff["level"] == EXECUTIVE, 0.35, 1.0)
            * np.where(staff["plans"] == FIRST_POSITION, 0.0, 1.0)
        )
        may_go = self._is_settled() & (tenure > 0.16) & ((self.month.index > 0) | (staff["level"] == MEMBER))
        rows = np.flatnonzero(may_go & (draws[:, 0] < rate / 12))
        draws = draws[rows]
        late = self.first + 1 + (draws[:, 2] * (self.month.last - self.first)).astype(np.int64)
        is_first = ((draws[:, 1] < 0.6) & (self.month.index > 0)) | (staff["level"][rows] < MEMBER)
        days = np.where(is_first, self.first, late).astype(np.int32)
        reasons = np.where((tenure[rows] < 12) & (draws[:, 3] < 0.2), "01", _pick(draws[:, 3], LEAVE_REASONS))
        self._act(rows, days, LEAVE, GONE, reasons)
        staff["until_day"][rows] = staff["place_to"][rows] = staff["pay_to"][rows] = days - 1
        self._vacate(rows, days)

    def _promote(self, rng: np.random.Generator) -> None:
        """Fill the positions that lead: from the people below them where there are any, else from outside, on the first."""
        for level in range(MEMBER):
            vacant = np.flatnonzero((self.positions["holder"] == 0) & (self.positions["level"] == level))
            for place, uniform in zip(vacant, rng.random(len(vacant)), strict=True):
                below = (
                    self.positions["superior"][self.staff["plans"] - FIRST_POSITION] == self.positions["plans"][place]
                )
                rows = np.flatnonzero(below & self._is_settled() & (self.staff["level"] > EXECUTIVE))
                if level == EXECUTIVE or not len(rows):
                    self._hires.append((int(place), self.first))
                    continue
                oldest = rows[np.argsort(self.staff["from_day"][rows], kind="stable")]
                chosen = oldest[[int(uniform * min(3, len(oldest)))]]
                self._move(chosen, int(place))
                self._pay(chosen, self.staff["salary"][chosen] * 1.14)

    def _move(self, rows: Rows, place: int) -> None:
        """Put the one person of ``rows`` into another position on the first of the month."""
        self._vacate(rows, self.first)
        self._act(rows, self.first, CHANGE, ACTIVE)
        self.staff["place_from"][rows] = self.first
        for column in ("plans", "company", "site", "job", "department", "level"):
            self.staff[column][rows] = self.positions[column][place]
        self.positions["holder"][place] = self.staff["pernr"][rows[0]]

    def _fill(self, rng: np.random.Generator, vacant: Rows) -> None:
        """Fill positions of members: most of those that were vacant before, and any without which a cell would be empty."""
        positions = self.positions
        draws = rng.random((len(vacant), 3))
        for place, (wish, kind, who) in zip(vacant, draws, strict=True):
            if wish >= FILL_RATE:
                continue
            candidates = self._movers(int(place)) if kind < MOVED_SHARE else np.zeros(0, dtype=np.int64)
            if len(candidates):
                self._move(candidates[[int(who * len(candidates))]], int(place))
                continue
            candidates = self._former(int(place)) if kind > 1 - REHIRED_SHARE else candidates
            day = int(_pick(draws[:1, 0] * 0 + who, ((0, 0.66), (14, 0.22), (6, 0.07), (20, 0.05)))[0]) + self.first
            day = day if day in {self.first, self.first + 14} else int(business_day(np.array([day]))[0])
            if len(candidates):
                self._rehire(candidates[[int(who * len(candidates))]], int(place), day)
            else:
                self._hires.append((int(place), day))
        pending = {place for place, _ in self._hires}
        manned = positions["holder"] > 0
        manned[list(pending)] = True
        for cell in np.unique(positions["cell"][np.isin(positions["job"], CUSTOMER_FACING)]):
            members = (positions["cell"] == cell) & np.isin(positions["job"], CUSTOMER_FACING)
            if not (manned & members).any():
                place = int(np.flatnonzero(members)[0])
                self._hires.append((place, max(self.first, int(positions["vacant_since"][place]))))

    def _movers(self, place: int) -> Rows:
        """Who may move to a position: members of other cells of the same company, of a job of the same kind."""
        staff, positions = self.staff, self.positions
        job = JOBS[positions["job"][place]]
        is_user_job = positions["job"][place] in USER_JOBS
        kindred = [
            name
            for name, other in JOBS.items()
            if other.is_office == job.is_office and (is_user_job or name not in USER_JOBS)
        ]
        is_other = positions["cell"][staff["plans"] - FIRST_POSITION] != positions["cell"][place]
        is_near = (
            (staff["company"] == positions["company"][place])
            & np.isin(staff["job"], kindred)
            & (staff["level"] == MEMBER)
        )
        is_mobile = (
            self._is_settled() & (staff["from_day"] < self.first - 300) & (staff["place_from"] < self.first - 180)
        )
        is_spare = np.zeros(len(staff), dtype=np.bool_)
        cells = positions["cell"][staff["plans"] - FIRST_POSITION]
        working = staff["status"] == ACTIVE
        sizes = np.bincount(cells[working & (cells >= 0)], minlength=int(positions["cell"].max()) + 1)
        is_spare[cells >= 0] = sizes[cells[cells >= 0]] > 3
        return np.flatnonzero(is_other & is_near & is_mobile & is_spare)

    def _former(self, place: int) -> Rows:
        """Who resigned half a year ago or earlier from the same job in the same company."""
        staff, positions = self.staff, self.positions
        is_fit = (staff["job"] == positions["job"][place]) & (staff["company"] == positions["company"][place])
        is_gone = (staff["status"] == GONE) & (staff["reason"] == "01") & (staff["until_day"] < self.first - 150)
        return np.flatnonzero(is_fit & is_gone)

    def _rehire(self, rows: Rows, place: int, day: int) -> None:
        """Take back the one person of ``rows``; from_day is the start of the employment that is."""
        self.positions["holder"][place] = self.staff["pernr"][rows[0]]
        self._act(rows, day, REHIRE, ACTIVE)
        for column in ("from_day", "place_from", "pay_from"):
            self.staff[column][rows] = day
        for column in ("until_day", "place_to", "pay_to"):
            self.staff[column][rows] = OPEN
        for column in ("plans", "site", "level"):
            self.staff[column][rows] = self.positions[column][place]
        self.staff["salary"][rows] = _whole(self.staff["salary"][rows] * 1.06)

    def _pause(self, rng: np.random.Generator) -> None:
        """Send some members on a long leave (parents, care, illness), until the first of a later month."""
        draws = rng.random((len(self.staff), 3))
        is_chosen = self._is_settled() & (self.staff["level"] == MEMBER) & (draws[:, 0] < YEARLY_PAUSES / 12)
        rows = np.flatnonzero(is_chosen & (self.staff["from_day"] < self.first - 120))
        days = self.first + 1 + (draws[rows, 1] * (self.month.last - self.first)).astype(np.int32)
        ends = [Month(self.month.index + 2 + int(share * 11)).first for share in draws[rows, 2]]
        self._act(rows, days, PAUSE, PAUSED, "20")
        self.staff["pause_from"][rows] = days
        self.staff["pause_to"][rows] = np.array(ends, dtype=np.int32)

    def _raise(self, rng: np.random.Generator) -> None:
        """Raise salaries: everybody in January, and in April and October those who rise to the next step of their grade."""
        staff = self.staff
        draws = rng.random((len(staff), 2))
        is_there = (staff["status"] != GONE) & (staff["from_day"] < self.first - 90)
        if self.month.number == 1:
            rows = np.flatnonzero(is_there | ((staff["status"] == GONE) & (staff["until_day"] >= self.first)))
            self._pay(rows, staff["salary"][rows] * (1 + YEARLY_ROUND - 0.012 + 0.024 * draws[rows, 0]))
        if self.month.number in {4, 10}:
            is_due = is_there & (staff["step"] < 3) & (staff["level"] >= LEAD) & (staff["from_day"] < self.first - 500)
            rows = np.flatnonzero(is_due & (staff["place_from"] < self.first) & (draws[:, 0] < 0.045))
            staff["step"][rows] += 1
            self._pay(rows, staff["salary"][rows] * (1.05 + 0.04 * draws[rows, 1]))

    def _pay(self, rows: Rows, salary: Uniform) -> None:
        self.staff["salary"][rows] = _whole(salary)
        self.staff["pay_from"][rows] = self.first

    def _hire(self, rng: np.random.Generator) -> pl.DataFrame:
        """Hire for all positions that wait for it; gives pernr, first_name, last_name."""
        places = np.array([place for place, _ in self._hires], dtype=np.int64)
        days = np.array([day for _, day in self._hires], dtype=np.int32)
        positions, count = self.positions, len(places)
        languages = np.array(
            [LANGUAGES.index(SITE_LANGUAGES[site]) for site in positions["site"][places].tolist()], dtype=np.int64
        )
        names = pl.DataFrame(
            {"first_name": draw_given_names(rng, languages), "last_name": draw_surnames(rng, languages)}
        )
        noise, draws = rng.normal(0.0, 0.06, count), rng.random((count, 2))
        is_founder = days < self.first
        step = np.where(
            is_founder,
            _pick(draws[:, 0], ((1, 0.2), (2, 0.5), (3, 0.3))),
            _pick(draws[:, 0], ((1, 0.45), (2, 0.45), (3, 0.1))),
        )
        level = positions["level"][places]
        step = np.where(level < LEAD, 2, step)
        part = np.where(level == MEMBER, _pick(draws[:, 1], PART_TIME), 100)
        yearly = (
            np.array([JOBS[job].pay for job in positions["job"][places]], dtype=np.float64)
            * LEVEL_PAY[level]
            * STEP_PAY[step]
        )
        yearly *= np.array([COMPANY_PAY[company] for company in positions["company"][places].tolist()])
        yearly *= np.array([SITE_PAY.get(site, 1.0) for site in positions["site"][places].tolist()])
        yearly *= np.where(positions["plans"][places] == FIRST_POSITION, CHIEF_PAY, 1.0) * np.exp(noise)
        salary = _whole(yearly * (1 + YEARLY_ROUND) ** (self.month.year - 2026) * part / 12)
        pernr = self.world.numbers("pernr", count, first=FIRST_PERNR)
        pay_from = np.where(is_founder, np.maximum(days, Month(-10).first), days)
        hired = pl.DataFrame(
            {
                "pernr": pernr,
                **{name: positions[name][places] for name in ("plans", "company", "site", "job", "department", "level")},
                "from_day": days, "until_day": np.full(count, OPEN), "step": step, "part": part, "salary": salary,
                "status": np.full(count, ACTIVE), "act_from": days, "action": [HIRE] * count, "reason": [""] * count,
                "place_from": days, "place_to": np.full(count, OPEN), "pay_from": pay_from, "pay_to": np.full(count, OPEN),
                "pause_from": np.full(count, OPEN), "pause_to": np.full(count, OPEN), "user": np.zeros(count), "user_from": days,
            }
        )  # fmt: skip
        self.staff.append(hired.cast(STAFF_SCHEMA).select(STAFF_SCHEMA.names()))
        positions["holder"][places] = pernr
        self._hires = []
        return pl.concat([hired.select(pl.col("pernr").cast(pl.Int64)), names], how="horizontal")


def currency(company: pl.Expr) -> pl.Expr:
    """The currency of a company."""
    return company.replace_strict(COMPANY_CURRENCY, return_dtype=pl.String)
