"""Which papers pass a subscriber's filters, in whatever language and spelling."""

import pytest

from bot.digest.filters import has_words, passes
from bot.digest.select import chosen, items
from bot.model import Choice, Filters, Paper, Shape, Summary, SummarySource, read_filters

PAPER = Paper(
    id="2403.18361",
    title="Agentic World Models for RLHF: Text-to-Image in 3D",
    abstract="We learn naïve policies. A model of the world is not the same as a map.",
    authors=("Yann LeCun", "K. He", "José García", "홍길동"),
    organization="NVIDIA Research",
    keywords=("gaussian splatting",),
    summaries=(
        Summary(language="ko", source=SummarySource.IMPORTED, bullets=("가우시안 스플래팅을 GPT-4와 씁니다.", "확산 모델")),
        Summary(language="ja", source=SummarySource.MODEL, bullets=("拡散モデルがガウスを学習します。",)),
    ),
)


@pytest.mark.parametrize(
    "term",
    [
        "agent", "WORLD model", "maps", "worlds", '"model of the worlds"', '"world models"', '"world model"', "naive", "naïve", "text to image", '"text-to-image"', "3d", "rlhf",
        "splat", "가우시안스플래팅", '"가우시안 스플래팅"', "확산모델", "GPT-4", "拡散", "ガウス", "models image", '"in 3d" agent', '"GPT-4와"', '"gpt 4 와"',
    ],
)  # fmt: skip
def test_a_term_is_found_in_every_part_and_language(term):
    assert passes(PAPER, Filters(having=(term,)))
    assert not passes(PAPER, Filters(without=(term,)))


@pytest.mark.parametrize(
    "term",
    [
        "rl",
        "mas",
        "odels",
        '"models world"',
        "world diffusion",
        "カウス",
        "확률",
        '"map gaussian"',
        "image 4d",
        "gentic",
        '"4와 GPT"',
        '"PT-4와"',
    ],
)
def test_a_term_is_not_found_inside_words_or_across_parts(term):
    assert not passes(PAPER, Filters(having=(term,)))
    assert passes(PAPER, Filters(without=(term,)))


@pytest.mark.parametrize(
    "name", ["LeCun", "lecun yann", "Y. LeCun", "Kaiming He", "he", "jose garcia", "홍길동", "홍 길동"]
)
def test_an_author_is_known_by_any_order_accents_and_initials(name):
    assert passes(PAPER, Filters(authors=(name,)))


@pytest.mark.parametrize("name", ["Le", "Yann He", "k", "Hector", "김길동", "!"])
def test_a_name_is_not_a_part_of_another(name):
    assert not passes(PAPER, Filters(authors=(name,)))


def test_one_of_each_kind_is_enough_and_every_kind_is_asked_for():
    assert passes(PAPER, Filters(having=("robots", "agentic"), organizations=("meta", "nvidia")))
    assert not passes(PAPER, Filters(having=("agentic",), authors=("Nobody Known",)))
    assert not passes(Paper(id="1", title="Agentic"), Filters(organizations=("nvidia",)))


def test_a_term_of_signs_has_nothing_to_look_for():
    assert [has_words(term) for term in ("c++", "!?", '""', "", "확")] == [True, False, False, False, True]


def test_filters_that_ask_for_the_same_share_a_key_which_reads_back():
    one = Choice(filters=Filters(having=("World Model", "a|b"), authors=("He",)))
    other = Choice(filters=Filters(having=("a|b", "world model"), authors=("he",)))
    assert one.key() == other.key()
    assert one.key() not in {Choice().key(), Choice(filters=Filters(without=("World Model", "a|b"), authors=("He",))).key()}
    assert one.key().count("|") == Choice().key().count("|") + 1
    assert "world" not in one.key().casefold()
    assert read_filters(one.filters.text()) == one.filters
    assert (read_filters(""), Filters().text(), bool(Filters())) == (Filters(), "", False)


def test_a_day_is_filtered_before_it_is_cut():
    papers = [Paper(id=str(at), title="Robots" if at % 2 else "Images", upvotes=at) for at in range(6)]
    choice = Choice(top=2, min_votes=1, filters=Filters(having=("robot",)))
    assert [paper.id for paper in chosen(papers, choice)] == ["5", "3"]
    first, *_ = items(papers, choice)
    assert (first["shown"], first["total"], first["filtered"]) == (2, 6, True)


@pytest.mark.parametrize("shape", list(Shape))
def test_a_day_of_which_nothing_is_left_says_that_it_says_so_once(shape):
    papers = [Paper(id="1", title="Images")]
    nothing = Choice(shape=shape, filters=Filters(having=("robot",)))
    assert items(papers, nothing, once=True) == [
        {"kind": "heading", "shown": 0, "total": 1, "filtered": True, "once": True}
    ]
    assert "once" not in items(papers, nothing)[0]
    assert "once" not in items(papers, Choice(shape=shape), once=True)[0]
