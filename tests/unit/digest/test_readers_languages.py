"""Which text a reader of each language gets of a paper, and that its language is told when it is not theirs."""

from dataclasses import replace

import pytest

from bot.digest.compose import compose_day, compose_paper
from bot.locales import LANGUAGES
from bot.model import Choice, Paper, Summary, SummarySource
from bot.sample import sample_day

DAY, SAMPLE = sample_day()
BARE = Paper(id="2403.18361", title="Otters counted")
ABSTRACT = replace(BARE, abstract="We count otters. Drones see them. The count is right.")
HUB = replace(ABSTRACT, hub_summary="Otters are counted by drones.")


def written(language, source=SummarySource.SAMPLE):
    return Summary(language=language, source=source, bullets=(f"In {language}.",), model="m", verified=True)


@pytest.mark.parametrize(
    ("paper", "language", "bullet", "told"),
    [
        (replace(HUB, summaries=(written("ko"), written("en"), written("ja"))), "ja", "In ja.", "要約：サンプル用に書いたもの"),
        (replace(HUB, summaries=(written("ko"), written("en"))), "ja", "In en.", "要約：サンプル用に書いたもの (英語)"),
        (replace(HUB, summaries=(written("ko"), written("en"))), "zh-Hans", "In en.", "总结：为示例编写 (英语)"),
        (replace(HUB, summaries=(written("zh-CN"), written("en"))), "zh-Hans", "In zh-CN.", "总结：为示例编写"),
        (replace(HUB, summaries=(written("ko"),)), "ja", "Otters are counted by drones.", "要約：Hugging Face のモデルによる (英語)"),
        (HUB, "zh-Hans", "Otters are counted by drones.", "总结：由 Hugging Face 的模型生成 (英语)"),
        (HUB, "en", "Otters are counted by drones.", "Summary: by Hugging Face's model"),
        (HUB, "ko", "Otters are counted by drones.", "요약: Hugging Face의 모델 (영어)"),
        (replace(ABSTRACT, summaries=(written("ko"),)), "ja", "We count otters.", "このボットがアブストラクトから選んだ文 (英語)"),
        (ABSTRACT, "ko", "We count otters.", "이 봇이 초록에서 고른 문장 (영어)"),
        (replace(BARE, summaries=(written("ko"),)), "ja", "In ko.", "要約：サンプル用に書いたもの (韓国語)"),
        (replace(BARE, summaries=(written("ko"),)), "en", "In ko.", "Summary: written for the sample day (Korean)"),
        (replace(BARE, summaries=(written("ja", SummarySource.MODEL),)), "zh-Hans", "In ja.", "总结：由语言模型 m 生成 (日语)"),
    ],
)  # fmt: skip
def test_the_nearest_text_is_shown_and_its_language_told(paper, language, bullet, told):
    message = compose_paper(paper, language)
    assert message.bullets[0] == bullet
    assert message.footer == told


def test_a_paper_of_which_only_the_title_is_known_says_so_in_each_language():
    footers = {compose_paper(BARE, language).footer for language in LANGUAGES}
    assert len(footers) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "heading", "counted"),
    [
        ("ko", "Daily Papers · 2024-03-28 (목)", "논문 10편 가운데 4편"), ("en", "Daily Papers · 2024-03-28 (Thu)", "4 of 10 papers"),
        ("ja", "Daily Papers · 2024-03-28 (木)", "論文10本のうち4本"), ("zh-Hans", "Daily Papers · 2024-03-28 (周四)", "10 篇论文中的 4 篇"),
    ],
)  # fmt: skip
def test_a_digest_opens_in_the_readers_language(language, heading, counted):
    first, *papers = compose_day(DAY, SAMPLE, Choice(language=language, top=4))
    assert (first.heading, first.paragraphs) == (heading, (counted,))
    assert len(papers) == 4


def test_great_numbers_are_readable():
    assert compose_paper(replace(HUB, upvotes=1234, github_stars=56789), "ja").facts == "👍 1,234 · ⭐ 56,789"
