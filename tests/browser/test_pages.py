"""The dashboards in a real browser, on a warehouse that is small enough to count by hand."""

import pytest
from playwright import sync_api
from playwright.sync_api import expect

from dashboards.components.formats import MINUS
from pipelines.settings import REPOSITORY
from pipelines.warehouse import POINTER
from tests.browser.conftest import PATIENCE, Site
from tests.browser.small_warehouse import KEY, LONG_ID, write_version


def figure(site: Site, label: str) -> sync_api.Locator:
    return site.page.get_by_test_id("stMetric").filter(has_text=label)


def test_link_opened_before_the_first_publish_names_the_command_and_fills_itself_when_there_is_a_version(
    site: Site,
) -> None:
    (site.home.published / POINTER).unlink(missing_ok=True)
    site.visit(f"customers?customer={KEY}")
    expect(site.page.get_by_role("heading", name="Nothing is published yet")).to_be_visible()
    expect(site.page.get_by_text("concord run", exact=True)).to_be_visible()

    write_version(site.home, 1, monthly_revenue=2_500)
    expect(site.page.get_by_role("heading", name="Zoë Óbuda Kft")).to_be_visible()
    site.assert_no_complaints()


def test_no_folder_beside_the_app_is_run_as_pages_that_it_did_not_decide_on() -> None:
    assert not (REPOSITORY / "dashboards" / "pages").exists()


