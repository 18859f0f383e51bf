"""Changes of the demo company's systems that nobody planned: drawn by chance, made out of the rows that are in its extracts."""

import csv
import random
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipelines.demo.drops import advance
from pipelines.errors import AuditError
from pipelines.publish import build as building
from pipelines.publish import dbt
from pipelines.publish.candidate import Plan
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import Project
from pipelines.quality.contract import TableContract
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import opened
from tests.extracts import contents, demo_settings

HISTORY_END = date(2024, 2, 29)
Row = dict[str, str]
Name = tuple[str, str]

MOVES = [("BSID", "BSAD"), ("BSIK", "BSAK")]
RARE = {"T001", "T001K", "T001W", "TCURX", "TCURR", "SKA1", "SKB1"}
"""Nearly every fact is made anew when one of these changes, which would hide what else is missing."""


class Systems:
    """What the CRM and the ERP hold, and the files that they deliver."""

    def __init__(self, settings: Settings, chance: random.Random) -> None:
        self.settings = settings
        self.chance = chance
        self.day = HISTORY_END
        self.log: list[str] = []
        self.columns: dict[Name, list[str]] = {}
        self.alive: dict[Name, dict[tuple[str, ...], Row]] = {}
        self.gone: dict[Name, dict[tuple[str, ...], Row]] = {}
        self.held: list[tuple[Name, Row]] = []
        self.delivery: dict[Name, list[Row]] = {}
        for system, source in settings.sources.items():
            for table in source.tables:
                self._read((system, table))

    def _read(self, name: Name) -> None:
        self.alive[name], self.gone[name] = {}, {}
        for file in self._files(name):
            with file.open(newline="", encoding="utf-8") as handle:
                reader = csv.DictReader(handle)
                self.columns[name] = list(reader.fieldnames or [])
                for row in reader:
                    self.alive[name][self._key(name, row)] = row
        operation = self._contract(name).operation
        assert operation is not None
        for key, row in list(self.alive[name].items()):
            if row[operation.column] in operation.delete:
                self.gone[name][key] = self.alive[name].pop(key)

    def _contract(self, name: Name) -> TableContract:
        return self.settings.sources[name[0]].tables[name[1]]

    def _files(self, name: Name) -> list[Path]:
        return sorted(self.settings.sources[name[0]].path.glob(self._contract(name).file))

    def _key(self, name: Name, row: Row) -> tuple[str, ...]:
        return tuple(row[column] for column in self._contract(name).key)

    # What happens before the first run

    def hold_back(self) -> None:
        """Take some rows out of the first files; they come late, or never."""
        for name, rows in self.alive.items():
            if len(rows) < 5 or self.chance.random() < 0.5:
                continue
            late = self.chance.sample(sorted(rows), k=self.chance.randint(1, 3))
            self.held += [(name, rows.pop(key)) for key in late]
            [file] = self._files(name)
            self._write(file, name, [*self.gone[name].values(), *rows.values()])

    # What a delivery is made of

    def happen(self) -> None:
        """Let chance decide what changes, and deliver it; now and then in several files, or twice."""
        for _ in range(self.chance.choice([1, 1, 2])):
            tables = sorted(self.alive)
            chosen = self.chance.sample(tables, k=self.chance.choice([3, 10, 30, len(tables)]))
            for name in chosen:
                if name[1] in RARE and self.chance.random() < 0.7:
                    continue
                for _ in range(self.chance.randint(1, 3)):
                    self.chance.choice([self._correct] * 4 + [self._delete] * 3 + [self._restore, self._add])(name)
            for action in self.chance.sample([self._come_late, self._merge, self._move, self._rate], k=2):
                action()
            self.deliver()

    def _say(self, what: str, name: Name, row: Row, detail: str = "") -> None:
        self.log.append(f"{self.day} {what} {'.'.join(name)} {'/'.join(self._key(name, row))} {detail}".rstrip())

    def _upsert(self, name: Name, row: Row) -> None:
        key = self._key(name, row)
        self.gone[name].pop(key, None)
        self.alive[name][key] = row
        self.delivery.setdefault(name, []).append(self._marked(name, row, is_deleted=False))

    def _marked(self, name: Name, row: Row, *, is_deleted: bool) -> Row:
        operation = self._contract(name).operation
        column = operation.column
        if column == "IsDeleted":
            return row | {column: "true" if is_deleted else "false"}
        return row | {column: "D" if is_deleted else "U"}

    def _remove(self, name: Name, row: Row, *, says_all: bool = True) -> None:
        key = self._key(name, row)
        self.gone[name][key] = self.alive[name].pop(key, row)
        said = row if says_all else {c: v if c in self._contract(name).key else "" for c, v in row.items()}
        self.delivery.setdefault(name, []).append(self._marked(name, said, is_deleted=True))

    def _any(self, name: Name) -> Row | None:
        rows = self.alive[name]
        return rows[self.chance.choice(sorted(rows))] if rows else None

    def _correct(self, name: Name) -> None:
        """A row gets values that other rows of its table have."""
        row, contract = self._any(name), self._contract(name)
        if row is None:
            return
        operation = contract.operation.column
        changeable = [
            column
            for column in self.columns[name]
            if column not in contract.key
            and column != operation
            and len({other[column] for other in self.alive[name].values()}) > 1
        ]
        new = dict(row)
        for column in self.chance.sample(changeable, k=min(len(changeable), self.chance.randint(1, 2))):
            others = sorted({other[column] for other in self.alive[name].values()} - {row[column]})
            new[column] = self.chance.choice(others)
            self._say("corrects", name, row, f"{column}: {row[column]!r} -> {new[column]!r}")
        self._upsert(name, new)

    def _delete(self, name: Name) -> None:
        row = self._any(name)
        if row is not None and len(self.alive[name]) > 1:
            self._say("deletes", name, row)
            self._remove(name, row, says_all=self.chance.random() < 0.5)

    def _restore(self, name: Name) -> None:
        if self.gone[name]:
            row = self.gone[name][self.chance.choice(sorted(self.gone[name]))]
            if any(row.get(column) for column in self.columns[name]):
                self._say("restores", name, row)
                self._upsert(name, row)

    def _add(self, name: Name) -> None:
        """Another row like one that is there, under a key of its own."""
        row = self._any(name)
        if row is None:
            return
        last = [column for column in self._contract(name).key if row[column].isdigit() or len(row[column]) == 18]
        if not last:
            return
        column, text = last[-1], row[last[-1]]
        if name[0] == "salesforce":
            other = text[:10] + f"{self.chance.randrange(10**5):05}" + text[15:]
        else:
            other = str(int(text) + self.chance.choice([1, 10, 100])).zfill(len(text))
        new = row | {column: other}
        if len(other) == len(text) and self._key(name, new) not in self.alive[name]:
            self._say("adds", name, new, f"like {text}")
            self._upsert(name, new)

    def _come_late(self) -> None:
        for _ in range(min(len(self.held), 3)):
            name, row = self.held.pop(self.chance.randrange(len(self.held)))
            if self._key(name, row) not in self.alive[name]:
                self._say("comes late", name, row)
                self._upsert(name, row)

    def _merge(self) -> None:
        """Two accounts of the CRM become one: the loser is deleted and names its master."""
        name = ("salesforce", "Account")
        if len(self.alive[name]) > 4:
            loser, master = self.chance.sample(sorted(self.alive[name]), k=2)
            row = self.alive[name][loser]
            self._say("merges", name, row, f"into {master[0]}")
            self._remove(name, row | {"MasterRecordId": master[0]})

    def _move(self) -> None:
        """An item is cleared, or its clearing is reset; the halves may come one after the other."""
        open_items, cleared_items = self.chance.choice(MOVES)
        there, here = ("sap", open_items), ("sap", cleared_items)
        clears = self.chance.random() < 0.5
        if clears:
            there, here = here, there
        row, example = self._any(here), self._any(("sap", cleared_items))
        if row is None or example is None:
            return
        clearing = {c: example[c] for c in ("AUGDT", "AUGBL")} if clears else {"AUGDT": "00000000", "AUGBL": ""}
        self._say("clears" if clears else "resets", here, row)
        if self.chance.random() < 0.8:
            self._remove(here, row, says_all=False)
        if self.chance.random() < 0.8:
            self._upsert(there, row | clearing)

    def _rate(self) -> None:
        name = ("sap", "TCURR")
        if self.chance.random() < 0.3:
            self.chance.choice([self._correct, self._delete, self._restore])(name)

    def deliver(self) -> None:
        """Write what has gathered as the next day's files, now and then with a new column, empty, or twice."""
        self.day += timedelta(days=1)
        for name, rows in self.delivery.items():
            columns = list(self.columns[name])
            if self.chance.random() < 0.02:
                columns.append("ZZNEW")
            folder = self._files(name)[0].parent
            self._write(folder / f"{self.day}.csv", name, [row | {"ZZNEW": "new"} for row in rows], columns)
            if self.chance.random() < 0.1:
                self._write(folder / f"{self.day}-again.csv", name, [*rows, rows[-1]], columns)
        quiet = self.chance.choice(sorted(set(self.alive) - set(self.delivery)))
        self._write(self._files(quiet)[0].parent / f"{self.day}.csv", quiet, [])
        self.delivery.clear()

    def _write(self, file: Path, name: Name, rows: list[Row], columns: list[str] | None = None) -> None:
        with file.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=columns or self.columns[name], restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    # What stewards say

    def decide(self, state: State) -> None:
        """A steward's word on two records, which may be any."""
        account = self._any(("salesforce", "Account"))
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            other = self._any(("sap", "KNA1"))
            verdict = self.chance.choice(["same", "same", "apart", "open"])
            if account and other:
                left, right = f"salesforce/{account['Id']}", f"sap/{other['KUNNR']}"
                self.log.append(f"{self.day} decides {left} {right} {verdict}")
                state.decide_identity(left, right, verdict, "test", "by chance")


