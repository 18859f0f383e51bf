"""The demo company's deltas, taken in step by step, end where a full rebuild ends."""

from datetime import date
from pathlib import Path

from pipelines.demo.drops import advance
from pipelines.run import run
from pipelines.state import State
from tests.extracts import contents, demo_settings

HISTORY_END = date(2024, 6, 30)


def test_two_weeks_of_the_demo_company_in_steps_ends_where_a_full_rebuild_ends(
    learned_demo: None, tmp_path: Path
) -> None:
    chosen = demo_settings(tmp_path)
    chosen.home.create()
    with State(chosen.state_url.get_secret_value()) as state:
        modes = []
        for days in (0, 2, 4, 7):
            advance(tmp_path / "demo", scale="tiny", days=days, history_end=HISTORY_END)
            modes.append(run(chosen, state).mode)
        assert modes == ["full", *["incremental"] * 3]
        incremental = contents(chosen)
        assert len(incremental["core.fct_sales_order_line"]) > 200
        run(chosen, state, full=True)
    assert contents(chosen) == incremental
