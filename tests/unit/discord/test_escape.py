"""Strangers' text shows as it was written and does nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import escape

# What Discord's clients read as a format when no backslash stands before it.
_BARE = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]]")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and __more__", r"\*\*bold\*\* and \_\_more\_\_"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("<think> in a title", r"\<think\> in a title"),
        ("$O(n^2)$ and $x_i$", r"$O(n^2)$ and $x\_i$"),
        ("a `code` ```block```", r"a \`code\` \`\`\`block\`\`\`"),
        ("[free money](https://evil.example)", r"\[free money\](https://evil.example)"),
        ("<@123456789012345678> <#1> <@&2> <t:1> <:x:3>", r"\<@123456789012345678\> \<#1\> \<@&2\> \<t:1\> \<\:x:3\>"),
        ("back\\slash", r"back\\slash"),
        ("# a header", r"\# a header"),
        ("- a list", r"\- a list"),
        ("-# small", r"\-# small"),
        ("> a quote", r"\> a quote"),
        ("12. a number", r"12\. a number"),
        ("3.5 is no list", "3.5 is no list"),
        ("a :smile: here", r"a \:smile: here"),
        ("two\nlines\tand\u202e more\x00", "two lines and more"),
    ],
)
def test_a_mark_is_shown_and_means_nothing(written, shown):
    assert escape.markdown(written) == shown


def test_nobody_is_called():
    assert "@everyone" not in escape.markdown("@everyone @here")
    assert "@here" not in escape.markdown("@everyone @here")


def test_an_address_stays_clickable():
    code = "Code: https://github.com/a_b/c_d. More"
    assert escape.markdown(code) == code


def test_a_masked_link_cannot_be_ended_early():
    made = escape.link("a](https://evil.example) b", "https://arxiv.org/abs/1)](https://evil.example")
    assert made == r"[a\](https://evil.example) b](https://arxiv.org/abs/1%29%5D%28https://evil.example)"


def test_lines_are_kept_where_a_paragraph_has_them():
    assert escape.lines("# one\n- two") == "\\# one\n\\- two"


@given(st.text(max_size=200))
def test_whatever_was_written_no_bare_mark_is_left_outside_addresses(text):
    done = escape.markdown(text)
    without_addresses = re.sub(r"https?://\S*", "", done)
    assert not _BARE.search(without_addresses)
    assert "\n" not in done


@given(st.text(max_size=300))
def test_a_title_says_what_was_written(text):
    assert re.sub(r"\\(?=[\\*_~`|<])", "", escape.embed_title(text)).replace("\\", "") == escape.clean(text).replace(
        "\\", ""
    )


@pytest.mark.parametrize("text", ["@everyone", "see @here and @everyone"])
def test_a_title_calls_nobody(text: str):
    assert not re.search("@(everyone|here)", escape.embed_title(text))
    assert escape.embed_title(text).replace("\u200b", "") == text


def test_a_colon_before_an_address_makes_no_picture_of_its_scheme():
    assert escape.markdown(":https://a.example/b_c") == r"\:https://a.example/b_c"
    assert escape.markdown("see: https://a.example/b_c") == "see: https://a.example/b_c"
