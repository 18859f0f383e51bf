{{ config(meta={'made_of': ['opportunity']}) }}
{%- set of_one = 'partition by opportunity_key order by pipeline_date' %}
{%- set about = ['opportunity_key', 'customer_key', 'employee_key'] %}

with

won_stage as (
    select distinct stage_code
    from {{ ref('opportunity_stages') }}
    where is_won
),

-- Each evening of a deal beside the evening before it.
evening as (
    select
        opportunity_key,
        customer_key,
        employee_key,
        source_system,
        pipeline_date,
        is_closed,
        stage_code in (select won_stage.stage_code from won_stage) as is_won,
        cast(date_trunc('month', close_date) as date) as close_month,
        document_currency,
        coalesce(amount_document, 0) as amount_document,
        coalesce(amount_group, 0) as amount_group,
        lag(pipeline_date) over ({{ of_one }}) as previous_date,
        lag(is_closed) over ({{ of_one }}) as was_closed,
        lag(cast(date_trunc('month', close_date) as date)) over ({{ of_one }}) as previous_close_month,
        lag(document_currency) over ({{ of_one }}) as previous_currency,
        coalesce(lag(amount_document) over ({{ of_one }}), 0) as previous_amount_document,
        coalesce(lag(amount_group) over ({{ of_one }}), 0) as previous_amount_group,
        lead(pipeline_date) over ({{ of_one }}) as next_date
    from {{ ref('fct_opportunity_day') }}
),

judged as (
    select
        evening.*,
        evening.previous_date is null as is_new,
        coalesce(evening.previous_date = evening.pipeline_date - 1 and not evening.was_closed, false) as was_open,
        not evening.is_closed
        and evening.pipeline_date < known.known_date
        and coalesce(evening.next_date > evening.pipeline_date + 1, true) as is_gone_next_day
    from evening
    inner join {{ ref('crm_known_day') }} as known on evening.source_system = known.source_system
),

-- Only days on which something happens. What the change of the amount is worth at the new rate is the customer's doing; the rest of
-- the difference is the rate's.
event as (
    select
        *,
        case
            when not was_open then 0
            when amount_document = previous_amount_document and document_currency = previous_currency then 0
            when amount_document = 0 or coalesce(document_currency <> previous_currency, true) then amount_group - previous_amount_group
            else cast(
                cast(amount_document - previous_amount_document as double) * amount_group / amount_document as decimal(18, 2)
            )
        end as changed_amount_group
    from judged
    where
        not was_open
        or is_closed
        or is_gone_next_day
        or amount_group <> previous_amount_group
        or amount_document <> previous_amount_document
        or close_month is distinct from previous_close_month
),

movement as (
    {%- for movement, day, month, deals, amount, condition in [
        ('created', 'pipeline_date', 'close_month', '1', 'amount_group', 'is_new'),
        ('reopened', 'pipeline_date', 'close_month', '1', 'amount_group', 'not is_new and not was_open'),
        ('postponed', 'pipeline_date', 'previous_close_month', '-1', '-previous_amount_group', 'was_open and close_month > previous_close_month'),
        ('postponed', 'pipeline_date', 'close_month', '1', 'previous_amount_group', 'was_open and close_month > previous_close_month'),
        ('pulled_in', 'pipeline_date', 'previous_close_month', '-1', '-previous_amount_group', 'was_open and close_month < previous_close_month'),
        ('pulled_in', 'pipeline_date', 'close_month', '1', 'previous_amount_group', 'was_open and close_month < previous_close_month'),
        ('increased', 'pipeline_date', 'close_month', '0', 'changed_amount_group', 'changed_amount_group > 0'),
        ('decreased', 'pipeline_date', 'close_month', '0', 'changed_amount_group', 'changed_amount_group < 0'),
        (
            'currency', 'pipeline_date', 'close_month', '0', 'amount_group - previous_amount_group - changed_amount_group',
            'was_open and amount_group - previous_amount_group <> changed_amount_group',
        ),
        ('won', 'pipeline_date', 'close_month', '-1', '-amount_group', 'is_closed and is_won'),
        ('lost', 'pipeline_date', 'close_month', '-1', '-amount_group', 'is_closed and not is_won'),
        ('removed', 'pipeline_date + 1', 'close_month', '-1', '-amount_group', 'is_gone_next_day'),
    ] %}
    select
        {%- for column in about %}
        {{ column }},
        {%- endfor %}
        {{ day }} as movement_date,
        {{ month }} as close_month,
        '{{ movement }}' as movement,
        {{ deals }} as deals,
        {{ amount }} as amount_group
    from event
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

pipeline_movement as (
    select
        opportunity_key,
        customer_key,
        employee_key,
        cast(movement_date as date) as movement_date,
        close_month,
        movement,
        cast(deals as integer) as deals,
        cast(amount_group as decimal(18, 2)) as amount_group
    from movement
)

select * from pipeline_movement
