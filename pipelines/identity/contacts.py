"""Phones, e-mail addresses, web domains, tax ids and dates as they are compared."""

import re
from functools import cache

import phonenumbers
from publicsuffixlist import PublicSuffixList

FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.jp ymail.com
    rocketmail.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.com
    outlook.de outlook.fr live.com live.co.uk live.nl msn.com aol.com icloud.com me.com mac.com gmx.de gmx.net
    gmx.at gmx.ch gmx.com web.de freenet.de t-online.de arcor.de mail.com mail.ru bk.ru inbox.ru list.ru
    yandex.ru yandex.com rambler.ru proton.me protonmail.com pm.me posteo.de mailbox.org zoho.com qq.com
    163.com 126.com sina.com naver.com daum.net hanmail.net orange.fr wanadoo.fr free.fr laposte.net sfr.fr
    neuf.fr libero.it virgilio.it alice.it tin.it tiscali.it terra.es telefonica.net btinternet.com
    btopenworld.com sky.com virginmedia.com ntlworld.com comcast.net verizon.net att.net sbcglobal.net
    bellsouth.net cox.net charter.net earthlink.net rogers.com shaw.ca sympatico.ca bigpond.com bigpond.net.au
    optusnet.com.au telia.com bluewin.ch hispeed.ch sunrise.ch ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl
    skynet.be telenet.be wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz volny.cz atlas.cz uol.com.br
    bol.com.br terra.com.br rediffmail.com example.com example.org
    """.split()  # noqa: SIM905  # words read best as words
)
"""Domains whose addresses belong to anybody: they say nothing about a company."""

SHARED_MAILBOXES = frozenset(
    """
    info office mail contact kontakt sales service support admin webmaster hello post einkauf verkauf vertrieb
    purchasing accounts accounting buchhaltung invoice invoices rechnung enquiries contacto contatto ventas
    commercial noreply no-reply
    """.split()  # noqa: SIM905  # words read best as words
)
_FEWEST_DIGITS = 6
_EMAIL = re.compile(r"([^\s<>,;:@]+)@([a-z0-9.-]+\.[a-z]{2,})")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@\s]*@)?([^/:?#\s]+)")


def phone_number(phone: str, country: str | None) -> str | None:
    """Return the national number of ``phone`` in digits, without country code and trunk prefix; None when it is none.

    ``country`` (ISO code) says how a number without country code is dialled. Extensions are left out.
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) < _FEWEST_DIGITS or len(set(digits)) == 1:
        return None
    try:
        parsed = phonenumbers.parse(phone.replace("(0)", ""), country)
    except phonenumbers.NumberParseException:
        return digits.lstrip("0")[-9:] or None
    return str(parsed.national_number)


def email_address(email: str) -> str | None:
    """Return the address in ``email`` in small letters without a tag after ``+``; None when there is none."""
    found = _EMAIL.search(email.lower())
    return f"{found.group(1).split('+')[0]}@{found.group(2).strip('.')}" if found else None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def company_domain(address: str) -> str | None:
    """Return the registrable domain of a web or e-mail address; None for one that anybody can have, or none at all.

    The public suffix list is the one in the package; nothing is fetched.
    """
    found = _HOST.match(address.strip().lower().rpartition("@")[2] if "@" in address else address.strip().lower())
    if not found or "." not in found.group(1):
        return None
    domain = _suffixes().privatesuffix(found.group(1).strip("."))
    return None if domain is None or domain in FREE_MAIL else str(domain)


def tax_number(tax_id: str) -> str | None:
    """Return the digits of ``tax_id`` where it has six or more, else its letters and digits; None when that is under five."""
    digits = re.sub(r"\D", "", tax_id)
    plain = digits if len(digits) >= _FEWEST_DIGITS else re.sub(r"[^A-Z0-9]", "", tax_id.upper())
    return plain if len(plain) >= 5 and len(set(plain)) > 1 else None


def birth_date(text: str) -> str | None:
    """Return a date as eight digits, year first; of 03/04/1990 the first number is taken for the day. None when it is none.

    A day or month that cannot be is kept: it is a slip, and the rest of the date still says something.
    """
    parts = re.findall(r"\d+", text.strip()[:10])
    if len(parts) >= 3 and len(parts[0]) == 4:
        year, month, day = parts[:3]
    elif len(parts) >= 3 and len(parts[2]) == 4:
        day, month, year = parts[:3]
        if int(month) > 12 >= int(day):
            day, month = month, day
    elif len(parts) == 1 and len(parts[0]) == 8:
        year, month, day = parts[0][:4], parts[0][4:6], parts[0][6:]
    else:
        return None
    return f"{year}{month:0>2}{day:0>2}"[:8]
