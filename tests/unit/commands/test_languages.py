"""The bot as people meet it in each language of the interface."""

import datetime as dt
import re

import pytest

from bot.commands.command_line import COMMANDS, nearest_command
from bot.commands.dates import read_date
from bot.commands.hours import read_hour
from bot.commands.orders import Order, read_order
from bot.commands.setting_values import SETTINGS, Setting, read_setting, setting_name
from bot.commands.zones import read_zone
from bot.locales import LANGUAGES, translator
from bot.settings import Settings
from tests.unit.commands.conftest import GROUP

TODAY = dt.date(2024, 3, 30)
# Questions that reach most sentences, faults among them.
ASKED = (
    "/start", "/help", "/day", "/day 2024-02-30", "/day 03/04/2023", "/day x",
    "/day 2024-03-30", "/day 2022-01-01", "/day 2030-01-01", "/paper", "/paper x", "/paper 9999.99999", "/search", "/search qqqq",
    "/subscribe 25:00", "/subscribe 9 Seuol", "/subscribe", "/subscribe 9 Tokyo", "/subscribe", "/settings", "/settings weekdays mon,wed",
    "/settings weekdays 1", "/settings shape x", "/settings top", "/settings x", "/settings top 5", "/todya", "/", "hello there", "/unsubscribe",
    "/unsubscribe", "/similar", "/similar x", "/similar 2403.18361", "/author", "/author Qq Zz", "/author Qihang Fan", "/trending",
    "/top 2024-03", "/top x", "/top 2023-06",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_whole_conversation_is_in_the_persons_language(scene, language):
    scene = scene.other(language=language, settings=Settings(default_language="en"))
    for number, asked in enumerate(ASKED):
        # Each asked by another person, for nobody is answered so often in a second.
        words = await scene.words(asked, person=str(number))
        assert words, asked
        assert not re.search(r"[{}]|\((?:은|는|이|가|을|를|과|와|으)\)", words), words
        if language != "en":
            assert not sentences_of_english(words), (asked, words)


def sentences_of_english(words):
    """Runs of four lower-case words: what is left of English in another language are names and examples."""
    return re.findall(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}\b", re.sub(r"[“「].*?[”」]", "", words))


@pytest.mark.parametrize(
    ("tag", "said"), [("ja-JP", "購読"), ("zh-CN", "订阅"), ("zh-TW", "订阅"), ("zh-hans", "订阅"), ("ko-KR", "구독")]
)
async def test_the_language_is_the_one_of_the_persons_app(scene, tag, said):
    assert said in await scene.words("/unsubscribe", language=tag)


async def test_a_group_speaks_the_operators_language(scene):
    scene = scene.other(settings=Settings(default_language="zh-Hans"))
    (message,) = await scene.in_group("/settings", language="ja", addressed=True)
    assert message.heading == "本聊天的设置"
    assert scene.chat(GROUP) is None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("日本語", "言語：日本語"), ("ja", "言語：日本語"), ("简体中文", "语言：简体中文"), ("zh-CN", "语言：简体中文"), ("한국어", "언어: 한국어"), ("english", "Language: English"),
    ],
)  # fmt: skip
async def test_the_language_is_changed_and_the_answer_comes_in_it(scene, typed, answer):
    assert (await scene.words(f"/settings language {typed}")).replace(": ", "：") == answer.replace(": ", "：")


async def test_the_languages_are_offered_with_their_own_names(scene):
    words = await scene.words("/settings language")
    assert "ko (한국어) · en (English) · ja (日本語) · zh-Hans (简体中文)" in words


@pytest.mark.parametrize(
    ("asked", "language", "said"),
    [
        ("/昨日", "ja", "Daily Papers · 2024-03-27 (水)"), ("/日付 3月28日", "ja", "Daily Papers · 2024-03-28 (木)"),
        ("昨天", "zh-Hans", "Daily Papers · 2024-03-27 (周三)"), ("/日期 前天", "zh-Hans", "Daily Papers · 2024-03-27 (周三)"),
        ("3月28日の論文", "ja", "Daily Papers · 2024-03-28 (木)"), ("3月28号", "zh-Hans", "Daily Papers · 2024-03-28 (周四)"),
        ("/購読 午前9時 東京", "ja", "は3月29日(金) 09:00（東京時間）に"), ("/订阅 上午9点 北京", "zh-Hans", "首次将于3月29日周五 09:00（上海时间）发送"),
        ("/設定 曜日 月水金", "ja", "月、水、金"), ("/设置 星期 周一三五", "zh-Hans", "周一、周三和周五"),
    ],
)  # fmt: skip
async def test_words_of_the_language_are_understood(scene, asked, language, said):
    await scene.fetched("2024-03-27", "2024-03-28")
    assert said in await scene.words(asked, language=language)


