"""What a fact looks up makes it anew when it has news: the model that says what changed names each relation, and the same day."""

import re

import pytest

from pipelines.settings import REPOSITORY

NEWS_OF = {
    "with_account": {"gl_account"},
    "with_cost_center": {"cost_center"},
    "with_customer": {"changed_customer_key", "changed_customer_version"},
    "with_employee": {"employee_key"},
    "with_product": {"changed_product_version"},
    "with_product_cost": {"changed_product_cost"},
    "with_product_system": set[str](),
    "with_rates": {"exchange_rate_day"},
    "with_supplier": {"supplier"},
    "with_warehouse": {"warehouse"},
}
"""Which relations have news for rows that a macro brings together with what they look up."""
DATED = {"with_customer": ("changed_customer_version", 2), "with_product": ("changed_product_version", 1)}
"""Macros that look up a version: the relation that says on which days it changed, and which argument of theirs names the day."""
FACTS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "models" / "core").rglob("fct_*.sql"))
}
CHANGES = {path.stem: path.read_text(encoding="utf-8") for path in (REPOSITORY / "models").rglob("changed_*.sql")}
MADE_OF_CHANGES = {
    fact: found[1]
    for fact, text in FACTS.items()
    if (found := re.search(r"rows_to_make\('\w+', '(changed_\w+)'\)", text))
}


def _lookups(fact: str) -> list[tuple[str, list[str]]]:
    """The macros that a fact looks things up by, and their arguments."""
    return [
        (name, re.findall(r"'(\w+)'", arguments))
        for name, arguments in re.findall(r"\{\{ (with_\w+)\((.*?)\) \}\}", FACTS[fact])
    ]


@pytest.mark.parametrize("fact", sorted(MADE_OF_CHANGES))
def test_news_of_what_a_fact_looks_up_make_it_anew(fact: str) -> None:
    changes = CHANGES[MADE_OF_CHANGES[fact]]
    for macro, arguments in _lookups(fact):
        missing = {name for name in NEWS_OF[macro] if f"('{name}', " not in changes and f"ref('{name}')" not in changes}
        assert not missing, (
            f"{fact} is made with {macro}, but {MADE_OF_CHANGES[fact]} does not look for news in {missing}"
        )
        if macro in DATED:
            relation, position = DATED[macro]
            days = set(re.findall(rf"\('{relation}', \{{.*?\}}, '(\w+)'\)", changes))
            assert {day.replace("created_at", "created_date") for day in days} == {arguments[position]}


def test_most_facts_are_made_of_changes() -> None:
    assert len(MADE_OF_CHANGES) >= 17
    assert sum(macro == "with_customer" for fact in MADE_OF_CHANGES for macro, _ in _lookups(fact)) == 13
