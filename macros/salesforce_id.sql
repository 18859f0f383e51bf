{#- An 18-character Salesforce id as Salesforce writes it. Case counts in the first 15 characters, and the last three say which of
    each five are upper case; so an id that some tool has written in lower case can be put right. Blank is null. -#}
{% macro salesforce_id(column) -%}
    case
        when length({{ column }}) = 18 and substr({{ column }}, 16) <> upper(substr({{ column }}, 16)) then
            concat(
                {%- for place in range(15) %}
                {%- set check = "position(upper(substr(" ~ column ~ ", " ~ (16 + place // 5) ~ ", 1)) in 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345') - 1" %}
                case
                    when floor(({{ check }}) / {{ 2 ** (place % 5) }}) % 2 = 1 then upper(substr({{ column }}, {{ place + 1 }}, 1))
                    else lower(substr({{ column }}, {{ place + 1 }}, 1))
                end,
                {%- endfor %}
                upper(substr({{ column }}, 16))
            )
        else {{ clean_text(column) }}
    end
{%- endmacro %}