async def test_a_language_that_the_interface_has_not_needs_a_language_model(scene):
    words = await scene.words("/settings language français")
    assert "Summaries in French would need a language model" in words
    assert "zh-Hans" in words
    assert scene.chat() is None


async def test_with_a_language_model_summaries_come_in_any_language(scene):
    scene = scene.other(settings=Settings(default_language="en", llm_api_url="http://127.0.0.1:9", llm_model="m"))
    assert "any other, such as fr" in await scene.words("/settings language")
    words = await scene.words("/설정 언어 프랑스어")
    assert words.startswith("Language: French\nSummaries come in French")
    assert scene.chat().language == "fr"
    assert "Settings of this chat" in await scene.words("/settings")
    assert "Subscribed" in await scene.words("/subscribe 9 Paris")
    assert "(English)" in (await scene.ask("/day 2024-03-28"))[1].footer


# What the catalogues tell people to write, by the sentence that tells it.
DAYS = ("Write it like 2024-03-28, March 28, yesterday or last friday.", "A day: 2024-03-28, yesterday, last friday")
HOURS = ("Write it like 9, 09:30, 9 PM or 21:00.", "an hour of the day, such as 08:00")
ZONES = ("Write a city or an offset: Seoul, New York, Europe/London, UTC+9.",)


def examples(language, sentence):
    """The pieces of a sentence between its commas that have a digit or are names, without the words around them."""
    told = translator(language).gettext(sentence)
    told = re.sub(r"^.*?(?:Write it like|such as|请写成|请写城市或时差：|例：|例如 |예:|[^\d]: |：)\s*", "", told)
    told = re.sub(r"\s*(?:처럼 적어.*|のように.*|这样的形式.*|[.。)）])$", "", told)
    return [piece.strip(" .。)）") for piece in re.split(r",|、| or | 或 | 또는 ", told) if piece.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", DAYS)
def test_the_days_that_a_language_gives_as_examples_can_be_read(language, sentence):
    found = examples(language, sentence)
    assert len(found) >= 3
    assert all(isinstance(read_date(one, TODAY), dt.date) for one in found), found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", HOURS)
def test_the_hours_that_a_language_gives_as_examples_can_be_read(language, sentence):
    found = examples(language, sentence)
    assert found
    assert all(isinstance(read_hour(one), dt.time) for one in found), found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", ZONES)
def test_the_places_that_a_language_gives_as_examples_can_be_read(language, sentence):
    found = examples(language, sentence)
    assert len(found) == 4
    assert all(isinstance(read_zone(one), str) for one in found), found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_and_the_weekdays_that_a_language_gives_as_examples_can_be_read(language):
    words = translator(language)
    order = read_order(words.gettext("09:00 Seoul"))
    assert isinstance(order, Order)
    assert order.zone
    weekdays = words.gettext("everyday, weekdays, mon-fri or mon,wed,fri")
    for one in re.split(r", |、| or ", weekdays):
        assert isinstance(read_setting("weekdays", one), Setting), one
    shapes = words.gettext("each (one message a paper) or compact (one list)")
    for one in re.split(r", |、| or |或 ?", re.sub(r"[(（].*?[)）]", "", shapes)):
        assert isinstance(read_setting("shape", one.strip()), Setting), one
    assert isinstance(read_setting("top", words.gettext("all")), Setting)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_setting_is_known_by_the_name_that_it_is_shown_with(language):
    for name, label in zip(
        SETTINGS, ("Time", "Time zone", "Weekdays", "Language", "Form", "Papers a day", "Least votes"), strict=True
    ):
        shown = translator(language).gettext(label)
        assert setting_name(shown) == name, shown


def test_a_mistyped_word_of_any_language_offers_a_command():
    assert nearest_command("ヘルブ") == "help"
    assert nearest_command("取消订") == "unsubscribe"
    assert nearest_command("設定する") in COMMANDS
