"""The order in which the simulated company lives."""

from collections.abc import Callable

from pipelines.demo.calendar import Month
from pipelines.demo.crm import activities, campaigns, leads, products_in_crm, selling, service
from pipelines.demo.customers import customers
from pipelines.demo.finance import budget, chart_of_accounts, ledger, opening, overhead, rates, receivables
from pipelines.demo.people import payroll, people
from pipelines.demo.sales import billing, deliveries, returns, sales_orders
from pipelines.demo.scales import Scale
from pipelines.demo.supply import catalogue, suppliers, supply
from pipelines.demo.world import World


def found(seed: int, scale: Scale, mess: float) -> World:
    """A company on the day before its first month: masters, people, opening stock and books."""
    world = World(seed=seed, scale=scale, mess=mess, month=Month(0))
    for domain in (
        chart_of_accounts, rates, people, catalogue, suppliers, customers, products_in_crm, campaigns, leads, selling,
    ):  # fmt: skip
        domain.found(world)
    world.state["plan_basis"] = sales_orders.expected_revenue(world)
    for domain in (opening, supply, service, activities, overhead, budget):
        domain.found(world)
    return world


def live(world: World, after_each: Callable[[], None] = lambda: None) -> None:
    """Live through ``world.month``: every domain once, each on what those before it did.

    ``after_each`` is called after each step, when all versions of the documents that the step made have been emitted.
    """
    for domain in (rates, people, catalogue, suppliers, customers, products_in_crm, campaigns, leads, selling):
        domain.live(world)
    after_each()
    ordered = sales_orders.live(world)
    arriving = returns.live(world)
    after_each()
    shipments, receipts = supply.live(world, ordered, arriving)
    after_each()
    delivered = deliveries.live(world, shipments)
    credited = returns.settle(world, receipts)
    after_each()
    invoices = billing.live(world, delivered, credited)
    after_each()
    receivables.live(world, invoices)
    after_each()
    for domain in (service, activities, payroll, overhead, budget):
        domain.live(world)
    ledger.close(world)
    after_each()