def test_overview_compares_the_last_complete_year_with_the_one_before(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("")
    # 12 × 2,500 against 12 × 1,000; 240 orders against 120; 30,000 / 240 against 12,000 / 120
    expect(figure(site, "Revenue")).to_contain_text("€30.0 k")
    expect(figure(site, "Revenue")).to_contain_text("+150 %")
    expect(figure(site, "Revenue")).to_contain_text("€12.0 k")
    expect(figure(site, "Margin")).to_contain_text("€7,500")
    expect(figure(site, "Orders")).to_contain_text("240")
    expect(figure(site, "Orders")).to_contain_text("+100 %")
    expect(figure(site, "Average order")).to_contain_text("€125")
    expect(site.page.get_by_text("Jan – Dec 2023, against Jan – Dec 2022. Jan 2024 is not complete")).to_be_visible()
    expect(site.page.get_by_role("row", name="Germany").first).to_contain_text("+€18.0 k")
    expect(site.page.get_by_text("Müller & <Sons>")).to_be_visible()
    expect(site.page.get_by_text("data through 10 Jan 2024")).to_be_visible()
    site.page.get_by_text("Definitions").click()
    expect(site.page.get_by_role("cell", name="Net order value in group currency")).to_be_visible()
    site.assert_no_complaints()


def test_customer_is_found_without_accents_and_shows_where_its_golden_values_come_from(
    site_with_version_one: Site,
) -> None:
    site = site_with_version_one
    site.visit("")
    site.page.get_by_role("link", name="Customers").click()
    expect(site.page.get_by_text("2 found.")).to_be_visible(timeout=PATIENCE)
    site.page.get_by_placeholder("Name, number").fill("obuda zoe")
    site.page.keyboard.press("Enter")
    expect(site.page.get_by_text("1 found.")).to_be_visible(timeout=PATIENCE)
    # Streamlit keeps the old rows on the page until the new ones are drawn: heading and one row, and nothing else.
    expect(site.page.locator("table[aria-rowcount='2']")).to_have_count(1)
    expect(site.page.get_by_test_id("stDataFrame")).to_have_count(1)
    expect(site.page.get_by_test_id("glide-cell-1-0")).to_have_text("Zoë Óbuda Kft")
    in_the_first_row = {"x": 120, "y": 50}
    site.page.get_by_test_id("stDataFrame").click(position=in_the_first_row)

    expect(site.page.get_by_role("heading", name="Zoë Óbuda Kft")).to_be_visible(timeout=PATIENCE)
    assert f"customer={KEY}" in site.page.url
    city = site.page.get_by_role("row", name="City")
    expect(city).to_contain_text("Óbuda")
    expect(city).to_contain_text("ERP · sap 0000004711")
    expect(city.get_by_title("Goods arrive <there>")).to_have_text("ERP · sap 0000004711")
    expect(city).to_contain_text(f"≠ Buda (CRM {LONG_ID})")
    site.assert_no_complaints()


def test_link_to_a_customer_opens_that_customer(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit(f"customers?customer={KEY}")
    expect(site.page.get_by_role("heading", name="Zoë Óbuda Kft")).to_be_visible(timeout=PATIENCE)
    site.visit("customers?customer=1%20or%201=1")
    expect(site.page.get_by_role("heading", name="This customer is not in the warehouse")).to_be_visible()
    site.assert_no_complaints()


@pytest.mark.parametrize("width", [800, 1300])
def test_no_table_of_a_customer_is_cut_off(site_with_version_one: Site, width: int) -> None:
    site = site_with_version_one
    site.page.set_viewport_size({"width": width, "height": 1000})
    site.visit(f"customers?customer={KEY}")
    tables = site.page.locator(".concord-scroll")
    expect(tables.filter(has_text=LONG_ID)).to_be_visible(timeout=PATIENCE)
    hidden = tables.evaluate_all("boxes => boxes.map(box => box.scrollWidth - box.clientWidth)")
    assert len(hidden) > 1
    assert max(hidden) <= 0


def test_data_health_says_what_can_be_trusted_and_which_documents_do_not_agree(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("loads?check=debits_equal_credits")
    expect(site.page.get_by_text("Do not decide on Finance.")).to_be_visible(timeout=PATIENCE)
    expect(site.page.get_by_role("row", name="Finance ■ Do not decide on it")).to_contain_text("7.0 %")
    expect(figure(site, "Marts to trust")).to_contain_text("1 of 2")
    expect(site.page.get_by_role("row", name="Debits and credits of every journal entry")).to_contain_text("40.00")
    expect(site.page.get_by_text("1 break, the latest first.")).to_be_visible()
    expect(site.page.get_by_test_id("glide-cell-5-0")).to_have_text("1000/4711/2023, 1000/<b>4712</b>/2023")
    site.assert_no_complaints()


def test_data_health_says_what_was_kept_out_and_why(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("loads")
    expect(site.page.get_by_text("1 row that broke a rule")).to_be_visible(timeout=PATIENCE)
    expect(site.page.get_by_role("row", name="name is <b>there</b>")).to_contain_text("Kept out")
    site.assert_no_complaints()


def test_finance_says_what_was_earned_against_last_year_and_plan_and_who_owes(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("finance")
    # 12 × 30 were earned; 12 × 40 the year before; 12 × 50 were planned
    answer = "earned €360, €120 worse than the year before and €240 worse than plan. Customers owe €500, of which €200 (40.0 %)"
    expect(site.page.get_by_text(answer)).to_be_visible(timeout=PATIENCE)
    expect(figure(site, "Revenue")).to_contain_text("+50.0 %")
    expect(figure(site, "Cash at the end")).to_contain_text("€1,840")
    expect(site.page.get_by_role("row", name="Cost <of> sales").first).to_contain_text(
        f"{MINUS}€1,440{MINUS}€720{MINUS}€720{MINUS}€1,320{MINUS}€120"
    )
    expect(site.page.get_by_role("row", name="1 to 30 days overdue")).to_contain_text("€200")
    expect(site.page.get_by_role("row", name="Debits and credits of every journal entry")).to_contain_text("1 break")
    site.page.get_by_role("link", name="Zoë Óbuda Kft").click()
    expect(site.page.get_by_role("heading", name="Zoë Óbuda Kft")).to_be_visible(timeout=PATIENCE)
    site.assert_no_complaints()


def test_pipeline_says_what_changed_and_which_deals_need_somebody(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("pipeline")
    expect(
        site.page.get_by_text("The pipeline is refilled as fast as it empties: €600 came, €600 went.")
    ).to_be_visible(timeout=PATIENCE)
    expect(figure(site, "Win rate")).to_contain_text("75.0 %")
    expect(figure(site, "Win rate")).to_contain_text("+50.0 points")
    expect(site.page.get_by_role("row", name="Pumps <for> Buda")).to_contain_text("1 Dec 2023")
    site.assert_no_complaints()


def test_stock_says_what_may_be_promised_from_when_on_more_and_what_to_order(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("stock")
    answer = "€1,200 lie in 1 warehouse and last 30 days. 1 order should be placed now, 1 of them urgently."
    expect(site.page.get_by_text(answer)).to_be_visible(timeout=PATIENCE)
    expect(figure(site, "Stock")).to_contain_text("+20.0 %")
    expect(figure(site, "Days of inventory")).to_contain_text(f"{MINUS}25.0 %")
    expect(figure(site, "Lines in time")).to_contain_text("90.0 %")
    expect(figure(site, "Lines in time")).to_contain_text("+10.0 points")
    expect(figure(site, "To order")).to_contain_text("€50")
    expect(figure(site, "Idle")).to_contain_text("€80")
    expect(site.page.get_by_role("row", name="Old valve")).to_contain_text("400 days")
    expect(site.page.get_by_title("Urgent: at the reorder <point>")).to_have_text("Pump <small>")
    expect(site.page.get_by_role("row", name="20 Jan 2024")).to_have_count(0)  # no product is chosen

    site.page.get_by_role("link", name="Pump <small>").click()
    expect(site.page.get_by_role("row", name="Hamburg 2 5 3 7 20 Jan 2024")).to_be_visible(timeout=PATIENCE)
    expect(site.page.get_by_role("row", name="20 Jan 2024 Hamburg +7 9")).to_be_visible()
    assert f"product={KEY}" in site.page.url
    site.visit("stock?product=1%20or%201=1")
    expect(site.page.get_by_text(answer)).to_be_visible(timeout=PATIENCE)
    expect(site.page.get_by_role("row", name="20 Jan 2024 Hamburg")).to_have_count(0)
    site.assert_no_complaints()


def test_customer_shows_how_they_stand_and_what_happened_by_kind(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit(f"customers?customer={KEY}")
    expect(figure(site, "Health")).to_contain_text("94 of 100")
    expect(figure(site, "Churn risk")).to_contain_text("● Low")
    expect(site.page.get_by_text("€200 is overdue, the oldest for 12 days.")).to_be_visible()
    expect(site.page.get_by_role("row", name="Open cases")).to_contain_text(f"{MINUS}6")
    expect(site.page.get_by_text("2 events, the latest first.")).to_be_visible()
    expect(site.page.get_by_text("1 active person.")).to_be_visible()
    site.page.get_by_role("button", name="Calls, mails, meetings").click()
    expect(site.page.get_by_test_id("glide-cell-2-0").first).to_have_text("Call: <prices>")
    site.assert_no_complaints()


def test_open_page_follows_a_new_version_without_reload(site_with_version_one: Site) -> None:
    site = site_with_version_one
    site.visit("")
    expect(figure(site, "Revenue")).to_contain_text("€30.0 k")
    site.page.evaluate("window.wasNotReloaded = true")

    write_version(site.home, 2, monthly_revenue=4_000)
    expect(figure(site, "Revenue")).to_contain_text("€48.0 k")
    expect(site.page.get_by_text("Version 2", exact=True)).to_be_visible()
    assert site.page.evaluate("window.wasNotReloaded")
    site.assert_no_complaints()


def test_pages_say_what_is_missing_where_no_system_delivers_books_deals_stock_or_persons(site: Site) -> None:
    write_version(site.home, 3, monthly_revenue=2_500, with_everything=False)
    site.visit("finance")
    expect(site.page.get_by_role("heading", name="No books yet")).to_be_visible(timeout=PATIENCE)
    site.visit("pipeline")
    expect(site.page.get_by_role("heading", name="No deals yet")).to_be_visible(timeout=PATIENCE)
    site.visit("stock")
    expect(site.page.get_by_role("heading", name="No stock yet")).to_be_visible(timeout=PATIENCE)
    site.visit(f"customers?customer={KEY}")
    expect(site.page.get_by_text("No system delivers invoices, deals, cases")).to_be_visible(timeout=PATIENCE)
    expect(site.page.get_by_text("Nothing is on record yet.")).to_be_visible()
    expect(site.page.get_by_text("No system delivers people of this customer.")).to_be_visible()
    assert figure(site, "Health").count() == 0
    site.assert_no_complaints()
