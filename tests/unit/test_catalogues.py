"""Every sentence of the interface is in every catalogue, with its fields, and none is there that nobody says."""

import re
import string
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.locales import LANGUAGES, language_name, locale, supported, thousands, translator
from bot.locales.particles import PARTICLES

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
    folder = str(locale(request.param))
    with files("bot.locales").joinpath(folder, "LC_MESSAGES", "daily_papers.po").open("rb") as source:
        return read_po(source, locale=folder, abort_invalid=True)


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


def test_each_translation_has_as_many_forms_as_its_language_counts_with(catalogue):
    rule = Locale.parse(catalogue.locale).plural_form
    wanted = {rule(number) for number in range(200)}
    assert catalogue.num_plurals == len(wanted)
    for message in entries(catalogue).values():
        if message.pluralizable:
            assert isinstance(message.string, tuple), message.id
            assert len(message.string) == len(wanted), message.id


def test_a_catalogue_says_whose_it_is(catalogue):
    assert str(catalogue.locale) in (str(locale(language)) for language in TRANSLATED)
    assert catalogue.header_comment == "" or "Translations template" not in catalogue.header_comment


def test_only_the_korean_catalogue_has_particles_to_choose(catalogue):
    marks = re.compile(r"\([가-힣]+\)")
    for message in entries(catalogue).values():
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            for mark in marks.finditer(text):
                assert str(catalogue.locale) == "ko", text
                assert any(mark[0] in one for one in PARTICLES), text


def test_no_korean_particle_behind_a_field_is_a_guess():
    with files("bot.locales").joinpath("ko", "LC_MESSAGES", "daily_papers.po").open("rb") as source:
        catalogue = read_po(source, locale="ko")
    guess = re.compile(r"\{\w+\}[”’\"]?(?:은|는|이|가|을|를|과|와|로|으로|이나|나)(?=[ .,!?]|$)")
    for message in entries(catalogue).values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not any(guess.search(text) for text in texts), message.id


def test_sentences_are_translated_and_english_is_their_own():
    assert translator("ko").gettext("Authors") == "저자"
    assert translator("ja").gettext("Authors") == "著者"
    assert translator("zh-Hans").gettext("Authors") == "作者"
    assert translator("en").gettext("Authors") == "Authors"
    assert translator("xx").gettext("Authors") == "Authors"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ko", "ko"), ("ko-KR", "ko"), ("en_US", "en"), ("EN-gb", "en"), ("ja-JP", "ja"), ("ja", "ja"),
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh_CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-hans", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"), ("zh-TW", "zh-Hans"), ("zh-Hant", "zh-Hans"), ("zh-hk", "zh-Hans"), ("yue", "zh-Hans"),
        ("fr", None), (None, None), ("", None), ("-", None), ("zhx", None), ("kok", None),
    ],
)  # fmt: skip
def test_a_platforms_tag_stands_for_an_interface_language(tag, language):
    assert supported(tag) == language


@given(st.text(max_size=20))
def test_any_tag_is_one_of_ours_or_none(tag):
    assert supported(tag) in {*LANGUAGES, None}
    assert translator(tag).gettext("Authors")
    assert language_name(tag, "ja") == tag or locale(tag)


@pytest.mark.parametrize(
    ("tag", "reader", "name"),
    [
        ("en", "ko", "영어"), ("en", "ja", "英語"), ("ko", "zh-Hans", "韩语"), ("zh-Hans", "zh-Hans", "简体中文"),
        ("zh-CN", "en", "Chinese (Simplified)"), ("fr", "ko", "프랑스어"), ("xx", "en", "xx"),
    ],
)  # fmt: skip
def test_a_language_has_a_name_in_each_other(tag, reader, name):
    assert language_name(tag, reader) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_are_set_apart(language):
    assert thousands(5487, language) == "5,487"
