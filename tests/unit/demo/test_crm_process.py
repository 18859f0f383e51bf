"""What the CRM of the simulated company promises: opportunities, quotes, leads, campaigns and cases that fit together."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.demo.calendar import Month, is_business_day
from pipelines.demo.crm import activities, campaigns, leads, products_in_crm, selling, service
from pipelines.demo.crm.service import instant, office_seconds
from pipelines.demo.crm.stages import STAGES
from pipelines.demo.customers import customers
from pipelines.demo.finance import rates
from pipelines.demo.people import people
from pipelines.demo.scales import SCALES, Scale
from pipelines.demo.supply import catalogue, suppliers
from pipelines.demo.world import World

DOMAINS = (
    rates, people, catalogue, suppliers, customers, products_in_crm, campaigns, leads, selling, service, activities,
)  # fmt: skip
CRM = "salesforce/"
DAY = 86_400
SMALLISH = Scale("smallish", order_lines=15_000, customers=160, products=60, employees=60, suppliers=12)


class Lived:
    """A company that has lived some months: all versions of its CRM, its truth, and the orders that it planned."""

    def __init__(self, months: int, seed: int = 1) -> None:
        self.world = World(seed=seed, scale=SMALLISH, month=Month(0))
        self.start = self.world.month.first
        for domain in DOMAINS:
            domain.found(self.world)
        self.orders: list[pl.DataFrame] = []
        self.lines: list[pl.DataFrame] = []
        self.costs: list[pl.DataFrame] = []
        for index in range(months):
            self.world.month = Month(index)
            for domain in DOMAINS:
                domain.live(self.world)
                if domain is selling:
                    self._take_orders()
            self.costs.append(self.world.state["campaign_cost"])
        self.end = self.world.month.last

    def _take_orders(self) -> None:
        """What sales does: take the planned orders of the month."""
        state, last = self.world.state, self.world.month.last
        due = state["planned_order"].filter(pl.col("order_day") <= last)
        assert (due["order_day"] >= self.world.month.first).all()
        state["planned_order"] = state["planned_order"].filter(pl.col("order_day") > last)
        self.orders.append(due)
        self.lines.append(state["planned_line"].join(due, on="opportunity_id", how="inner", maintain_order="left"))
        state["planned_line"] = state["planned_line"].join(due, on="opportunity_id", how="anti", maintain_order="left")

    def versions(self, table: str) -> pl.DataFrame:
        """All versions of ``table`` until the last day lived, in the order of their days."""
        rows = pl.concat(self.world.emitted[CRM + table], how="vertical_relaxed")
        return rows.filter(pl.col("_on") <= self.end).sort("_on", maintain_order=True)

    def latest(self, table: str) -> pl.DataFrame:
        """Every record of ``table`` as it is on the last day."""
        return self.versions(table).unique("Id", keep="last", maintain_order=True)

    def truth(self, table: str) -> pl.DataFrame:
        """Rows of the truth."""
        return pl.concat(self.world.truth[table], how="vertical_relaxed")


@cache
def lived() -> Lived:
    """Fourteen months."""
    return Lived(14)


TABLES = (
    "Product2", "PricebookEntry", "Campaign", "CampaignMember", "Lead", "Opportunity", "OpportunityHistory",
    "OpportunityLineItem", "Quote", "QuoteLineItem", "Task", "Event", "Case", "CaseHistory",
)  # fmt: skip


def test_stages_only_move_on_until_they_are_closed() -> None:
    history = lived().versions("OpportunityHistory").sort("OpportunityId", "CreatedDate")
    rank = {stage: place for place, stage in enumerate(STAGES)}
    history = history.with_columns(pl.col("StageName").replace_strict(rank, return_dtype=pl.Int64).alias("rank"))
    steps = history.with_columns(
        pl.col("rank").shift(1).over("OpportunityId").alias("before"),
        pl.col("CreatedDate").shift(1).over("OpportunityId").alias("earlier"),
    ).filter(pl.col("before").is_not_null())
    assert steps.height > 1_000
    assert (steps["CreatedDate"] > steps["earlier"]).all()
    back = steps.filter(pl.col("rank") < pl.col("before"))
    assert (back["before"] == rank["Closed Lost"]).all(), "only a lost opportunity is taken up again"
    assert (back["StageName"] == "Negotiation/Review").all()
    assert steps.filter((pl.col("before") >= rank["Closed Won"]) & (pl.col("rank") >= rank["Closed Won"])).is_empty()


def test_history_says_what_the_versions_of_the_opportunity_say() -> None:
    latest = lived().latest("Opportunity").filter(~pl.col("IsDeleted"))
    history = (
        lived()
        .versions("OpportunityHistory")
        .sort("CreatedDate")
        .unique("OpportunityId", keep="last", maintain_order=True)
    )
    both = latest.join(history, left_on="Id", right_on="OpportunityId", how="inner", suffix="_then")
    assert both.height == latest.height
    for column in ("StageName", "Amount", "CloseDate", "Probability", "ExpectedRevenue", "CurrencyIsoCode"):
        assert (both[column] == both[f"{column}_then"]).all(), column


def test_amount_of_an_opportunity_is_that_of_its_line_items() -> None:
    items = lived().latest("OpportunityLineItem").filter(~pl.col("IsDeleted"))
    sums = items.group_by("OpportunityId").agg(pl.col("TotalPrice").sum())
    both = lived().latest("Opportunity").join(sums, left_on="Id", right_on="OpportunityId", how="inner")
    assert both.height > 100
    assert (both["Amount"] == both["TotalPrice"]).all()
    assert items.group_by("OpportunityId").agg(pl.col("Product2Id").is_duplicated().any())["Product2Id"].any() is False


def test_won_opportunity_has_one_accepted_quote_of_its_amount() -> None:
    won = lived().latest("Opportunity").filter("IsWon")
    quotes = lived().latest("Quote")
    accepted = quotes.filter(pl.col("Status") == "Accepted")
    assert sorted(accepted["OpportunityId"]) == sorted(won["Id"])
    both = won.join(accepted, left_on="Id", right_on="OpportunityId", how="left", suffix="_quote")
    assert (both["Amount"] == both["TotalPrice"]).all()
    lines = lived().latest("QuoteLineItem").group_by("QuoteId").agg(pl.col("TotalPrice").sum().alias("lines"))
    both = quotes.join(lines, left_on="Id", right_on="QuoteId", how="left")
    assert (both["TotalPrice"] == both["lines"]).all()
    assert quotes["QuoteNumber"].is_unique().all()
    assert set(quotes["QuoteNumber"].str.len_chars()) == {9}


def test_won_opportunity_is_ordered_unless_the_truth_says_that_they_part() -> None:
    company = lived()
    orders = pl.concat([*company.orders, company.world.state["planned_order"]])
    won = company.latest("Opportunity").filter("IsWon")
    breaks = company.truth("crm_erp_break")
    none = breaks.filter(pl.col("kind") == "no_order")["opportunity_id"]
    assert sorted([*orders["opportunity_id"], *none]) == sorted(won["Id"])
    wanted = ("opportunity_id", "quantity", "price", "material")
    lines = pl.concat([*(frame.select(wanted) for frame in company.lines),
                       company.world.state["planned_line"].select(wanted)])  # fmt: skip
    product = company.world.state["product"].select("material", "price_unit", "launched", "withdrawn")
    lines = lines.join(product, on="material", how="left").join(orders, on="opportunity_id", how="left")
    assert (lines["quantity"] % lines["price_unit"] == 0).all()
    assert (lines["quantity"] > 0).all()
    assert (lines["launched"] <= lines["order_day"]).all()
    assert (lines["withdrawn"].fill_null(2**31 - 1) > lines["order_day"]).all()
    worth = lines.group_by("opportunity_id").agg(
        (pl.col("quantity") // pl.col("price_unit") * pl.col("price")).sum().alias("ordered")
    )
    both = won.join(worth, left_on="Id", right_on="opportunity_id", how="inner")
    differs = both.filter(pl.col("Amount") != pl.col("ordered"))["Id"]
    assert sorted(differs) == sorted(
        breaks.filter((pl.col("kind") != "no_order") & pl.col("opportunity_id").is_in(both["Id"].implode()))[
            "opportunity_id"
        ]
    )


def test_order_comes_when_the_opportunity_is_won_and_from_a_customer() -> None:
    company = lived()
    orders = pl.concat([*company.orders, company.world.state["planned_order"]])
    won = company.latest("Opportunity").filter("IsWon").select("Id", "CloseDate", "Type")
    party = company.world.state["party"]
    both = orders.join(won, left_on="opportunity_id", right_on="Id").join(party, on="party", suffix="_party")
    assert both.height == orders.height
    assert (both["order_day"] >= both["CloseDate"]).all()
    assert (both["currency"] == both["currency_party"]).all()
    assert ((both["customer_from"] <= both["order_day"]) & (both["order_day"] < both["gone_day"])).all()
    first = both.filter(pl.col("Type") == "New Customer")
    assert first.height > 10
    assert (first["order_day"] == first["customer_from"]).all()


def test_truth_knows_how_likely_and_how_it_ended() -> None:
    truth = lived().truth("pipeline").filter(~pl.col("is_first"))
    assert truth["opportunity_id"].is_unique().all()
    assert truth["win_probability"].is_between(0, 1).all()
    assert truth["won"].mean() == pytest.approx(truth["win_probability"].mean(), abs=0.05)
    ended = truth.filter(pl.col("closed") <= lived().end)
    closed = (
        lived().latest("Opportunity").filter(pl.col("IsClosed")).join(ended, left_on="Id", right_on="opportunity_id")
    )
    assert (closed["IsWon"] == closed["won"]).all()
    assert (closed["CloseDate"] == closed["closed"]).all()


def test_close_dates_slip_and_rarely_lie_before_the_day() -> None:
    history = (
        lived()
        .versions("OpportunityHistory")
        .sort("OpportunityId", "CreatedDate")
        .filter(pl.col("_on") > lived().start)
    )
    is_open = ~pl.col("StageName").str.starts_with("Closed")
    assert history.filter(is_open & (pl.col("CloseDate") < pl.col("CreatedDate") // DAY)).is_empty()
    pushed = history.with_columns(pl.col("CloseDate").diff().over("OpportunityId").alias("push")).filter(is_open)
    assert (pushed["push"].drop_nulls() >= 0).all()
    assert (pushed["push"] > 0).mean() > 0.05


def test_leads_convert_to_records_of_their_account_and_the_others_never_do() -> None:
    company = lived()
    rows = company.latest("Lead")
    converted = rows.filter("IsConverted")
    assert 3 < converted.height < rows.height / 2
    account = company.world.state["account"].select("account_id", "party", "created_day")
    both = converted.join(account, left_on="ConvertedAccountId", right_on="account_id", how="left")
    assert both["party"].null_count() == 0
    assert (both["ConvertedDate"] == both["created_day"]).all()
    contacts = company.world.state["contact"].select("contact_id", "account_id")
    theirs = both.filter(pl.col("ConvertedContactId").is_not_null()).join(
        contacts, left_on="ConvertedContactId", right_on="contact_id"
    )
    assert (theirs["account_id"] == theirs["ConvertedAccountId"]).all()
    opportunity = company.latest("Opportunity").select("Id", "AccountId", "CreatedDate")
    first = both.filter(pl.col("ConvertedOpportunityId").is_not_null()).join(
        opportunity, left_on="ConvertedOpportunityId", right_on="Id", suffix="_its"
    )
    assert first.height == both["ConvertedOpportunityId"].count() > 0
    assert (first["AccountId"] == first["ConvertedAccountId"]).all()
    assert (first["CreatedDate_its"] >= first["CreatedDate"]).all()
    assert (
        rows.filter(~pl.col("IsConverted"))["ConvertedAccountId"].null_count()
        == rows.filter(~pl.col("IsConverted")).height
    )


def test_campaigns_cost_what_they_say_and_members_answer_after_they_were_asked() -> None:
    company = lived()
    rows = company.versions("Campaign").sort("Id", "SystemModstamp")
    order = {"Planned": 0, "In Progress": 1, "Completed": 2}
    steps = rows.with_columns(
        pl.col("Status").replace_strict(order, return_dtype=pl.Int64).diff().over("Id").alias("step")
    )
    assert (steps["step"].drop_nulls() >= 0).all()
    assert (rows.select(pl.col("ActualCost").diff().over("Id")).to_series().drop_nulls() >= 0).all()
    booked = pl.concat(company.costs).group_by("campaign_id").agg(pl.col("amount").sum())
    older = rows.filter(pl.col("_on") == company.start)["Id"]
    spent = company.latest("Campaign").filter(~pl.col("Id").is_in(older.implode()) & (pl.col("ActualCost") > 0))
    both = spent.join(booked, left_on="Id", right_on="campaign_id", how="left")
    assert both.height > 10
    assert (both["ActualCost"] == both["amount"]).all()
    members = company.latest("CampaignMember")
    answered = members.filter("HasResponded")
    assert 0.02 < answered.height / members.height < 0.6
    assert (answered["FirstRespondedDate"] >= answered["CreatedDate"] // DAY).all()
    assert members.filter(pl.col("LeadId").is_null() & pl.col("ContactId").is_null()).is_empty()
    assert members["CampaignId"].is_in(rows["Id"].implode()).all()


def test_ids_refer_to_records_that_exist_on_that_day() -> None:
    company = lived()
    born = {
        "00Q": company.versions("Lead"), "006": company.versions("Opportunity"), "500": company.versions("Case"),
        "701": company.versions("Campaign"), "01t": company.versions("Product2"), "0Q0": company.versions("Quote"),
        "00k": company.versions("OpportunityLineItem"), "01u": company.versions("PricebookEntry"),
    }  # fmt: skip
    known = [frame.group_by("Id").agg(pl.col("_on").min().alias("born")) for frame in born.values()]
    state = company.world.state
    for name, key in (("account", "account_id"), ("contact", "contact_id")):
        known.append(
            state[name].select(
                pl.col(key).alias("Id"), pl.max_horizontal("created_day", pl.lit(company.start)).alias("born")
            )
        )
    records = pl.concat([frame.cast({"born": pl.Int32}) for frame in known]).unique("Id")
    references = {
        "Task": ("WhoId", "WhatId"), "Event": ("WhoId", "WhatId"), "Opportunity": ("AccountId", "ContactId", "CampaignId"),
        "Case": ("AccountId", "ContactId", "Product2Id"), "CampaignMember": ("CampaignId", "LeadId", "ContactId"),
        "OpportunityLineItem": ("OpportunityId", "Product2Id", "PricebookEntryId"), "Quote": ("OpportunityId", "AccountId"),
        "QuoteLineItem": ("QuoteId", "OpportunityLineItemId", "Product2Id", "PricebookEntryId"), "CaseHistory": ("CaseId",),
        "OpportunityHistory": ("OpportunityId",), "PricebookEntry": ("Product2Id",), "Campaign": ("ParentId",),
        "Lead": ("ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId"),
    }  # fmt: skip
    for table, columns in references.items():
        rows = company.versions(table)
        for column in columns:
            found = rows.filter(pl.col(column).is_not_null()).join(records, left_on=column, right_on="Id", how="left")
            assert found.height > 0, (table, column)
            assert found["born"].null_count() == 0, (table, column)
            assert (found["born"] <= found["_on"]).all(), (table, column)
    who = company.versions("Task")
    assert set(who["WhoId"].drop_nulls().str.slice(0, 3)) == {"00Q", "003"}
    assert set(who["WhatId"].drop_nulls().str.slice(0, 3)) == {"006", "500", "001"}
    assert (
        who.filter(pl.col("WhoId").str.starts_with("00Q"))["WhatId"].null_count()
        == who.filter(pl.col("WhoId").str.starts_with("00Q")).height
    )


def test_owners_are_employed_when_they_own() -> None:
    company = lived()
    users = (
        company.world.state["employee"]
        .filter(pl.col("user_id").is_not_null())
        .select("user_id", "from_day", "until_day")
    )
    for table in ("Opportunity", "Lead", "Case", "Task", "Event", "Campaign"):
        rows = company.versions(table).filter(pl.col("_on") > company.start)
        rows = rows.join(users, left_on="OwnerId", right_on="user_id", how="left")
        assert rows["from_day"].null_count() == 0, table
        day = rows["SystemModstamp"] // DAY
        assert (rows["from_day"] <= day).all(), table
        assert (rows["until_day"].fill_null(2**31 - 1) >= day).all(), table


def test_versions_are_in_the_extract_of_their_day_and_never_before_their_birth() -> None:
    company = lived()
    for table in TABLES:
        rows = company.versions(table)
        assert (rows["CreatedDate"] <= rows["SystemModstamp"]).all(), table
        day = (rows["SystemModstamp"] // DAY).clip(lower_bound=company.start)
        assert (rows["_on"] == day).all(), table
        assert rows.group_by("Id").agg(pl.col("CreatedDate").n_unique())["CreatedDate"].max() == 1, table
        stamps = rows.with_columns(pl.col("SystemModstamp").diff().over("Id").alias("passed"))
        assert (stamps["passed"].drop_nulls() > 0).all(), table
    for table in ("OpportunityHistory", "CaseHistory", "QuoteLineItem"):
        assert company.versions(table)["Id"].is_unique().all(), table


def test_what_a_month_emits_is_not_of_an_earlier_one() -> None:
    world = World(seed=3, scale=SCALES["tiny"], month=Month(0))
    for domain in DOMAINS:
        domain.found(world)
    for index in range(4):
        world.month, world.emitted = Month(index), {} if index else world.emitted
        for domain in DOMAINS:
            domain.live(world)
        for table in TABLES:
            for rows in world.emitted.get(CRM + table, []):
                assert (rows["_on"] >= world.month.first).all(), table


def test_cases_live_in_order_and_are_closed_when_they_say() -> None:
    company = lived()
    rows = company.versions("Case")
    assert (rows["Status"] == "Closed").eq(rows["IsClosed"]).all()
    closed = rows.filter("IsClosed")
    assert (closed["ClosedDate"] >= closed["CreatedDate"]).all()
    assert (closed["ClosedDate"] <= closed["SystemModstamp"]).all()
    assert rows.filter(~pl.col("IsClosed"))["ClosedDate"].null_count() == rows.filter(~pl.col("IsClosed")).height
    answered = rows.filter(pl.col("First_Response_At__c").is_not_null())
    assert (answered["First_Response_At__c"] > answered["CreatedDate"]).all()
    assert (
        rows.filter(pl.col("Status") == "New")["First_Response_At__c"].null_count() == (rows["Status"] == "New").sum()
    )
    assert (rows["Sla_Due_At__c"] > rows["CreatedDate"]).all()
    judged = company.latest("Case").filter(pl.col("Satisfaction__c").is_not_null())
    late = judged["ClosedDate"] > judged["Sla_Due_At__c"]
    assert judged.filter(late)["Satisfaction__c"].mean() < judged.filter(~late)["Satisfaction__c"].mean()


def test_case_history_leads_from_the_first_status_to_the_last() -> None:
    company = lived()
    changes = company.versions("CaseHistory").filter(pl.col("Field") == "Status").sort("CreatedDate")
    last = changes.unique("CaseId", keep="last", maintain_order=True).select("CaseId", "NewValue")
    both = company.latest("Case").join(last, left_on="Id", right_on="CaseId", how="inner")
    assert both.height > 50
    assert (both["Status"] == both["NewValue"]).all()
    chained = changes.with_columns(pl.col("NewValue").shift(1).over("CaseId").alias("before")).filter(
        pl.col("before").is_not_null()
    )
    assert (chained["before"] == chained["OldValue"]).all()


def test_office_hours_are_counted_there_and_back() -> None:
    at = np.array([19_700 * DAY + 10 * 3600 + 17, 19_701 * DAY + 7 * 3600, 19_704 * DAY + 15 * 3600], dtype=np.int64)
    open_days = is_business_day((at // DAY).astype(np.int32))
    assert (instant(office_seconds(at))[open_days] == at[open_days]).all()
    night = np.array([19_700 * DAY + 22 * 3600], dtype=np.int64)
    assert instant(office_seconds(night) + 60)[0] > night[0]


def test_same_seed_gives_the_same_crm_however_long_it_lives() -> None:
    short, long = Lived(3), Lived(5)
    for table in TABLES:
        left, right = short.versions(table), long.versions(table).filter(pl.col("_on") <= short.end)
        assert_frame_equal(left, right)
