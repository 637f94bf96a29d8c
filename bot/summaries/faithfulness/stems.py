"""A rough stemmer for English: plurals, tenses and derived nouns of a word get the same stem. Pure.

Both sides of every comparison are stemmed, so forms of one word must agree; the stem need not be a word.
"""

from functools import lru_cache

# The longest first. Derivations are cut too: a summary writes "reasoner" or "optimization" for "reasoning", "optimize".
_ENDINGS = (
    "isations", "izations", "isation", "ization", "ational", "ations", "ation", "ities", "ating", "ated", "ates", "izing",
    "ising", "ments", "ized", "ised", "izes", "ions", "ings", "ment", "ness", "ate", "ize", "ise", "ion", "ing", "ers",
    "ity", "ies", "ied", "ive", "als", "ors", "ed", "er", "es", "or", "al", "ic", "ly", "s", "y", "e",
)  # fmt: skip
_LEAST = 3


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one word, in lower case; at least three letters stay."""
    word = word.lower().removesuffix("'s")
    for ending in _ENDINGS:
        if len(word) - len(ending) >= _LEAST and word.endswith(ending):
            # "us", "ss", "is" are no plurals.
            if ending == "s" and word[-2] in "sui":
                break
            word = word[: -len(ending)]
            break
    # "planning" and "plan", "splatting" and "splat".
    if len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word
