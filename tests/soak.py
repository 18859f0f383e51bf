"""What the suite does a few times, many times: ``make soak KILLS=200`` kills runs, ``make soak-star SEEDS=20`` lets chance decide
what the systems of the demo company deliver."""

import argparse
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import track

from tests import random_deltas
from tests.killed_runs import Kill, Laboratory, all_points, random_moments


def main() -> None:
    """Run the kills or the seeds and say which broke a promise; exit code 1 if any did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=0, help="of the star: how many, instead of kills")
    parser.add_argument("--steps", type=int, default=3, help="of the star: how many runs before the full rebuild")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    chosen = parser.parse_args()
    if chosen.seeds:
        sys.exit(1 if _differing_seeds(range(chosen.seed, chosen.seed + chosen.seeds), chosen.steps) else 0)
    points = all_points()
    kills = (points + random_moments(max(0, chosen.kills - len(points)), chosen.seed))[: chosen.kills]
    print(f"{len(kills)} kills, seed {chosen.seed}")
    sys.exit(1 if _broken(kills) else 0)


def _broken(kills: list[Kill]) -> list[Kill]:
    """Print what broke when it does, and how many were tried however it ends; returns the kills that harmed somebody."""
    broken: list[Kill] = []
    tried = 0
    with tempfile.TemporaryDirectory(prefix="concord-soak-") as folder:
        laboratory = Laboratory(Path(folder))

        def check(numbered: tuple[int, Kill]) -> None:
            number, kill = numbered
            try:
                laboratory.check(f"kill-{number}", kill)
            except AssertionError as error:
                broken.append(kill)
                print(f"{kill}: {error}", flush=True)

        pool = ThreadPoolExecutor(2)
        try:
            for _ in track(pool.map(check, enumerate(kills)), total=len(kills), description="Killing"):
                tried += 1
        finally:
            pool.shutdown(cancel_futures=True)
            print(f"{tried - len(broken)} of {tried} killed runs left readers and the next run unharmed.")
    return broken


def _differing_seeds(seeds: range, steps: int) -> list[int]:
    """Print what differs between runs in steps and a full rebuild, seed by seed; returns the seeds that do."""
    differing = []
    with tempfile.TemporaryDirectory(prefix="concord-soak-") as folder:
        print(f"Seeds {seeds[0]} to {seeds[-1]}")
        laboratory = random_deltas.Laboratory(Path(folder))
        for seed in track(seeds, description="Living"):
            if differences := laboratory.check(seed, steps):
                differing.append(seed)
                print("\n".join(differences), flush=True)
    print(f"{len(seeds) - len(differing)} of {len(seeds)} seeds end where a full rebuild ends.", *differing)
    return differing


if __name__ == "__main__":
    main()
