"""Every sentence of the interface is in every catalogue, with its fields, and none is there that nobody says."""

import string
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot
from bot.locales import LANGUAGES, supported, translator

SOURCES = Path(bot.__file__).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def sentences():
    """All msgids that the sources name: one text, or the singular and the plural."""
    keywords = {"gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(SOURCES, [("**.py", "python")], keywords=keywords)
    return {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request) -> Catalog:
    with files("bot.locales").joinpath(request.param, "LC_MESSAGES", "daily_papers.po").open("rb") as source:
        return read_po(source, locale=request.param, abort_invalid=True)


def entries(catalogue):
    return {message.id: message for message in catalogue if message.id}


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_is_translated(sentences, catalogue):
    assert sentences - set(entries(catalogue)) == set()


def test_no_entry_is_stale(sentences, catalogue):
    assert set(entries(catalogue)) - sentences == set()
    assert not catalogue.obsolete


def test_no_entry_is_empty_or_a_guess(catalogue):
    for message in entries(catalogue).values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id


def test_each_translation_has_the_fields_of_its_sentence(catalogue):
    for message in entries(catalogue).values():
        wanted = fields(message.id) if isinstance(message.id, str) else fields(message.id[1])
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(fields(text) == wanted for text in texts), message.id


def test_sentences_are_translated_and_english_is_their_own():
    assert translator("ko").gettext("Authors") == "저자"
    assert translator("en").gettext("Authors") == "Authors"
    assert translator("xx").gettext("Authors") == "Authors"


@pytest.mark.parametrize(
    ("tag", "language"), [("ko", "ko"), ("ko-KR", "ko"), ("en_US", "en"), ("fr", None), (None, None), ("", None)]
)
def test_a_platforms_tag_stands_for_an_interface_language(tag, language):
    assert supported(tag) == language
