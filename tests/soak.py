"""Kill many runs, as the suite does with thirty: ``make soak KILLS=200``."""

import argparse
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import track

from tests.killed_runs import Kill, Laboratory, all_points, random_moments


def main() -> None:
    """Run the kills and say which broke a promise; exit code 1 if any did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    chosen = parser.parse_args()
    points = all_points()
    kills = (points + random_moments(max(0, chosen.kills - len(points)), chosen.seed))[: chosen.kills]
    print(f"{len(kills)} kills, seed {chosen.seed}")
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="concord-soak-") as folder:
        laboratory = Laboratory(Path(folder))

        def check(numbered: tuple[int, Kill]) -> None:
            number, kill = numbered
            try:
                laboratory.check(f"kill-{number}", kill)
            except AssertionError as error:
                broken.append(f"{kill}: {error}")

        with ThreadPoolExecutor(2) as pool:
            for _ in track(pool.map(check, enumerate(kills)), total=len(kills), description="Killing"):
                pass
    print("\n".join(broken) or f"All {len(kills)} killed runs left readers and the next run unharmed.")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
