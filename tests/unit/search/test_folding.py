"""The form in which filters compare texts, whichever way it is reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.folding import folded


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("GPT-4o, (2024)!", "gpt 4o 2024"),
        ("snake_case\tand\nlines", "snake_case and lines"),
        ("LLM을 GPT-4와", "llm 을 gpt 4 와"),
        ("José naïve ŁódŹ", "jose naive łodz"),
        ("ガウス か\u3099", "ガウス が"),
        ("Straße ＡＩ", "strasse ai"),
        ("\x00 \x1f~", ""),
    ],
)
def test_case_accents_and_signs_are_gone_and_scripts_stand_apart(text: str, form: str):
    assert folded(text) == form


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_folded_as_they_are_beside_others(text: str):
    assert folded(text) == folded(f"{text} 끝").removesuffix("끝").strip()
