"""Pages name what there is: files, rooms of the code, addresses of the web; and ask no other host for anything."""

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from mkdocs.exceptions import PluginError

from bot.web.app import asked_for
from tests.documentation.reading import DOCS, ROOT, hooks, page

README = (ROOT / "README.md").read_text(encoding="utf-8")
# Of such an address the application has routes of its own.
_HEALTH = {"/healthz", "/readyz", "/metrics"}


def test_links_of_the_readme_lead_to_files():
    links = re.findall(r"(?:\]\(|src=\")(?!https?://)([^)\"#]+)", README)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_begins_with_its_two_commands():
    (first, *_) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make run", "make test"]


@pytest.mark.parametrize("room", sorted(path.parent.name for path in (ROOT / "bot").glob("*/__init__.py")))
def test_the_architecture_names_every_room(room: str):
    assert f"bot/{room}" in page("architecture.md")


def addresses(name: str) -> list[str]:
    rows = re.findall(r"^\| (`/.*?`) \|", page(name), re.MULTILINE)
    return [address for row in rows for address in re.findall(r"`(/[^`]*)`", row)]


@pytest.mark.parametrize("address", addresses("web.md"))
def test_an_address_of_the_page_on_the_web_is_one(address: str):
    parts = urlsplit(address)
    assert asked_for(parts.path.strip("/"), "ko", dict(parse_qsl(parts.query))) is not None


def test_addresses_of_health_are_those_that_are_told():
    assert set(addresses("operating.md")) == _HEALTH
    assert all(f'"{address}"' in (ROOT / "bot" / "web" / "health.py").read_text(encoding="utf-8") for address in _HEALTH)


def test_pictures_ask_no_other_host():
    for picture in (DOCS / "pictures").glob("*.svg"):
        assert not re.search(r"(?:href|src)=\"https?://|url\(https?:|@import", picture.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.html", '<script async src="https://cdn.example.org/a.js"></script>'),
        ("page.html", '<img alt="" src=//img.example.org/a.png>'),
        ("page.html", '<link rel="stylesheet" href="https://fonts.example.org/css">'),
        ("a.css", "p { background: url(https://img.example.org/a.png) }"),
    ],
)
def test_a_page_that_would_ask_another_host_is_not_built(tmp_path: Path, name: str, text: str):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PluginError, match=f"{name} would ask another host: .*example"):
        hooks.on_post_build(SimpleNamespace(site_dir=tmp_path))


def test_links_that_are_followed_are_no_such_thing(tmp_path: Path):
    (tmp_path / "page.html").write_text('<a href="https://example.org">x</a><img src="a.png">', encoding="utf-8")
    hooks.on_post_build(SimpleNamespace(site_dir=tmp_path))


def test_a_mark_that_names_no_list_is_said_with_its_page():
    with pytest.raises(PluginError, match=r"a\.md asks for a list that there is not: 'nonsense'"):
        hooks.on_page_markdown("<!-- generated: nonsense -->", SimpleNamespace(file=SimpleNamespace(src_uri="a.md")))
