"""What models give instead of the JSON that they are asked for, and what is read from it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summaries.answers import Fault, Kind, bullets_of, cleaned, content_of

THREE = ("One.", "Two.", "Three.")
PLAIN = json.dumps({"bullets": THREE})


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"```json\n{PLAIN}\n```",
        f"```\n{PLAIN}",
        f"Sure! Here it is:\n{PLAIN}\nAnything else?",
        json.dumps(THREE),
        json.dumps({"summary": {"bullets": THREE}}),
        json.dumps({"summary": THREE}),
        json.dumps({"bullets": [{"text": one} for one in THREE]}),
        json.dumps({"bullets": {"1": "One.", "2": "Two.", "3": "Three."}}),
        json.dumps({"bullets": "- One.\n- Two.\n- Three."}),
        json.dumps({"bullets": "One.\nTwo.\nThree."}),
        json.dumps({"bullet_1": "One.", "bullet_2": "Two.", "bullet_3": "Three."}),
        json.dumps({"bullets": ["- One.", "2. Two.", "• Three."]}),
        json.dumps({"bullets": ["**One.**", "Two.", "", "Three."]}),
        "{'bullets': ['One.', 'Two.', 'Three.']}",
        '{"bullets": ["One.", "Two.", "Three.",],}',
        '{"bullets": ["One.", "Two.",\n "Three."]}',
        "- One.\n- Two.\n- Three.",
        "1. One.\n2. Two.\n3. Three.",
    ],
)
def test_bullets_are_found_in_whatever_form(text):
    assert bullets_of(text) == THREE


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'{"bullets": ["the rate \alpha"]}', r"the rate \alpha"),
        (r'{"bullets": ["the \textbf{x} and \beta"]}', r"the \textbf{x} and \beta"),
        (r'{"bullets": ["the \\text is \"quoted\""]}', r'the \text is "quoted"'),
        (r'{"bullets": ["a\nb \nabla c"]}', r"a b \nabla c"),
        (r'{"bullets": ["\u00e9 and \upsilon"]}', r"é and \upsilon"),
        (r'{"bullets": ["50\% of 3"]}', r"50\% of 3"),
    ],
)
def test_latex_that_breaks_json_or_is_eaten_by_it_is_kept(written, read):
    assert bullets_of(written) == (read,)


def test_keys_that_say_something_are_kept():
    assert bullets_of('{"Problem": "It is slow.", "Idea": "Do less."}') == ("Problem: It is slow.", "Idea: Do less.")


def test_three_parts_stand_under_the_readers_labels():
    labels = {"new": "새로운 점", "how": "방법", "results": "결과"}
    told = ("**새로운 점**: 하나.", "**방법**: 둘.", "**결과**: 셋.")
    assert bullets_of('{"new": "하나.", "how": "둘.", "results": "셋."}', labels) == told
    assert bullets_of('{"summary": {"new": "하나.", "how": ["둘."], "results": "셋."}}', labels) == told
    assert bullets_of('["하나.", "둘.", "셋."]', labels) == told
    missing = bullets_of('{"new": "하나.", "how": ""}', labels)
    assert isinstance(missing, Fault)
    assert "new, how, results" in missing.reason


@pytest.mark.parametrize(
    "text", ["I'm sorry, I can't help with that.", "{}", "[]", '{"bullets": []}', '{"bullets": null}', "null", "{" * 50]
)
def test_what_holds_no_bullets_is_unreadable(text):
    found = bullets_of(text)
    assert isinstance(found, Fault)
    assert found.kind is Kind.UNREADABLE


def test_an_essay_is_no_bullet():
    found = bullets_of(json.dumps({"bullets": ["word " * 300]}))
    assert isinstance(found, Fault)
    assert "1499 characters" in found.reason


def test_control_characters_and_half_ones_are_gone():
    assert cleaned("a\x00b\x1b[31m \ud83d c\ufeff") == "a b [31m c"


def completion(content, *, finish="stop", **message):
    return {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}]
    }


def test_the_content_is_found_in_text_and_in_parts_without_thoughts():
    assert content_of(completion(" x ")) == "x"
    assert content_of(completion([{"type": "text", "text": "x"}, {"type": "text", "text": "y"}])) == "xy"
    assert content_of(completion("<think>hm {</think>\nx")) == "x"


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (completion(None, refusal="I cannot assist."), Kind.REFUSED, "I cannot assist."),
        (completion("", finish="content_filter"), Kind.REFUSED, "content filter"),
        (completion('{"bul', finish="length"), Kind.TRUNCATED, "cut off"),
        (completion(None), Kind.EMPTY, "empty"),
        (completion("<think>for ever"), Kind.EMPTY, "empty"),
        ({"error": {"message": "No\nprovider."}}, Kind.UNREADABLE, "No provider."),
        ({"error": "x"}, Kind.UNREADABLE, "x"),
        ({"choices": []}, Kind.UNREADABLE, "no chat completion"),
        (None, Kind.UNREADABLE, "no chat completion"),
        ([], Kind.UNREADABLE, "no chat completion"),
    ],
)
def test_why_an_answer_has_no_content(body, kind, said):
    found = content_of(body)
    assert isinstance(found, Fault)
    assert found.kind is kind
    assert said in found.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["bullets", "text", "1", "Idea"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from([None, {"new": "N", "how": "H", "results": "R"}]))
def test_any_json_gives_lines_of_prose_or_a_fault(value, labels):
    found = bullets_of(json.dumps(value), labels)
    if not isinstance(found, Fault):
        assert found
        assert all(bullet.strip() and cleaned(bullet.replace("**", "")) == bullet.replace("**", "") for bullet in found)


@given(st.text(max_size=200), st.sampled_from(['{"bullets": ["', "[[{", "```json\n", "\\"]))
def test_any_text_is_read_without_a_crash(text, start):
    assert isinstance(bullets_of(start + text), tuple | Fault)


@given(st.dictionaries(st.sampled_from(["choices", "error", "message"]), JSON))
def test_any_body_is_read_without_a_crash(body):
    assert isinstance(content_of(body), str | Fault)
