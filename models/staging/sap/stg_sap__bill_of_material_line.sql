{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'STPO'), ['STLTY', 'STLNR', 'STLKN']) }}
),

-- A line flagged for deletion (LKENZ) ended on its day (DATUV); the log says what it was before.
bill_of_material_line as (
    select
        concat_ws('/', stlty, stlnr, stlkn) as source_id,
        concat_ws('/', stlty, stlnr) as bill_of_material_source_id,
        trim(leading '0' from stlnr) as bill_of_material_number,
        trim(leading '0' from stlkn) as line_number,
        {{ unpadded('idnrk') }} as product_number,
        menge as quantity,
        {{ clean_text('meins') }} as unit_of_measure,
        cast(ausch / 100 as decimal(9, 6)) as scrap_rate,
        {{ plausible_date('datuv') }} as valid_from,
        coalesce(lkenz, '') = 'X' as is_removed,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from bill_of_material_line
