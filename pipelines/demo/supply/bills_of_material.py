"""Bills of material: which components a finished product is made of, and what they cost."""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.world import World

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MATERIAL_SHARE = (0.40, 0.66)
"""The components' part of the standard cost that a product is designed for."""
COMPONENTS = (2, 8)
MOST_PIECES = 24


def design(
    rng: np.random.Generator, products: pl.DataFrame, target: Floats, components: pl.DataFrame, day: int
) -> pl.DataFrame:
    """Choose components for each of ``products``: material, component, quantity (for one piece), from_day.

    ``products``: material, plant. ``target``: the standard cost aimed at, minor units of EUR. ``components``: material, plant,
    cost. Two to eight components of the product's own plant, none dearer than its share of the cost allows where there are such.
    """
    count = rng.integers(COMPONENTS[0], COMPONENTS[1] + 1, products.height)
    share = rng.uniform(*MATERIAL_SHARE, products.height)
    parts = []
    for plant in products["plant"].unique().sort():
        at_plant = np.flatnonzero((products["plant"] == plant).to_numpy())
        offered = components.filter(pl.col("plant") == plant).sort("material")
        cost = offered["cost"].to_numpy()
        wanted = np.minimum(count[at_plant], len(cost))
        budget = target[at_plant] * share[at_plant] / wanted
        keys = rng.random((len(at_plant), len(cost))) + 10.0 * (cost[None, :] > 1.4 * budget[:, None])
        keys += np.where(keys > 10, np.log(cost)[None, :], 0.0)  # too dear: then the cheapest first
        chosen = np.argsort(keys, axis=1, kind="stable")[:, : COMPONENTS[1]]
        row, place = np.nonzero(np.arange(chosen.shape[1])[None, :] < wanted[:, None])
        component = chosen[row, place]
        pieces = np.clip(np.floor(budget[row] / cost[component] + 0.5), 1, MOST_PIECES).astype(np.int64)
        parts.append(
            pl.DataFrame({
                "material": products["material"].to_numpy()[at_plant][row],
                "component": offered["material"].to_numpy()[component],
                "quantity": pieces,
            })
        )  # fmt: skip
    drawn = (
        pl.concat(parts)
        if parts
        else pl.DataFrame(schema=dict.fromkeys(("material", "component", "quantity"), pl.Int64))
    )
    return drawn.sort("material", "component").with_columns(pl.lit(day, dtype=pl.Int32).alias("from_day"))


def material_cost(bills: pl.DataFrame, components: pl.DataFrame) -> pl.DataFrame:
    """What the components of one piece cost: material, material_cost (minor units of EUR)."""
    priced = bills.join(
        components.select(pl.col("material").alias("component"), "cost"),
        on="component",
        how="left",
        maintain_order="left",
    )
    return priced.group_by("material", maintain_order=True).agg(
        (pl.col("quantity") * pl.col("cost")).sum().alias("material_cost")
    )


def emit(world: World, bills: pl.DataFrame, units: pl.DataFrame, on: str | int) -> None:
    """Emit ``bills`` as STPO. The number of a bill of material (STLNR) is its product's; its nodes count from 1."""
    nodes = bills.join(
        units.select(pl.col("material").alias("component"), "unit"), on="component", how="left", maintain_order="left"
    )
    world.emit(
        "sap/STPO",
        nodes.with_columns(pl.int_range(1, pl.len() + 1).over("material").alias("node")).select(
            pl.lit("M").alias("STLTY"), pl.col("material").alias("STLNR"), pl.col("node").alias("STLKN"),
            pl.col("from_day").alias("DATUV"), pl.col("component").alias("IDNRK"), pl.col("quantity").alias("MENGE"),
            pl.col("unit").alias("MEINS"), pl.lit(0, pl.Int64).alias("AUSCH"), pl.lit(value=False).alias("LKENZ"),
            (pl.lit(on) if isinstance(on, int) else pl.col(on)).cast(pl.Int32).alias("_on"),
        ),
    )  # fmt: skip
