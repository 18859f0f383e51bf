"""The page about the company shows every picture, and asks nothing of anybody."""

import re
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipelines.demo.drops import advance
from pipelines.demo.report import PICTURES, write_report
from pipelines.errors import ConcordError
from pipelines.home import Home

LOADS = {"src", "href", "xlink:href", "data", "action", "poster", "srcset", "background"}
NAMES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/xmlns/")
SVG = f"{{{NAMES[0]}}}"
DRAWN = {f"{SVG}{kind}" for kind in ("path", "line", "rect", "circle", "text")}


class Page(HTMLParser):
    """What a page would make a browser load: tags that load, and addresses in attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag and the addresses it names, but for those inside the page."""
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in LOADS and value and not value.startswith("#")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report on a tiny company with some months behind it and two days of deltas."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.create()
    advance(home.root / "demo", scale="tiny", history_end=date(2024, 10, 31), days=2)
    target = write_report(home)
    assert target == home.root / "demo" / "report.html"
    assert not list(home.work.iterdir())
    return target.read_text(encoding="utf-8")


def test_every_question_has_its_picture(page: str) -> None:
    sections = re.findall(r"<section>(.*?)</section>", page, flags=re.DOTALL)
    assert len(sections) == len(PICTURES)
    for section, picture in zip(sections, PICTURES, strict=True):
        assert f"<h2>{escape(picture.question)}</h2>" in section
        assert escape(picture.expected) in section
        (drawing,) = re.findall(r"<svg.*</svg>", section, flags=re.DOTALL)
        marks = [element for element in ElementTree.fromstring(drawing).iter() if element.tag in DRAWN]
        assert len(marks) > 20, picture.question
        assert "NaN" not in drawing, picture.question


def test_page_says_which_company_it_shows(page: str) -> None:
    assert "The tiny company of seed 1, up to 02 November 2024" in page


def test_page_has_no_link_to_the_outside(page: str) -> None:
    parsed = Page(page)
    assert parsed.addresses == []
    assert not parsed.tags & {"script", "link", "iframe", "img", "object", "embed", "base", "form", "a"}
    for name in NAMES:
        page = page.replace(name, "")
    assert not re.search(r"//\w|@import|url\((?!#)", page)


def test_report_without_a_company_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConcordError, match="no demo company"):
        write_report(Home(tmp_path))
