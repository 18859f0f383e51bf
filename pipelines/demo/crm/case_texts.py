"""What customers write to service about: reasons with their types, weights and subjects."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reason:
    """A reason of a case. ``subjects`` are separated by |, {} is the product; ``urgency`` raises the priority (0 to 1)."""

    name: str
    kind: str
    share: float
    urgency: float
    subjects: str


REASONS = (
    Reason("Late delivery", "Problem", 0.10, 0.5, "Where is our delivery of {}?|Delivery overdue: {}|Still waiting for {}"),
    Reason("Damaged goods", "Complaint", 0.08, 0.45, "{} arrived damaged|Transport damage on {}|Package broken, {} scratched"),
    Reason("Wrong goods", "Complaint", 0.06, 0.4, "We got another product instead of {}|Wrong variant of {} delivered"),
    Reason("Product failure", "Problem", 0.17, 0.75,
           "{} fails under load|{} does not start|{} leaks after two weeks|{}: error at start"),
    Reason("Technical question", "Question", 0.22, 0.1,
           "Technical data of {}|Which oil for {}?|Is {} food safe?|Drawing of {} needed"),
    Reason("Spare parts", "Question", 0.08, 0.25, "Spare parts for {}|Repair kit for {}|Successor of {}?"),
    Reason("Quotation", "Question", 0.08, 0.05, "Price and lead time of {}|Discount for 50 pieces of {}|Availability of {}"),
    Reason("Invoice", "Problem", 0.10, 0.15,
           "Invoice does not match the order of {}|Price of {} differs from the quote|Copy of an invoice"),
    Reason("Documents", "Question", 0.06, 0.05, "Certificate for {}|Safety data sheet of {}|Declaration of conformity for {}"),
    Reason("Account data", "Question", 0.05, 0.05, "New delivery address|Our VAT number has changed|New contact person"),
)  # fmt: skip
LATE = 0
"""Place of the late delivery in REASONS."""
SHARES = np.array([reason.share for reason in REASONS])
SUBJECTS = [(place, text) for place, reason in enumerate(REASONS) for text in reason.subjects.split("|")]
"""Place of the reason, and subject; sorted by place."""
