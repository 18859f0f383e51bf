"""How well the accounts of the demo company's CRM and the customers of its ERP are matched: told by its truth."""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.identity.evaluation import quality
from pipelines.identity.matching import match
from pipelines.warehouse import scratch

SOLD_TO = "0001"
"""Account group of sold-to parties. Ship-to sites (0002) belong to a customer by partner function and are not matched by likeness."""


def _latest(folder: Path, table: str, key: str) -> str:
    return (
        f"(select * from read_csv('{folder}/extracts/{table}/*.csv', all_varchar = true, union_by_name = true, filename = true)"
        f" qualify row_number() over (partition by {key} order by filename desc) = 1)"
    )


def write_demo_records(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the tables ``records`` (accounts and sold-to parties as they are after the last drop) and ``truth`` (id, party, role)."""
    connection.execute(
        f"""
        create or replace table records as
        select
            'crm-' || Id as id, 'crm' as source_system, case when IsPersonAccount = 'true' then null else Name end as name,
            FirstName as given_name, LastName as surname, BillingStreet as street, BillingCity as city, BillingPostalCode as postcode,
            BillingState as region, BillingCountryCode as country, PersonEmail as email, Phone as phone, VAT_Number__c as tax_id,
            Website as domain, PersonBirthdate as date_of_birth
        from {_latest(folder, "salesforce/Account", "Id")}
        where IsDeleted <> 'true'
        union all
        select
            'erp-' || KUNNR, 'erp', concat_ws(' ', NAME1, NAME2), null, null, STRAS, ORT01, PSTLZ, REGIO, LAND1, SMTP_ADDR, TELF1, STCEG,
            null, null
        from {_latest(folder, "sap/KNA1", "KUNNR")} as kna1
        left join (select ADDRNUMBER, SMTP_ADDR from {_latest(folder, "sap/ADR6", "ADDRNUMBER, CONSNUMBER")} where CONSNUMBER = '001' and ODQ_CHANGEMODE <> 'D') as adr6
            on adr6.ADDRNUMBER = kna1.ADRNR
        where ODQ_CHANGEMODE <> 'D' and KTOKD = '{SOLD_TO}'
        """
    )
    connection.execute(
        f"""
        create or replace table truth as
        select case system when 'sap' then 'erp-' else 'crm-' end || source_id as id, party, role
        from read_parquet('{folder}/truth/identity/*.parquet')
        where source_table in ('KNA1', 'Account')
        """
    )
    connection.execute("delete from records where id not in (select id from truth)")


def judge_demo(folder: Path, temporary: Path) -> dict[str, Any]:
    """Match the demo company in ``folder`` and compare with its truth; shares, and how many look-alikes were taken for one."""
    connection = scratch(memory_limit="1200MB", threads=2, folder=temporary)
    write_demo_records(connection, folder)
    found = match(connection, "records").clusters
    party = dict(
        connection.execute("select id, cast(party as varchar) from truth semi join records using (id)").fetchall()
    )
    judged = quality(found.cluster_of, party)
    clusters: dict[str, set[str]] = {}
    for name, of_party in party.items():
        clusters.setdefault(of_party, set()).add(found.cluster_of[name])
    alike = connection.execute(
        f"select distinct kind, cast(party as varchar), cast(other_party as varchar) from read_parquet('{folder}/truth/lookalike/*.parquet')"
    ).fetchall()
    alike = [row for row in alike if row[1] in clusters and row[2] in clusters]
    glued: dict[str, str] = {}
    for kind in sorted({row[0] for row in alike}):
        pairs = [row for row in alike if row[0] == kind]
        glued[kind] = f"{sum(bool(clusters[one] & clusters[two]) for _, one, two in pairs)} of {len(pairs)}"
    touched = {name for pair in found.review for name in (pair.left_id, pair.right_id)}
    return {
        "records": len(party),
        "precision": judged.precision,
        "recall": judged.recall,
        "f1": judged.f1,
        "bcubed_f1": judged.bcubed_f1,
        "review_pairs": len(found.review),
        "records_in_review": len(touched) / len(party),
        "lookalikes_taken_for_one": glued,
    }
