"""The extracts of the ERP, shaped like tables of SAP S/4HANA, as an operational delta queue delivers them (ODQ_CHANGEMODE)."""

import polars as pl

from pipelines.demo.shapes.kinds import (
    OPERATION,
    Constant,
    Date8,
    Decimal,
    Flag,
    Integer,
    Kind,
    Padded,
    Quantity,
    Shape,
    Text,
)

CLIENT = "100"


class InvertedDate:
    """The day of an exchange rate, 99999999 minus YYYYMMDD: SAP wants the newest first."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        digits = pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d").cast(pl.Int64)
        return (99_999_999 - digits).cast(pl.String)


class ChangeMode:
    """The operation of the version: C, U or D."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.col(OPERATION).alias(column)


_T, _N, _Q, _D, _X, _A = Text(), Integer(), Quantity(), Date8(), Flag(), Decimal(2)
_DOC, _POS, _MAT, _YEAR = Padded(10), Padded(6), Padded(18), Integer()


def _table(name: str, key: str, *, is_master: bool = False, client: str = "MANDT", **columns: Kind) -> Shape:
    whole: dict[str, Kind] = {client: Constant(CLIENT), **columns, "ODQ_CHANGEMODE": ChangeMode()}
    return Shape(f"sap/{name}", tuple(key.split()), whole, is_master=is_master)


_OPEN_ITEM: dict[str, Kind] = {
    "AUGDT": _D, "AUGBL": _DOC, "GJAHR": _YEAR, "BELNR": _DOC, "BUZEI": Padded(3), "BUDAT": _D, "BLDAT": _D, "WAERS": _T,
    "BLART": _T, "SHKZG": _T, "WRBTR": _A, "DMBTR": _A, "ZFBDT": _D, "ZBD1T": _N, "ZTERM": _T, "REBZG": _DOC, "REBZJ": _YEAR,
    "XBLNR": _T, "HKONT": _DOC,
}  # fmt: skip


def _open_items(name: str, partner: str, *, is_master: bool) -> Shape:
    columns: dict[str, Kind] = {"BUKRS": _T, partner: _DOC, **_OPEN_ITEM}
    whole: dict[str, Kind] = {"MANDT": Constant(CLIENT), **columns, "ODQ_CHANGEMODE": ChangeMode()}
    return Shape(f"sap/{name}", ("BUKRS", partner, "GJAHR", "BELNR", "BUZEI"), whole, is_master=is_master)


