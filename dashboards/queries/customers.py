"""Questions to the customer marts. Keys travel as text: a browser would round numbers of 60 bits."""

from dashboards.published import DataFrame, ask

LISTED = 1_000
"""How many orders, lines and events of a customer are listed, the latest: a large one has tens of thousands."""

_FOUND = """
select
    cast(customer_key as varchar) as customer_key,
    customer_number,
    customer_name,
    city,
    country_name,
    email,
    orders,
    revenue_group,
    last_order_date
from customer.customer_360
where
    customer_key <> -1
    and coalesce(
        list_bool_and(
            list_transform(
                cast($patterns as varchar[]),
                lambda pattern: strip_accents(
                    concat_ws(' ', customer_number, customer_name, email, phone, city, country_name)
                ) ilike strip_accents(pattern) escape '\\'
            )
        ),
        true
    )
order by
    coalesce($exact <> '' and lower(customer_number) = lower($exact), false) desc,
    revenue_group desc,
    customer_name,
    customer_key
limit $most
"""


def found_customers(version: int, text: str, most: int = 50) -> DataFrame:
    """Return the ``most`` largest customers in whom every word of ``text`` occurs: number, name, e-mail, phone, place.

    Case and accents do not matter; the customer with exactly that number comes first.
    """
    words = text.split()
    patterns = ["%" + _escaped(word) + "%" for word in words]
    return ask(_FOUND, {"patterns": patterns, "exact": text.strip(), "most": most}, version)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_CUSTOMER = """
select
    cast(customer_key as varchar) as customer_key,
    * exclude (customer_key)
from customer.customer_360
where customer_key = try_cast($customer_key as bigint)
"""


def customer(version: int, customer_key: str) -> DataFrame:
    """Return the one row of a customer, or none."""
    return ask(_CUSTOMER, {"customer_key": customer_key}, version)


_ATTRIBUTES = """
select
    attribute,
    attribute_value,
    record_type,
    source_system,
    source_id,
    is_golden,
    reason
from customer.customer_attribute
where customer_key = try_cast($customer_key as bigint)
order by attribute_order, is_golden desc, source_system, source_id
"""


def attributes(version: int, customer_key: str) -> DataFrame:
    """Return what each record says about a customer, attribute by attribute, the golden value first."""
    return ask(_ATTRIBUTES, {"customer_key": customer_key}, version)


_ORDERS = """
select
    order_number,
    min(order_date) as order_date,
    max(ship_date) as ship_date,
    count(*) as order_lines,
    sum(quantity) as quantity,
    sum(net_amount_group) as net_amount_group,
    sum(margin_group) as margin_group,
    source_system
from customer.customer_order_line
where customer_key = try_cast($customer_key as bigint)
group by sales_order_key, order_number, source_system
order by order_date desc, order_number desc
limit $listed
"""


def orders(version: int, customer_key: str, listed: int = LISTED) -> DataFrame:
    """Return the latest orders of a customer, newest first."""
    return ask(_ORDERS, {"customer_key": customer_key, "listed": listed}, version)


_ORDER_LINES = """
select
    order_number,
    line_number,
    order_date,
    product_number,
    product_name,
    category_name,
    quantity,
    unit_price_document,
    document_currency,
    net_amount_document,
    net_amount_group,
    margin_group
from customer.customer_order_line
where customer_key = try_cast($customer_key as bigint)
order by order_date desc, order_number desc, line_number
limit $listed
"""


def order_lines(version: int, customer_key: str, listed: int = LISTED) -> DataFrame:
    """Return the latest order lines of a customer, newest first."""
    return ask(_ORDER_LINES, {"customer_key": customer_key, "listed": listed}, version)


_MONTHS = """
with monthly as (
    select
        cast(date_trunc('month', order_date) as date) as order_month,
        sum(net_amount_group) as revenue_group
    from customer.customer_order_line
    where customer_key = try_cast($customer_key as bigint)
    group by all
),

calendar as (
    select
        cast(
            unnest(
                generate_series(
                    least(min(order_month), cast(max(order_month) - interval 11 months as date)),
                    max(order_month),
                    interval 1 month
                )
            ) as date
        ) as order_month
    from monthly
)

select
    calendar.order_month,
    coalesce(monthly.revenue_group, 0) as revenue_group
from calendar
left join monthly on calendar.order_month = monthly.order_month
order by calendar.order_month
"""


def revenue_by_month(version: int, customer_key: str) -> DataFrame:
    """Return a customer's revenue a month to the last order: since the first one, at least a year."""
    return ask(_MONTHS, {"customer_key": customer_key}, version)


_HEALTH_REASONS = """
select
    reason,
    measure_value,
    lost_points
from customer.customer_health_reason
where customer_key = try_cast($customer_key as bigint)
order by lost_points desc, rule_order
"""


def health_reasons(version: int, customer_key: str) -> DataFrame:
    """Return what takes points from the health of a customer, the worst first."""
    return ask(_HEALTH_REASONS, {"customer_key": customer_key}, version)


_EVENT_COUNTS = """
select
    event_type,
    cast(count(*) as integer) as events,
    cast(count(*) filter (where is_ahead) as integer) as events_ahead
from customer.customer_timeline
where customer_key = try_cast($customer_key as bigint)
group by event_type
"""


def event_counts(version: int, customer_key: str) -> DataFrame:
    """Return how many events of each type a customer has, and how many of them are only planned."""
    return ask(_EVENT_COUNTS, {"customer_key": customer_key}, version)


_TIMELINE = """
select
    event_at,
    event_type,
    title,
    amount_group,
    document_number,
    source_system,
    source_id,
    is_ahead
from customer.customer_timeline
where customer_key = try_cast($customer_key as bigint) and list_contains($event_types, event_type)
order by event_at desc, event_type, document_number
limit $listed
"""


def timeline(version: int, customer_key: str, event_types: list[str], listed: int = LISTED) -> DataFrame:
    """Return the latest events of some types that happened with a customer or are planned, the latest first."""
    return ask(_TIMELINE, {"customer_key": customer_key, "event_types": event_types, "listed": listed}, version)


_PEOPLE = """
select
    contact_name,
    title,
    department,
    email,
    phone,
    is_active,
    has_opted_out_of_email,
    created_date,
    records
from customer.customer_contact
where customer_key = try_cast($customer_key as bigint)
order by is_active desc, contact_name, records
"""


def people(version: int, customer_key: str) -> DataFrame:
    """Return the people of a customer, those who are active first."""
    return ask(_PEOPLE, {"customer_key": customer_key}, version)
