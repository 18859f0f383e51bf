{#- Whether a case of this status waits for the customer, so that the clock of the service level stands: the variable waiting_case_statuses. -#}
{% macro is_waiting_status(status) -%}
    {{ status }} in ('{{ var("waiting_case_statuses") | join("', '") }}')
{%- endmacro %}
