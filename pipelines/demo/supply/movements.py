"""Material documents (MATDOC): the one way to record that goods moved."""

import polars as pl

from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY, SITES
from pipelines.demo.lookup import looked_up
from pipelines.demo.world import World
from pipelines.errors import ConcordError

COMPANY_OF_SITE = {site.site: site.company for site in SITES}
CURRENCY_OF_SITE = {site.site: COMPANY_CURRENCY[site.company] for site in SITES}
FIRST_DOCUMENT = 4_900_000_001
STORAGE_LOCATION = pl.lit("0001", dtype=pl.Enum(["0001"]))

_OPTIONAL: dict[str, type[pl.DataType]] = {
    "kunnr": pl.Int64, "lifnr": pl.Int64, "ebeln": pl.Int64, "ebelp": pl.Int64, "aufnr": pl.Int64, "delivery": pl.Int64,
    "delivery_item": pl.Int64, "to_site": pl.Int32, "reverses": pl.Int64,
}  # fmt: skip


def post(world: World, lines: pl.DataFrame) -> pl.DataFrame:
    """Number the documents and emit their lines as MATDOC; gives doc, mblnr in the order in which documents first come.

    ``lines``, in the order of their numbers in the document (ZEILE, from 1): doc, day (of this month), movement (BWART),
    material, site, quantity (base units) and value (minor units of the company's currency), both signed: what leaves is
    negative. Where they apply: kunnr, lifnr, ebeln, ebelp, aufnr, delivery, delivery_item, to_site (the other site of a
    transfer), reverses (the ``doc`` of this call that is taken back, SMBLN).
    Raises ConcordError for a material or a site that is unknown.
    """
    if lines.height == 0:
        return pl.DataFrame(schema={"doc": pl.Int64, "mblnr": pl.Int64})
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in _OPTIONAL.items() if name not in lines.columns]
    units = world.state["product"].select("material", pl.col("unit"))
    documents = lines.select("doc").unique(maintain_order=True)
    first = FIRST_DOCUMENT
    numbers = world.numbers(f"mblnr-{world.month.year}", documents.height, first=first)
    documents = documents.with_columns(pl.Series("mblnr", numbers))
    reversed_documents = documents.select(pl.col("doc").alias("reverses"), pl.col("mblnr").alias("smbln"))
    whole = lines.with_columns(absent).join(documents, on="doc", how="left", maintain_order="left")
    whole = whole.join(units, on="material", how="left", maintain_order="left")
    if whole["reverses"].null_count() < whole.height:
        whole = whole.join(reversed_documents, on="reverses", how="left", maintain_order="left")
    else:
        whole = whole.with_columns(pl.lit(None, dtype=pl.Int64).alias("smbln"))
    if whole["unit"].null_count():
        strange = whole.filter(pl.col("unit").is_null())["material"][0]
        raise ConcordError(f"A movement is of material {strange}, which is not in the catalogue.")
    company = looked_up("site", COMPANY_OF_SITE, pl.Int32)
    goes_in = pl.col("quantity") >= 0
    world.emit(
        "sap/MATDOC",
        whole.select(
            pl.col("mblnr").alias("MBLNR"), pl.lit(world.month.year, dtype=pl.Int32).alias("MJAHR"),
            pl.int_range(1, pl.len() + 1).over("doc").alias("ZEILE"), pl.col("day").alias("BUDAT"), pl.col("day").alias("CPUDT"),
            pl.col("movement").alias("BWART"), pl.when(goes_in).then(pl.lit("S")).otherwise(pl.lit("H")).alias("SHKZG"),
            pl.col("material").alias("MATNR"), pl.col("site").alias("WERKS"), STORAGE_LOCATION.alias("LGORT"),
            pl.col("to_site").alias("UMWRK"), pl.col("quantity").abs().alias("MENGE"), pl.col("quantity").alias("STOCK_QTY"),
            pl.col("unit").alias("MEINS"), pl.col("value").abs().alias("DMBTR"),
            looked_up("site", CURRENCY_OF_SITE, pl.String).alias("WAERS"), company.alias("BUKRS"),
            pl.col("kunnr").alias("KUNNR"), pl.col("lifnr").alias("LIFNR"), pl.col("ebeln").alias("EBELN"),
            pl.col("ebelp").alias("EBELP"), pl.col("aufnr").alias("AUFNR"), pl.col("delivery").alias("VBELN_IM"),
            pl.col("delivery_item").alias("VBELP_IM"), pl.col("smbln").alias("SMBLN"), pl.col("day").alias("_on"),
        ),
    )  # fmt: skip
    return documents
