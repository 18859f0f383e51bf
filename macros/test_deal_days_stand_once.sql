{#- No deal stands twice on a day; an incremental build looks at the deals that it touched, and at the last day. -#}
{% test deal_days_stand_once(model) %}
select
    opportunity_key,
    pipeline_date,
    count(*) as row_count
from {{ model }}
where
    (select after_batch_id from {{ source('control', 'build') }}) = 0
    or pipeline_date = (select max(last.pipeline_date) from {{ model }} as last)
    or opportunity_key in (select changed.opportunity_key from {{ ref('changed_opportunity') }} as changed)
group by opportunity_key, pipeline_date
having count(*) > 1
{% endtest %}