SAP = (
    # Organisation and finance masters
    _table("T001", "BUKRS", is_master=True, BUKRS=_T, BUTXT=_T, ORT01=_T, LAND1=_T, WAERS=_T, KTOPL=_T, PERIV=_T),
    _table("T001K", "BWKEY", is_master=True, BWKEY=_T, BUKRS=_T),
    _table("T001W", "WERKS", is_master=True, WERKS=_T, NAME1=_T, BWKEY=_T, VKORG=_T, ORT01=_T, PSTLZ=_T, LAND1=_T),
    _table("TCURR", "KURST FCURR TCURR GDATU", is_master=True, KURST=_T, FCURR=_T, TCURR=_T, GDATU=InvertedDate(),
           UKURS=Decimal(5), FFACT=_N, TFACT=_N),
    _table("TCURX", "CURRKEY", is_master=True, client="CLIENT", CURRKEY=_T, CURRDEC=_N),
    _table("SKA1", "KTOPL SAKNR", is_master=True, KTOPL=_T, SAKNR=_DOC, XBILK=_X, GVTYP=_T, KTOKS=_T, ERDAT=_D),
    _table("SKAT", "SPRAS KTOPL SAKNR", is_master=True, SPRAS=_T, KTOPL=_T, SAKNR=_DOC, TXT50=_T),
    _table("SKB1", "BUKRS SAKNR", is_master=True, BUKRS=_T, SAKNR=_DOC, WAERS=_T, MITKZ=_T, XOPVW=_X),
    _table("CSKS", "KOKRS KOSTL DATBI", is_master=True, KOKRS=_T, KOSTL=_T, DATBI=_D, DATAB=_D, BUKRS=_T, KOSAR=_T,
           VERAK=_T, LTEXT=_T),
    _table("ZBUDGET", "BUKRS GJAHR MONAT RACCT KOSTL VERSN", is_master=True, BUKRS=_T, GJAHR=_YEAR, MONAT=Padded(2),
           RACCT=_DOC, KOSTL=_T, VERSN=_T, WAERS=_T, HSL=_A),
    # Partners
    _table("KNA1", "KUNNR", is_master=True, KUNNR=_DOC, KTOKD=_T, NAME1=_T, NAME2=_T, LAND1=_T, ORT01=_T, PSTLZ=_T, REGIO=_T,
           STRAS=_T, TELF1=_T, STCEG=_T, STCD1=_T, STKZN=_X, BRSCH=_T, ADRNR=_DOC, ERDAT=_D, AUFSD=_T, LOEVM=_X),
    _table("KNB1", "KUNNR BUKRS", is_master=True, KUNNR=_DOC, BUKRS=_T, AKONT=_DOC, ZTERM=_T, ERDAT=_D, LOEVM=_X),
    _table("KNVP", "KUNNR VKORG PARVW KUNN2", is_master=True, KUNNR=_DOC, VKORG=_T, PARVW=_T, KUNN2=_DOC),
    _table("ADRC", "ADDRNUMBER", is_master=True, client="CLIENT", ADDRNUMBER=_DOC, DATE_FROM=_D, NAME1=_T, NAME2=_T,
           STREET=_T, HOUSE_NUM1=_T, CITY1=_T, POST_CODE1=_T, REGION=_T, COUNTRY=_T, TEL_NUMBER=_T),
    _table("ADR6", "ADDRNUMBER CONSNUMBER", is_master=True, client="CLIENT", ADDRNUMBER=_DOC, CONSNUMBER=Padded(3),
           SMTP_ADDR=_T),
    _table("LFA1", "LIFNR", is_master=True, LIFNR=_DOC, NAME1=_T, LAND1=_T, ORT01=_T, PSTLZ=_T, STRAS=_T, TELF1=_T, STCEG=_T,
           ADRNR=_DOC, KTOKK=_T, ERDAT=_D, SPERM=_X, LOEVM=_X),
    # Materials and stock
    _table("MARA", "MATNR", is_master=True, MATNR=_MAT, ERSDA=_D, MTART=_T, MATKL=_T, MEINS=_T, NTGEW=Decimal(3), GEWEI=_T,
           MSTAE=_T, LVORM=_X),
    _table("MAKT", "MATNR SPRAS", is_master=True, MATNR=_MAT, SPRAS=_T, MAKTX=_T),
    _table("T023T", "MATKL SPRAS", is_master=True, SPRAS=_T, MATKL=_T, WGBEZ=_T),
    _table("MARC", "MATNR WERKS", is_master=True, MATNR=_MAT, WERKS=_T, DISMM=_T, BESKZ=_T, MINBE=_Q, EISBE=_Q, BSTMI=_Q,
           PLIFZ=_N, LVORM=_X),
    _table("MARD", "MATNR WERKS LGORT", is_master=True, MATNR=_MAT, WERKS=_T, LGORT=_T, LABST=_Q, INSME=_Q, SPEME=_Q),
    _table("MBEW", "MATNR BWKEY", is_master=True, MATNR=_MAT, BWKEY=_T, BKLAS=_T, VPRSV=_T, STPRS=_A, VERPR=_A, PEINH=_N,
           LBKUM=_Q, SALK3=_A),
    _table("MATDOC", "MBLNR MJAHR ZEILE", MBLNR=_DOC, MJAHR=_YEAR, ZEILE=Padded(6), BUDAT=_D, CPUDT=_D, BWART=_T, SHKZG=_T,
           MATNR=_MAT, WERKS=_T, LGORT=_T, UMWRK=_T, MENGE=_Q, STOCK_QTY=_Q, MEINS=_T, DMBTR=_A, WAERS=_T, BUKRS=_T,
           KUNNR=_DOC, LIFNR=_DOC, EBELN=_DOC, EBELP=Padded(5), AUFNR=Padded(12), VBELN_IM=_DOC, VBELP_IM=_POS, SMBLN=_DOC),
    # Sales
    _table("VBAK", "VBELN", VBELN=_DOC, ERDAT=_D, AUDAT=_D, VBTYP=_T, AUART=_T, VKORG=_T, BUKRS_VF=_T, KUNNR=_DOC, WAERK=_T,
           NETWR=_A, VDATU=_D, BSTNK=_T, IHREZ=_T, AUGRU=_T, VGBEL=_DOC),
    _table("VBAP", "VBELN POSNR", VBELN=_DOC, POSNR=_POS, MATNR=_MAT, MATKL=_T, KWMENG=_Q, VRKME=_T, NETPR=_A, KPEIN=_N,
           NETWR=_A, MWSBP=_A, WERKS=_T, KUNWE_ANA=_DOC, ABGRU=_T, VGBEL=_DOC, VGPOS=_POS),
    _table("LIKP", "VBELN", VBELN=_DOC, ERDAT=_D, VBTYP=_T, LFART=_T, VSTEL=_T, VKORG=_T, KUNNR=_DOC, KUNAG=_DOC, LFDAT=_D,
           WADAT=_D, WADAT_IST=_D),
    _table("LIPS", "VBELN POSNR", VBELN=_DOC, POSNR=_POS, MATNR=_MAT, WERKS=_T, LGORT=_T, BWART=_T, LFIMG=_Q, VRKME=_T,
           VGBEL=_DOC, VGPOS=_POS),
    _table("VBRK", "VBELN", VBELN=_DOC, FKART=_T, VBTYP=_T, FKDAT=_D, ERDAT=_D, BUKRS=_T, VKORG=_T, KUNAG=_DOC, KUNRG=_DOC,
           WAERK=_T, NETWR=_A, MWSBK=_A, KURRF=Decimal(5), ZTERM=_T, FKSTO=_X, SFAKN=_DOC, BELNR=_DOC, GJAHR=_YEAR),
    _table("VBRP", "VBELN POSNR", VBELN=_DOC, POSNR=_POS, MATNR=_MAT, MATKL=_T, FKIMG=_Q, VRKME=_T, NETWR=_A, MWSBP=_A,
           WAVWR=_A, WERKS=_T, AUBEL=_DOC, AUPOS=_POS, VGBEL=_DOC, VGPOS=_POS),
    # Ledger
    _table("BKPF", "BUKRS BELNR GJAHR", BUKRS=_T, BELNR=_DOC, GJAHR=_YEAR, BLART=_T, BLDAT=_D, BUDAT=_D, MONAT=Padded(2),
           CPUDT=_D, WAERS=_T, KURSF=Decimal(5), XBLNR=_T, BKTXT=_T, AWTYP=_T, AWKEY=_T, STBLG=_DOC, STJAH=_YEAR, USNAM=_T),
    _table("ACDOCA", "RBUKRS GJAHR BELNR DOCLN", client="RCLNT", RLDNR=Constant("0L"), RBUKRS=_T, GJAHR=_YEAR, BELNR=_DOC,
           DOCLN=_POS, BLART=_T, BUDAT=_D, POPER=Padded(3), RACCT=_DOC, KOART=_T, DRCRK=_T, RWCUR=_T, WSL=_A, RHCUR=_T,
           HSL=_A, RKCUR=_T, KSL=_A, RCNTR=_T, KUNNR=_DOC, LIFNR=_DOC, MATNR=_MAT, WERKS=_T, MSL=_Q, RASSC=_T, AWTYP=_T,
           AWREF=_T),
    _open_items("BSID", "KUNNR", is_master=True),
    _open_items("BSAD", "KUNNR", is_master=False),
    _open_items("BSIK", "LIFNR", is_master=True),
    _open_items("BSAK", "LIFNR", is_master=False),
    # Purchasing and production
    _table("EKKO", "EBELN", EBELN=_DOC, BUKRS=_T, BSTYP=_T, BSART=_T, AEDAT=_D, BEDAT=_D, LIFNR=_DOC, EKORG=_T, ZTERM=_T,
           WAERS=_T, WKURS=Decimal(5), LOEKZ=_T),
    _table("EKPO", "EBELN EBELP", is_master=True, EBELN=_DOC, EBELP=Padded(5), MATNR=_MAT, WERKS=_T, LGORT=_T, MENGE=_Q,
           MEINS=_T, NETPR=_A, PEINH=_N, NETWR=_A, ELIKZ=_X, EREKZ=_X, LOEKZ=_T),
    _table("EKET", "EBELN EBELP ETENR", is_master=True, EBELN=_DOC, EBELP=Padded(5), ETENR=Padded(4), EINDT=_D, MENGE=_Q,
           WEMNG=_Q),
    _table("EKBE", "EBELN EBELP VGABE GJAHR BELNR BUZEI", EBELN=_DOC, EBELP=Padded(5), VGABE=_T, GJAHR=_YEAR, BELNR=_DOC,
           BUZEI=Padded(4), BEWTP=_T, BWART=_T, BUDAT=_D, MENGE=_Q, DMBTR=_A, WRBTR=_A, WAERS=_T, SHKZG=_T, XBLNR=_T),
    _table("AFKO", "AUFNR", is_master=True, AUFNR=Padded(12), GSTRP=_D, GLTRP=_D, GSTRI=_D, GETRI=_D, PLNBEZ=_MAT,
           GAMNG=_Q, IGMNG=_Q, IASMG=_Q, GMEIN=_T, STLNR=Padded(8)),
    _table("AFPO", "AUFNR POSNR", is_master=True, AUFNR=Padded(12), POSNR=Padded(4), MATNR=_MAT, PWERK=_T, PSMNG=_Q,
           PSAMG=_Q, WEMNG=_Q, LTRMI=_D, ELIKZ=_X),
    _table("STPO", "STLTY STLNR STLKN", is_master=True, STLTY=_T, STLNR=Padded(8), STLKN=Padded(8), DATUV=_D, IDNRK=_MAT,
           MENGE=_Q, MEINS=_T, AUSCH=Decimal(2), LKENZ=_X),
    # People
    _table("PA0000", "PERNR BEGDA SEQNR", is_master=True, PERNR=Padded(8), BEGDA=_D, ENDDA=_D, SEQNR=Padded(3), MASSN=_T,
           MASSG=_T, STAT2=_T),
    _table("PA0001", "PERNR BEGDA", is_master=True, PERNR=Padded(8), BEGDA=_D, ENDDA=_D, BUKRS=_T, WERKS=_T, PERSG=_T,
           PERSK=_T, KOSTL=_T, ORGEH=Padded(8), PLANS=Padded(8), STELL=Padded(8), SNAME=_T, ENAME=_T),
    _table("PA0008", "PERNR BEGDA", is_master=True, PERNR=Padded(8), BEGDA=_D, ENDDA=_D, TRFGR=_T, BSGRD=Decimal(2),
           ANSAL=_A, WAERS=_T),
)  # fmt: skip
"""is_master: versions of a row may come in any later month."""
