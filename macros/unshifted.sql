{#- An amount as it is, from one as SAP stores it: shifted by the decimals that its currency lacks or has more than two. A stored
    JPY 1.30 is 130 and a stored KWD 12.34 is 1.234. `factor` is null for currencies with two decimals, which are left alone. -#}
{% macro unshifted(amount, factor) -%}
    case
        when {{ factor }} is null then cast({{ amount }} as decimal(18, 3))
        else cast(cast({{ amount }} as decimal(24, 6)) * {{ factor }} as decimal(18, 3))
    end
{%- endmacro %}
