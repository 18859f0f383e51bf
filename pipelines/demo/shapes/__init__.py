"""The tables of the simulated company's extracts: columns, keys and formats."""

from pipelines.demo.shapes.kinds import Shape
from pipelines.demo.shapes.salesforce import SALESFORCE
from pipelines.demo.shapes.sap import SAP

SHAPES: dict[str, Shape] = {shape.name: shape for shape in (*SALESFORCE, *SAP)}
"""By name, "system/table"."""