class Laboratory:
    """The company as it was on its first day, from which every seed sets out; some rows, always the same, come late."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = demo_settings(folder / "base")
        advance(folder / "base" / "demo", scale="tiny", days=0, history_end=HISTORY_END)
        systems = Systems(settings, random.Random(0))
        systems.hold_back()
        self.held = systems.held
        settings.home.create()
        with unaudited(), State(settings.state_url.get_secret_value()) as state:
            run(settings, state)

    def check(self, seed: int, steps: int, *, keep: bool = False) -> list[str]:
        """Run what ``seed`` brings in steps, then all at once; say what differs and how it came, or nothing.

        With ``keep`` the home of a seed that differs stays in the folder.
        """
        home = self.folder / f"seed-{seed}"
        shutil.copytree(self.folder / "base", home, symlinks=True)
        settings = demo_settings(home)
        systems = Systems(settings, random.Random(seed))
        systems.held = list(self.held)
        with unaudited(), State(settings.state_url.get_secret_value()) as state:
            for _ in range(steps):
                systems.happen()
                systems.decide(state)
                account = run(settings, state)
                assert account.mode == "incremental", account.mode_reason
            in_steps = contents(settings)
            model = state.identity_model()
            assert model is None or model.number == 1, "a build in steps learned to match customers anew"
            run(settings, state, full=True)
        differences = list(_differences(in_steps, contents(settings)))
        if not (keep and differences):
            shutil.rmtree(home)
        return [f"seed {seed}, {steps} steps:", *differences, *systems.log] if differences else []


def unaudited() -> AbstractContextManager[object]:
    """Publish what was built: chance breaks promises that only sensible systems keep, such as entries that balance.

    That staging holds as many records as the log is checked all the same.
    """
    return patch.object(building, "audit", _count_and_stamp)


def _count_and_stamp(
    settings: Settings, state: State, project: Project, plan: Plan, _watch: Any = None
) -> building.Audit:
    graph = graph_of(settings, project)
    dbt.close_connections()
    with opened(settings.home.candidate) as candidate:
        if differences := building._count_differences(candidate, state, graph, plan):
            raise AuditError("\n".join(differences))
        building.stamp(candidate, project, building._keep_identity_model(candidate, state, plan))
    return building.Audit(0, {})


def _differences(in_steps: dict[str, list[str]], at_once: dict[str, list[str]]) -> Iterator[str]:
    for table in sorted(in_steps.keys() | at_once.keys()):
        mine, theirs = in_steps.get(table, []), at_once.get(table, [])
        if mine != theirs:
            only_mine, only_theirs = sorted(set(mine) - set(theirs)), sorted(set(theirs) - set(mine))
            yield f"{table}: {len(only_mine)} rows only in steps, {len(only_theirs)} only in the full rebuild"
            yield from (f"  in steps: {row}" for row in only_mine[:2])
            yield from (f"  at once:  {row}" for row in only_theirs[:2])
