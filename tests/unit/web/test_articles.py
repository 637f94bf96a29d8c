"""Papers on a page of many: escaped, light, and the first of them whole where a page could not hold all of them."""

from dataclasses import replace

import pytest
from lxml import html

from bot.message import NESTED
from bot.web.articles import MOST_BYTES, articles
from bot.web.views import Bullets, Card, Link

LINE = "긴 요약의 한 줄입니다. " * 12


def card(number: int, lines: int = 4, line: str = LINE) -> Card:
    return Card(
        id=f"2404.{number:05}",
        title=f"Title {number}",
        address=f"/paper/2404.{number:05}",
        picture="https://huggingface.co/a.png",
        facts="👍 1",
        authors="A, B",
        keywords="🏷 vision",
        bullets=Bullets(lang="ko", lines=(line,) * lines, source="요약"),
        source="요약: 누군가",
        links=(Link(text="arXiv", url="https://arxiv.org/abs/1"),),
    )


def shown(cards: list[Card], language: str = "ko") -> list[html.HtmlElement]:
    written = articles(cards, language)
    return list(html.fromstring(f"<main>{written}</main>").xpath("//article"))


def test_a_paper_has_all_its_parts_in_their_order():
    (one,) = shown([card(1)])
    assert [part.tag for part in one] == ["h2", "img", "p", "p", "p", "ul", "p", "div"]
    assert [part.text for part in one.xpath("./p")] == ["👍 1", "A, B", "🏷 vision", "요약: 누군가"]
    assert one.xpath("./ul/li/text()") == [LINE] * 4
    assert one.xpath("./div/a/text()") == ["arXiv"]
    assert one.xpath("./h2/a/@lang") == ["en"]
    assert one.xpath("./ul/@lang") == []
    assert one.xpath("./img/@loading") == []
    assert shown([card(1), card(2)], "en")[1].xpath("./img/@loading | ./ul/@lang") == ["lazy", "ko"]


def test_a_line_under_another_is_a_list_of_its_own():
    lines = ("Sizes", f"{NESTED}7B & 70B", f"{NESTED}405B", "Licence")
    (one,) = shown([replace(card(1), bullets=Bullets(lang="ko", lines=lines, source="요약"))])
    assert one.xpath("./ul/li/text()") == ["Sizes", "Licence"]
    assert one.xpath("./ul/li[1]/ul/li/text()") == ["7B & 70B", "405B"]
    # Whose own line was lost is a point like others.
    (one,) = shown([card(1, 1, f"{NESTED}70B")])
    assert (one.xpath("./ul/li/text()"), one.xpath("./ul/li/ul")) == (["70B"], [])


def test_what_a_page_can_hold_is_not_cut():
    assert [len(one.xpath(".//li")) for one in shown([card(number) for number in range(12)])] == [4] * 12


@pytest.mark.parametrize("papers", [30, 46, 60])
def test_a_long_day_stays_light_and_every_paper_is_in_it(papers: int):
    cards = [card(number) for number in range(papers)]
    assert len(articles(cards, "ko").encode()) <= MOST_BYTES
    lines = [len(one.xpath(".//li")) for one in shown(cards)]
    assert len(lines) == papers
    assert lines == sorted(lines, reverse=True)
    assert lines[-1] >= (1 if papers < 60 else 0)
    last = shown(cards)[-1]
    assert last.xpath("./div/a/text()") == [f"요약 {4 - lines[-1]}줄 더", "arXiv"]
    assert last.xpath("./div/a/@href")[0] == cards[-1].address


def test_nothing_is_cut_for_a_link_that_is_longer_than_it():
    assert any(len(one.xpath(".//li")) < 6 for one in shown([card(number, 6, "짧은 줄") for number in range(200)]))
    assert all(len(one.xpath(".//li")) == 4 for one in shown([card(number, line="짧다") for number in range(200)]))


def test_each_text_is_escaped():
    evil = "</li></article><script>alert('1')</script>&\"x"
    one = Card(
        id='"><b>', title=evil, address='/"><b>', picture='https://huggingface.co/"><b>.png', facts=evil, authors=evil,
        keywords=evil, bullets=Bullets(lang='"><b>', lines=(evil,), source=evil), source=evil,
        links=(Link(text=evil, url='https://x/"><b>'),),
    )  # fmt: skip
    (article,) = shown([one])
    assert article.xpath("//script | //b") == []
    assert [part.text for part in article.xpath("./p")] == [evil] * 4
    assert (article.xpath("string(./h2)"), article.xpath("string(.//li)"), article.xpath("string(./div)")) == (evil,) * 3
    assert article.get("id") == '"><b>'
    assert article.xpath(".//a/@href") == ['/"><b>', 'https://x/"><b>']
