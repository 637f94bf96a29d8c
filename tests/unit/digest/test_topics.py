"""Topics that are picked by buttons."""

import pytest

from bot.digest.filters import has_words
from bot.digest.topics import TOPICS, by_frequency, has, toggled, topics_of
from bot.model import Paper


def labels(paper):
    return [topic.label(str) for topic in topics_of(paper)]


@pytest.mark.parametrize(
    ("title", "keywords", "found"),
    [
        ("Robots that reason with language models", (), ["Language models", "Robotics", "reason"]),
        ("ViTAR: Vision Transformer with Any Resolution", (), ["Vision Transformer", "Resolution"]),
        ("Anything", ("vision transformers", "positional encoding", "x" * 50, "!"), ["vision transformers", "positional encoding"]),
        ("A", (), []),
    ],
)  # fmt: skip
def test_a_paper_has_the_topics_of_its_words_and_its_keywords(title, keywords, found):
    assert labels(Paper(id="1", title=title, keywords=keywords)) == found


def test_topics_go_in_and_out_whole():
    (robots,) = [topic for topic in TOPICS if topic.code == "ro"]
    terms = toggled(("ROBOT", "agents"), robots.terms)
    assert terms == ("ROBOT", "agents", "embodied")
    assert has(terms, robots)
    assert toggled(terms, robots.terms) == ("agents",)


def test_topics_have_codes_of_their_own_and_words():
    assert len({topic.code for topic in TOPICS}) == len(TOPICS)
    assert all(has_words(term) for topic in TOPICS for term in topic.terms)


def test_each_topic_is_counted():
    counts = {
        topic.code: count for topic, count in by_frequency([Paper(id="1", title="Robots"), Paper(id="2", title="Video")])
    }
    assert (counts["ro"], counts["vi"], counts["au"]) == (1, 1, 0)
