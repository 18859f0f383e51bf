"""Number ranges of documents that share a key never run into each other."""

import pytest

from pipelines.demo.sales.deliveries import DELIVERIES, RETURN_DELIVERIES
from pipelines.demo.sales.returns import FIRST_RETURN_ORDER
from pipelines.demo.sales.sales_orders import FIRST_ORDER, LAST_ORDER
from pipelines.demo.scales import SCALES
from pipelines.demo.world import World
from pipelines.errors import ConcordError


def test_a_number_range_goes_on_where_it_stopped_and_ends_where_the_next_begins() -> None:
    world = World(seed=1, scale=SCALES["tiny"])
    assert world.numbers("delivery", 3, first=8, last=12).tolist() == [8, 9, 10]
    assert world.numbers("delivery", 2, first=8, last=12).tolist() == [11, 12]
    with pytest.raises(ConcordError, match="delivery"):
        world.numbers("delivery", 1, first=8, last=12)
    assert world.numbers("delivery", 0, first=8, last=12).tolist() == []


def test_ranges_have_room_for_every_scale_and_do_not_overlap() -> None:
    most = max(scale.order_lines for scale in SCALES.values())
    for first, last in (DELIVERIES, (FIRST_ORDER, LAST_ORDER)):
        assert last - first >= 0.9 * most
    assert RETURN_DELIVERIES[1] < DELIVERIES[0]
    assert LAST_ORDER < FIRST_RETURN_ORDER
