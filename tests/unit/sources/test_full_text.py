"""Papers' whole texts: the Hub's Markdown, else arXiv's HTML, without what is not the paper's own prose."""

import httpx
import pytest
from aiohttp import web

from bot.sources.full_text import FullText, main_part, text_of
from bot.sources.http import Patience

LONG = "The otter is counted here. " * 200
PAGE = f"""<html><head><title>x</title><style>p {{ color: red }}</style></head><body><nav>Menu</nav>
<h1>OtterMap</h1><section><p>We count otters with error <math alttext="\\epsilon"><mi>ε</mi><annotation>junk</annotation></math>
below 9%.</p><p>{LONG}</p><figure><img/>Figure 1</figure><table><tr><td>91.4</td></tr></table></section>
<h2>References</h2><p>Somebody, 1999.</p><script>alert(1)</script></body></html>"""


class Serving:
    """A Hub and an arXiv in one, with what `answers` holds by path."""

    def __init__(self):
        self.answers: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, request):
        self.asked.append(request.path)
        status, text = self.answers.get(request.path, (404, "Not found"))
        return web.Response(status=status, text=text)


@pytest.fixture
async def serving():
    one = Serving()
    app = web.Application()
    app.router.add_get("/{path:.*}", one.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield one
    await runner.cleanup()


@pytest.fixture
async def texts(serving):
    async with httpx.AsyncClient() as client:
        yield FullText(client, serving.url, serving.url, patience=Patience(attempts=1))


async def test_the_hubs_markdown_comes_first(serving, texts):
    serving.answers["/papers/2403.00001.md"] = (200, f"# OtterMap\n![picture](x.png)\n{LONG}\n# References\nSomebody")
    text = await texts.text("2403.00001")
    assert text.startswith("# OtterMap")
    assert "picture" not in text
    assert "Somebody" not in text
    assert serving.asked == ["/papers/2403.00001.md"]


@pytest.mark.parametrize(
    "answer", [(404, "no"), (200, "<!doctype html><p>Sign in</p>"), (200, "The abstract alone."), (503, "")]
)
async def test_else_arxivs_page(serving, texts, answer):
    serving.answers["/papers/2403.00001.md"] = answer
    serving.answers["/html/2403.00001"] = (200, PAGE)
    text = await texts.text("2403.00001")
    assert text.startswith("OtterMap\nWe count otters with error \\epsilon below 9%.")


async def test_who_has_no_text_gives_none(texts):
    assert await texts.text("2403.00001") == ""


def test_a_page_is_read_without_menus_scripts_tables_and_pictures():
    text = text_of(PAGE)
    for gone in ("Menu", "alert", "junk", "color", "Figure 1", "91.4"):
        assert gone not in text
    assert "below 9%." in text


def test_references_end_a_text_but_the_word_does_not():
    assert (
        main_part("We follow the references.\n" * 5 + "7. References\nA\nB") == ("We follow the references.\n" * 5).strip()
    )
    assert main_part("References\n" + "x\n" * 50).startswith("References")


@pytest.mark.parametrize(
    "page", ["<p>open <b>and <figure>never closed", "</p></figure>", "<math>", "<" * 1000, "&amp;&#x0;"]
)
def test_broken_pages_are_read_all_the_same(page):
    assert isinstance(text_of(page), str)
