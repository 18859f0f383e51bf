"""How large the simulated company is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of the company at the end of its history.

    ``order_lines`` in three years, about; ``customers`` with an ERP number; ``products`` that it sells; ``employees``.
    """

    name: str
    order_lines: int
    customers: int
    products: int
    employees: int
    suppliers: int


SCALES = {
    scale.name: scale
    for scale in (
        Scale("tiny", order_lines=3_000, customers=80, products=40, employees=40, suppliers=12),
        Scale("small", order_lines=200_000, customers=1_800, products=320, employees=240, suppliers=60),
        Scale("medium", order_lines=5_000_000, customers=16_000, products=2_000, employees=900, suppliers=250),
        Scale("large", order_lines=20_000_000, customers=50_000, products=5_000, employees=2_000, suppliers=600),
    )
}
