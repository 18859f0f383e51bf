"""The extracts of a company without faults agree with each other, to the cent and to the piece: what the books must hold."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.demo.drops import advance
from pipelines.demo.shapes import SHAPES

IDENTITIES = {
    "every document balances in its own, the company's and the group's currency": """
        select RBUKRS, GJAHR, BELNR from acdoca group by all
        having sum(WSL::decimal(18,2)) != 0 or sum(HSL::decimal(18,2)) != 0 or sum(KSL::decimal(18,2)) != 0
    """,
    "every ledger line has a document, and every document has lines": """
        (select RBUKRS, BELNR, GJAHR from acdoca except select BUKRS, BELNR, GJAHR from bkpf)
        union all
        (select BUKRS, BELNR, GJAHR from bkpf except select RBUKRS, BELNR, GJAHR from acdoca)
    """,
    "debit and credit are told by the sign": """
        select BELNR from acdoca where HSL::decimal(18,2) != 0 and (HSL::decimal(18,2) > 0) != (DRCRK = 'S')
            and WSL::decimal(18,2) = 0
        union all
        select BELNR from acdoca where WSL::decimal(18,2) != 0 and (WSL::decimal(18,2) > 0) != (DRCRK = 'S')
    """,
    "open items of customers are their control account": """
        select * from
            (select BUKRS, sum(if(SHKZG = 'S', 1, -1) * DMBTR::decimal(18,2)) as items from bsid group by all)
            full join (
                select RBUKRS as BUKRS, sum(HSL::decimal(18,2)) as account from acdoca where RACCT = '0000140000' group by all
            ) using (BUKRS)
        where coalesce(items, 0) != coalesce(account, 0)
    """,
    "open items of suppliers are their control account": """
        select * from
            (select BUKRS, sum(if(SHKZG = 'S', 1, -1) * DMBTR::decimal(18,2)) as items from bsik group by all)
            full join (
                select RBUKRS as BUKRS, sum(HSL::decimal(18,2)) as account from acdoca where RACCT = '0000160000' group by all
            ) using (BUKRS)
        where coalesce(items, 0) != coalesce(account, 0)
    """,
    "cleared items of a customer sum to zero for each clearing document": """
        select BUKRS, KUNNR, AUGBL, AUGDT from bsad group by all
        having sum(if(SHKZG = 'S', 1, -1) * WRBTR::decimal(18,2)) != 0
    """,
    "no item is open and cleared": "select BELNR from bsid join bsad using (BUKRS, KUNNR, GJAHR, BELNR, BUZEI)",
    "the value of stock is what the ledger says": """
        select * from
            (select BUKRS, sum(SALK3::decimal(18,2)) as stock from mbew join t001k using (BWKEY) group by all)
            full join (
                select RBUKRS as BUKRS, sum(HSL::decimal(18,2)) as account from acdoca
                where RACCT in ('0000300000', '0000310000', '0000320000') group by all
            ) using (BUKRS)
        where coalesce(stock, 0) != coalesce(account, 0)
    """,
    "what is on hand is what has moved": """
        select * from
            (select MATNR, WERKS, sum(LABST::decimal(18,3)) as on_hand from mard group by all)
            full join (select MATNR, WERKS, sum(STOCK_QTY::decimal(18,3)) as moved from matdoc group by all)
            using (MATNR, WERKS)
        where coalesce(on_hand, 0) != coalesce(moved, 0) or on_hand < 0
    """,
    "stock and valuation count the same": """
        select * from (select MATNR, WERKS as BWKEY, sum(LABST::decimal(18,3)) as on_hand from mard group by all)
        full join mbew using (MATNR, BWKEY) where coalesce(on_hand, 0) != coalesce(LBKUM::decimal(18,3), 0)
    """,
    "an invoice is the sum of its lines": """
        select VBELN from vbrk full join (
            select VBELN, sum(NETWR::decimal(18,2)) as net, sum(MWSBP::decimal(18,2)) as tax from vbrp group by all
        ) as line using (VBELN)
        where vbrk.NETWR::decimal(18,2) is distinct from net or vbrk.MWSBK::decimal(18,2) is distinct from tax
    """,
    "invoices are the revenue of the ledger": """
        select * from (
            select BUKRS, WAERK, sum(if(VBTYP = 'M', -1, 1) * NETWR::decimal(18,2)) as billed from vbrk group by all
        ) full join (
            select RBUKRS as BUKRS, RWCUR as WAERK, sum(WSL::decimal(18,2)) as posted from acdoca
            where RACCT in ('0000800000', '0000801000', '0000809000') group by all
        ) using (BUKRS, WAERK) where coalesce(billed, 0) != coalesce(posted, 0)
    """,
    "the invoices that are cancelled are those that cancellations name": """
        (select VBELN from vbrk where FKSTO = 'X' except select SFAKN from vbrk where VBTYP = 'N')
        union all
        (select SFAKN from vbrk where VBTYP = 'N' except select VBELN from vbrk where FKSTO = 'X')
        union all
        select VBELN from vbrk where (VBTYP = 'N') != (SFAKN is not null)
    """,
    "an order is the sum of its lines that stand": """
        select VBELN from vbak left join (
            select VBELN, sum(NETWR::decimal(18,2)) filter (ABGRU is null) as net from vbap group by all
        ) as line using (VBELN)
        where vbak.NETWR::decimal(18,2) != coalesce(net, 0)
    """,
    "no more leaves than was ordered, and nothing that was rejected": """
        select VBELN, POSNR from vbap join (
            select VGBEL, VGPOS, sum(LFIMG::decimal(18,3)) as shipped from lips where BWART = '601' group by all
        ) as delivery on vbap.VBELN = delivery.VGBEL and vbap.POSNR = delivery.VGPOS
        where shipped > KWMENG::decimal(18,3) or ABGRU is not null
    """,
    "every goods issue of a delivery is a movement": """
        select * from (select VBELN, POSNR, LFIMG::decimal(18,3) as left_house from lips where BWART = '601')
        full join (
            select VBELN_IM as VBELN, VBELP_IM as POSNR, -STOCK_QTY::decimal(18,3) as moved
            from matdoc where BWART = '601'
        ) using (VBELN, POSNR) where left_house is distinct from moved
    """,
    "every receipt of an order is a movement": """
        select * from (
            select EBELN, EBELP, sum(if(SHKZG = 'S', 1, -1) * MENGE::decimal(18,3)) as received
            from ekbe where VGABE = '1' group by all
        ) full join (
            select EBELN, EBELP, sum(STOCK_QTY::decimal(18,3)) as moved
            from matdoc where EBELN is not null and BWART in ('101', '102', '122') group by all
        ) using (EBELN, EBELP) where received is distinct from moved
    """,
    "what production received is in its orders": """
        select * from (select AUFNR, sum(WEMNG::decimal(18,3)) as received from afpo group by all)
        full join (
            select AUFNR, sum(STOCK_QTY::decimal(18,3)) as moved
            from matdoc where BWART = '101' and AUFNR is not null group by all
        ) using (AUFNR) where coalesce(received, 0) != coalesce(moved, 0)
    """,
    "every won opportunity has a quote that was accepted": """
        select opportunity.Id from opportunity left join quote on OpportunityId = opportunity.Id and quote.Status = 'Accepted'
        where IsWon = 'true' and quote.Id is null
    """,
    "polymorphic ids lead to what their prefix says": """
        select task.Id from task
        left join lead on WhoId = lead.Id left join contact on WhoId = contact.Id
        where WhoId is not null and ((WhoId like '00Q%' and lead.Id is null) or (WhoId like '003%' and contact.Id is null)
            or left(WhoId, 3) not in ('00Q', '003'))
    """,
    "nobody has two positions or two salaries at once": """
        select one.PERNR from pa0001 as one join pa0001 as other on one.PERNR = other.PERNR and one.BEGDA < other.BEGDA
        where one.ENDDA >= other.BEGDA
        union all
        select one.PERNR from pa0008 as one join pa0008 as other on one.PERNR = other.PERNR and one.BEGDA < other.BEGDA
        where one.ENDDA >= other.BEGDA
    """,
    "keys are unique": " union all ".join(
        f"(select '{name}' from \"{name.split('/')[1].lower()}\" group by {', '.join(shape.key)} having count(*) > 1 limit 1)"
        for name, shape in SHAPES.items()
    ),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny company without faults at the end of its history."""
    folder = tmp_path_factory.mktemp("company")
    advance(folder, scale="tiny", seed=3, mess=0.0)
    return folder


