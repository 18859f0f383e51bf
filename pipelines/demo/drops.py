"""Drops: what the systems of the simulated company deliver, a first one with everything and then one a day.

A month is always simulated as a whole from the checkpoint at its start, and a day's drop is the part of it that is due on that
day. So a drop has the same bytes whenever, and together with whatever, it is written.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO

import polars as pl

from pipelines.demo import simulation
from pipelines.demo.calendar import HISTORY_END, Month, as_date, day_number, month_of
from pipelines.demo.demand import DEMAND
from pipelines.demo.mess import faults
from pipelines.demo.mess.fault_kinds import LATE
from pipelines.demo.scales import SCALES
from pipelines.demo.shapes import SHAPES
from pipelines.demo.shapes.kinds import ON, OPERATION, Shape
from pipelines.demo.world import World
from pipelines.errors import ConcordError
from pipelines.home import move_into_place

GENERATION = 1
"""Of the simulation: a company that another generation made cannot live on."""

FEW_ROWS = 100_000
"""So many rows of a table are written at once; fewer wait."""

Versions = dict[str, pl.DataFrame]
Progress = Callable[[int, int, str], None]
"""Is told the steps done, the steps in all, and what is done now."""


@dataclass(frozen=True)
class Drop:
    """What one day brought: the number of rows by "system/table", tables without rows left out."""

    day: date
    rows: dict[str, int]


@dataclass(frozen=True)
class Company:
    """Which company lives in a folder, up to which day, and in which month it goes on (``month``, its checkpoint)."""

    seed: int
    scale: str
    mess: float
    day: int
    month: int
    generation: int = GENERATION


def lives_in(folder: Path) -> Company | None:
    """The company whose extracts are in ``folder``, if there is one. Raises ConcordError if another generation made it."""
    file = folder / "company.json"
    if not file.exists():
        return None
    found = Company(**json.loads(file.read_text()))
    if found.generation != GENERATION:
        raise ConcordError(
            f"{folder} holds a demo company of an earlier Concord.", hint="Delete the folder and start anew."
        )
    return found


def advance(
    folder: Path,
    *,
    scale: str | None = None,
    seed: int | None = None,
    days: int | None = None,
    mess: float | None = None,
    history_end: date = HISTORY_END,
    progress: Progress = lambda _done, _all, _what: None,
) -> list[Drop]:
    """Found the company in ``folder`` if there is none, and let it live for ``days``; returns the drops written, oldest first.

    A new company (by default small, seed 1, mess 1) delivers its whole history first and then ``days`` (by default 0) single
    days; one that is there lives on for ``days`` (by default 1). Extracts are ``extracts/<system>/<table>/<day>.csv``, the
    truth ``truth/<table>/….parquet``, and ``world/`` is the checkpoint. ``mess`` multiplies the rates of all faults.
    Raises ConcordError if ``days`` is negative, the scale is unknown, or the folder holds another company.
    """
    company = lives_in(folder)
    if (days or 0) < 0:
        raise ConcordError(f"A company cannot live for {days} days.", hint="Days start at 0.")
    if scale is not None and scale not in SCALES:
        raise ConcordError(f"There is no scale {scale}.", hint=f"Choose one of {', '.join(SCALES)}.")
    drops = []
    if company is None:
        company, first = _write_history(
            folder,
            scale or "small",
            1 if seed is None else seed,
            1.0 if mess is None else mess,
            history_end,
            progress,
        )
        drops.append(first)
    else:
        _refuse_other(folder, company, scale, seed, mess)
        days = 1 if days is None else days
    return drops + _write_days(folder, company, days or 0, progress)


def _refuse_other(folder: Path, company: Company, scale: str | None, seed: int | None, mess: float | None) -> None:
    wanted = {"scale": scale, "seed": seed, "mess": mess}
    if any(value is not None and value != getattr(company, name) for name, value in wanted.items()):
        raise ConcordError(
            f"{folder} holds the {company.scale} company of seed {company.seed} and mess {company.mess:g}.",
            hint="Ask for that one, or name another home with CONCORD_HOME.",
        )


def _write_history(
    folder: Path, scale: str, seed: int, mess: float, end: date, progress: Progress
) -> tuple[Company, Drop]:
    """Write the first drop: every table as it is at the end of the history."""
    for part in ("extracts", "truth", "world"):
        shutil.rmtree(folder / part, ignore_errors=True)
    last = month_of(end)
    if day_number(end) != last.last:
        raise ConcordError(f"The history cannot end on {end}.", hint="It ends with a month.")
    world = simulation.found(seed, SCALES[scale], mess)
    history = _History(folder, day_number(end), seed, mess)
    for index in range(last.index + 1):
        progress(index, last.index + 2, f"{Month(index).year}-{Month(index).number:02d}")
        world.month = Month(index)
        simulation.live(world, lambda: history.take(world.emitted, world.month))
        _write_truth(folder, world)
    progress(last.index + 1, last.index + 2, "master data")
    drop = history.finish()
    (folder / "truth").mkdir(exist_ok=True)
    (folder / "truth" / "demand.json").write_text(json.dumps(asdict(DEMAND), indent=2, default=str) + "\n")
    company = Company(seed, scale, mess, day=history.end, month=last.index + 1)
    _save(folder, company, world, history.pending)
    return company, drop


def _write_days(folder: Path, company: Company, days: int, progress: Progress) -> list[Drop]:
    """Write the drops of the ``days`` after the last one."""
    target = company.day + days
    drops: list[Drop] = []
    while company.day < target:
        world, pending = _load(folder, company)
        simulation.live(world)
        now, pending = _due(world, pending)
        _write_truth(folder, world)
        for day in range(company.day + 1, min(target, world.month.last) + 1):
            progress(len(drops), days, f"{as_date(day)}")
            drops.append(_write_day(folder, now, day))
        reached = min(target, world.month.last)
        ended = reached == world.month.last
        company = Company(company.seed, company.scale, company.mess, reached, company.month + ended)
        _save(folder, company, world if ended else None, pending)
    return drops


def late_rows(folder: Path) -> Versions:
    """The rows that are late, and still to come after the last drop, as they will be delivered, by "system/table".

    Within a month the rest of it is simulated for that, which takes as long as the next drop.
    """
    company = lives_in(folder)
    if company is None:
        return {}
    world, pending = _load(folder, company)
    if company.day >= world.month.first:
        simulation.live(world)
        now, later = _due(world, pending)
    else:
        now, later = {}, pending
    texts = {}
    for table in sorted(now.keys() | later.keys()):
        frames = [versions[table] for versions in (now, later) if table in versions]
        marked = [frame for frame in frames if faults.FAULT in frame.columns]
        if not marked:
            continue
        versions = pl.concat(marked, how="diagonal_relaxed")
        late = versions.filter(pl.col(ON) > company.day, pl.col(faults.FAULT).eq_missing(LATE))
        if late.height:
            texts[table] = SHAPES[table].render(late)
    return texts


def _due(world: World, pending: Versions) -> tuple[Versions, Versions]:
    """The versions that are due this month, with their faults marked, and those that are not.

    All versions of a document are known at its birth: they are marked then. Masters are marked in the month that they fall into,
    and a correction of one comes in the same month or never, so that it undoes nothing newer.
    """
    last, now, later = world.month.last, {}, {}
    for table in sorted(world.emitted.keys() | pending.keys()):
        shape = SHAPES[table]
        new = world.emitted.get(table, [])
        held = [pending[table]] if table in pending else []
        if shape.is_master:
            versions = pl.concat([*held, *new], how="diagonal_relaxed")
            due = faults.mark(shape, versions.filter(pl.col(ON) <= last), world.seed, world.mess).filter(
                pl.col(ON) <= last
            )
        else:
            born = [faults.mark(shape, pl.concat(new, how="vertical_relaxed"), world.seed, world.mess)] if new else []
            versions = pl.concat([*held, *born], how="diagonal_relaxed")
            due = versions.filter(pl.col(ON) <= last)
        now[table] = due
        rest = versions.filter(pl.col(ON) > last)
        if rest.height:
            later[table] = rest
    world.emitted.clear()
    return now, later


def _latest(shape: Shape, versions: pl.DataFrame) -> pl.DataFrame:
    """The last version of each key; a row that is delivered twice stays twice."""
    key = list(shape.key)
    copies = pl.DataFrame()
    if "_fault" in versions.columns:
        is_copy = pl.col("_fault").eq_missing("repeated")
        copies, versions = versions.filter(is_copy), versions.filter(~is_copy)
    if not shape.is_master:
        # A document that never changed has one version: only the others must be told apart.
        changed = versions.filter(pl.col(OPERATION) != "C").select(key).unique()
        once = versions.join(changed, on=key, how="anti", maintain_order="left") if changed.height else versions
        versions = (
            versions.join(changed, on=key, how="semi", maintain_order="left") if changed.height else versions.clear()
        )
    else:
        once = versions.clear()
    several = versions.sort(ON, maintain_order=True).unique(key, keep="last", maintain_order=True)
    last = pl.concat([once, several])
    if copies.height:
        delivered = last.filter(pl.col(OPERATION) != "D").select(*key, ON)
        last = pl.concat([last, copies.join(delivered, on=[*key, ON], how="semi", maintain_order="left")])
    return last


class _History:
    """The first drop while it is written: documents stream to their files, masters wait for their last version.

    ``pending``: versions of days after the history, as `_due` takes them.
    """

    def __init__(self, folder: Path, end: int, seed: int, mess: float) -> None:
        self.folder, self.end, self.seed, self.mess = folder, end, seed, mess
        self.lived = 0
        self.pending: Versions = {}
        self.streams: dict[str, IO[bytes]] = {}
        self.held: dict[str, list[pl.DataFrame]] = {}
        self.rows: dict[str, int] = {}
        self.faults: list[pl.DataFrame] = []

    def take(self, emitted: dict[str, list[pl.DataFrame]], month: Month) -> None:
        """Take what a month emitted out of ``emitted``: documents are written once there are many, masters wait."""
        self.lived = month.first - 1
        while emitted:
            table, frames = emitted.popitem()
            held = self.held.setdefault(table, [])
            held.extend(frames)
            del frames
            if SHAPES[table].is_master:
                if len(held) > 1 and sum(frame.height for frame in held[1:]) > max(held[0].height // 4, FEW_ROWS):
                    self.held[table] = [self._folded(SHAPES[table], held)]
            elif sum(frame.height for frame in held) > FEW_ROWS:
                self._write_documents(SHAPES[table], self.held.pop(table))

    def _folded(self, shape: Shape, frames: list[pl.DataFrame]) -> pl.DataFrame:
        """The last version of each master within the history; later ones become pending."""
        versions = pl.concat(frames, how="vertical_relaxed")
        self._postpone(shape, versions)
        last = _latest(shape, versions.filter(pl.col(ON) <= self.end))
        # What is gone by the end of the month before stays gone: cleared items would fill the memory.
        return last.filter((pl.col(OPERATION) != "D") | (pl.col(ON) > self.lived))

    def _write_documents(self, shape: Shape, frames: list[pl.DataFrame]) -> None:
        marked = faults.mark(shape, pl.concat(frames, how="vertical_relaxed"), self.seed, self.mess)
        self._postpone(shape, marked)
        self._write(shape, _latest(shape, marked.filter(pl.col(ON) <= self.end)))

    def _postpone(self, shape: Shape, versions: pl.DataFrame) -> None:
        later = versions.filter(pl.col(ON) > self.end)
        if later.height:
            known = [self.pending[shape.name]] if shape.name in self.pending else []
            self.pending[shape.name] = pl.concat([*known, later], how="vertical_relaxed")

    def _write(self, shape: Shape, versions: pl.DataFrame) -> None:
        alive = versions.filter(pl.col(OPERATION) != "D").with_columns(pl.lit("C").alias(OPERATION))
        if alive.height == 0:
            return
        for piece in alive.iter_slices(FEW_ROWS):
            texts, found = faults.corrupt(shape, shape.render(piece), piece)
            is_first = shape.name not in self.streams
            if is_first:
                self.streams[shape.name] = _aside(_extract(self.folder, shape.name, self.end)).open("wb")
            texts.write_csv(self.streams[shape.name], include_header=is_first, line_terminator="\n")
            self.rows[shape.name] = self.rows.get(shape.name, 0) + texts.height
            self.faults.append(found.with_columns(pl.lit(self.end, pl.Int32).alias("day")))

    def finish(self) -> Drop:
        """Write what is still held, and move all files into their places."""
        for table in sorted(self.held):
            shape, frames = SHAPES[table], self.held.pop(table)
            if not shape.is_master:
                self._write_documents(shape, frames)
                continue
            last = self._folded(shape, frames)
            del frames
            for piece in last.sort(shape.key).iter_slices(FEW_ROWS):
                marked = faults.mark(shape, piece, self.seed, self.mess).filter(pl.col(ON) <= self.end)
                self._write(shape, _latest(shape, marked).sort(*shape.key, maintain_order=True))
        for table, stream in sorted(self.streams.items()):
            stream.close()
            target = _extract(self.folder, table, self.end)
            move_into_place(_aside(target), target)
        _write_faults(self.folder, self.end, self.faults)
        return Drop(as_date(self.end), dict(sorted(self.rows.items())))


def _write_day(folder: Path, now: Versions, day: int) -> Drop:
    """Write the drop of ``day``."""
    rows, found = {}, []
    for table, versions in sorted(now.items()):
        shape = SHAPES[table]
        today = versions.filter(pl.col(ON) == day)
        if today.height == 0:
            continue
        today = _latest(shape, today)
        texts, wrong = faults.corrupt(shape, shape.render(today), today)
        found.append(wrong.with_columns(pl.lit(day, pl.Int32).alias("day")))
        if texts.height == 0:
            continue
        rows[table] = texts.height
        target = _extract(folder, table, day)
        texts.write_csv(_aside(target), line_terminator="\n")
        move_into_place(_aside(target), target)
    _write_faults(folder, day, found)
    return Drop(as_date(day), rows)


def _extract(folder: Path, table: str, day: int) -> Path:
    target = folder / "extracts" / table / f"{as_date(day)}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def _write_faults(folder: Path, day: int, found: list[pl.DataFrame]) -> None:
    _write_parquet(
        folder / "truth" / "fault" / f"{as_date(day)}.parquet",
        pl.concat(found, how="vertical_relaxed") if found else None,
    )


def _write_truth(folder: Path, world: World) -> None:
    """Write what the month added to the truth; lived again, it is written again with the same bytes."""
    for table, rows in sorted(world.truth.items()):
        target = folder / "truth" / table / f"{world.month.year}-{world.month.number:02d}.parquet"
        _write_parquet(target, pl.concat(rows, how="diagonal_relaxed"))
    world.truth.clear()


def _write_parquet(target: Path, rows: pl.DataFrame | None) -> None:
    if rows is None or rows.height == 0:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(_aside(target))
    _aside(target).replace(target)


def _save(folder: Path, company: Company, world: World | None, pending: Versions) -> None:
    """Remember how far the company is; with ``world`` also the checkpoint at the start of ``company.month``."""
    world_folder = folder / "world" / f"{company.month:04d}"
    if world is not None:
        shutil.rmtree(world_folder, ignore_errors=True)
        for part, tables in (("state", world.checkpoint()), ("pending", pending)):
            for name, table in tables.items():
                _write_parquet_even_empty(world_folder / part / f"{name}.parquet", table)
    file = folder / "company.json"
    _aside(file).write_text(json.dumps(asdict(company), indent=2) + "\n")
    move_into_place(_aside(file), file)
    for old in (folder / "world").iterdir():
        if old != world_folder:
            shutil.rmtree(old, ignore_errors=True)


def _write_parquet_even_empty(target: Path, rows: pl.DataFrame) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(target)


def _load(folder: Path, company: Company) -> tuple[World, Versions]:
    """The world at the start of ``company.month``, and the versions that were not due before it."""
    root = folder / "world" / f"{company.month:04d}"
    world = World(seed=company.seed, scale=SCALES[company.scale], mess=company.mess, month=Month(company.month))
    world.restore({file.stem: pl.read_parquet(file) for file in (root / "state").glob("*.parquet")})
    pending_root = root / "pending"
    pending = {
        str(file.relative_to(pending_root).with_suffix("")): pl.read_parquet(file)
        for file in sorted(pending_root.rglob("*.parquet"))
    }
    return world, pending
