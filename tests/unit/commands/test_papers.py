"""/paper and /search."""

import pytest

from tests.fakes.hub import arxiv_entry
from tests.unit.commands.conftest import all_words


@pytest.mark.parametrize(
    "text",
    [
        "/paper 2403.18361", "/paper 2403.18361v2", "/paper arXiv:2403.18361", "/논문 https://arxiv.org/abs/2403.18361v1",
        "/paper https://huggingface.co/papers/2403.18361", "/paper https://www.alphaxiv.org/abs/2403.18361", "/2403.18361",
        "/search 2403.18361", "2403.18361", "https://arxiv.org/pdf/2403.18361.pdf",
    ],
)  # fmt: skip
async def test_a_paper_is_shown_by_its_id_or_address(scene, hub, text):
    await scene.fetched("2024-03-28")
    hub.requests.clear()
    (message,) = await scene.ask(text)
    assert message.link == "https://arxiv.org/abs/2403.18361"
    assert message.bullets
    assert not message.silent
    assert hub.requests == []


async def test_a_paper_that_is_not_here_comes_from_the_hub(scene):
    (message,) = await scene.ask("/paper 2403.18361")
    assert message.heading == "ViTAR: Vision Transformer with Any Resolution"


async def test_a_paper_that_the_hub_does_not_know_comes_from_arxiv(scene, hub):
    hub.arxiv["cs/0112017"] = arxiv_entry("cs/0112017", "An Old Paper", abstract="It is old. It is still good.")
    (message,) = await scene.ask("/paper cs.DL/0112017")
    assert message.heading == "An Old Paper"


async def test_an_unknown_paper_offers_the_ids_that_look_like_it(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/paper 2403.18316")
    assert "Neither Hugging Face nor arXiv knows a paper 2403.18316" in words
    assert "2403.18361 · ViTAR" in words


async def test_a_paper_is_not_unknown_because_nobody_could_be_asked(scene, hub):
    hub.fail(503, 99)
    words = await scene.words("/paper 2403.99999")
    assert "can be asked now" in words
    assert "knows" not in words


async def test_a_mistyped_id_offers_the_nearest(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/paper 2403.1836l")
    assert "is not the id of a paper" in words
    assert "2403.18361" in words


async def test_words_after_paper_offer_a_search(scene):
    assert "/search vision transformer" in await scene.words("/paper vision transformer")


async def test_without_an_id_an_example_is_given(scene):
    assert "/paper 2403.18361" in await scene.words("/paper")


async def test_a_search_shows_titles_with_links_votes_and_days(scene):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask("/search vision transformer")
    first = message.entries[0]
    assert first.title.startswith("ViTAR")
    assert first.link == "https://arxiv.org/abs/2403.18361"
    assert first.facts.startswith("👍 ")
    assert first.facts.endswith(" · 2024-03-28")
    assert "Search: vision transformer" in message.heading


async def test_a_search_shows_ten_and_says_how_many_there_are(scene):
    await scene.fetched("2024-03-27")
    (message,) = await scene.ask("/search invented paper")
    assert len(message.entries) == 10
    assert "123 papers" in all_words([message])
    assert "›" in [button.label for button in message.buttons]


@pytest.mark.parametrize(
    "text", ["/search 없는낱말입니다", "/author Nobody Atall", "/trending", "/top 2023-06", "/day 2024-03-24"]
)
async def test_that_there_is_nothing_concerns_the_asker_alone(scene, text):
    (message,) = await scene.in_group(text, addressed=True)
    assert message.paragraphs
    assert message.private


async def test_a_search_for_nothing_known_helps_on(scene):
    words = await scene.words("/search 없는낱말입니다", language="ko")
    assert "“없는낱말입니다”가 들어 있는 논문이 없습니다." in words


@pytest.mark.parametrize("text", ['" OR 1', "title:*", "NEAR(a b)", "a AND", "'; DROP TABLE paper; --"])
async def test_a_search_is_never_syntax(scene, text):
    assert "No paper here holds" in await scene.words(f"/search {text}")


@pytest.mark.parametrize("text", ["", "***", '"', "?!"])
async def test_a_search_without_a_word_asks_for_one(scene, text):
    assert "Which words?" in await scene.words(f"/search {text}")


async def test_without_words_an_example_is_given(scene):
    assert "/search diffusion models" in await scene.words("/search")
    assert "since:2024-05 · votes:>20" in await scene.words("/search")


@pytest.mark.parametrize(
    ("text", "told"),
    [("vision since:soon", "since:2024-05"), ("vision votes:>many", "votes:>20"), ("비전 이후:언젠가", "이후:2024-05")],
)
async def test_a_bound_that_is_none_is_told_to_be_but_words(scene, text, told):
    await scene.fetched("2024-03-28")
    assert f"For example: {told}" in await scene.words(f"/search {text}")


@pytest.mark.parametrize("text", ["vision since:2024-01", "vision votes:>1", "vision https://example.org", "a:b vision"])
async def test_of_other_words_with_a_colon_nothing_is_told(scene, text):
    await scene.fetched("2024-03-28")
    assert "For example:" not in await scene.words(f"/search {text}")