@pytest.fixture(scope="module")
def extracts(company: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Its first drop, a table each, all text."""
    connection = duckdb.connect()
    for name in SHAPES:
        (file,) = (company / "extracts" / name).glob("*.csv")
        table = name.split("/")[1].lower()
        connection.execute(f"create table \"{table}\" as from read_csv('{file}', all_varchar = true, header = true)")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def truth(company: Path) -> Path:
    """What is true of it."""
    return company / "truth"


@pytest.mark.parametrize("identity", IDENTITIES)
def test_books_hold(extracts: duckdb.DuckDBPyConnection, identity: str) -> None:
    assert extracts.execute(IDENTITIES[identity]).fetchmany(5) == []


def test_truth_of_balances_is_the_ledger(extracts: duckdb.DuckDBPyConnection, truth: Path) -> None:
    differences = extracts.execute(
        f"""
        with known as (
            select company::varchar as company, lpad(account::varchar, 10, '0') as account, year, period, debit, credit
            from read_parquet('{truth}/balance/*.parquet') where debit != 0 or credit != 0
        ),
        posted as (
            select RBUKRS as company, RACCT as account, GJAHR::integer as year, POPER::integer as period,
                coalesce(sum(HSL::decimal(18,2)) filter (HSL::decimal(18,2) > 0), 0) * 100 as debit,
                coalesce(-sum(HSL::decimal(18,2)) filter (HSL::decimal(18,2) < 0), 0) * 100 as credit
            from acdoca group by all having sum(abs(HSL::decimal(18,2))) != 0
        )
        select * from known full join posted using (company, account, year, period)
        where known.debit is distinct from posted.debit or known.credit is distinct from posted.credit
        """
    ).fetchall()
    assert differences == []


def test_trial_balances_continue(truth: Path) -> None:
    broken = duckdb.sql(
        f"""
        with month as (from read_parquet('{truth}/balance/*.parquet'))
        select this.company, this.account, this.year, this.period from month as this
        left join month as before on before.company = this.company and before.account = this.account
            and before.year * 12 + before.period = this.year * 12 + this.period - 1
        where this.opening + this.debit - this.credit != this.closing
            or (this.period != 1 and this.opening != coalesce(before.closing, 0))
            or (this.period = 1 and this.account < 500000 and this.account != 90000
                and this.opening != coalesce(before.closing, 0))
            or (this.period = 1 and this.account >= 500000 and this.opening != 0)
        """
    ).fetchall()
    assert broken == []
