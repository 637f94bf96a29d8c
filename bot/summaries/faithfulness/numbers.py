r"""The numbers in a text with what they count, in English, Korean, Japanese and Chinese, normalized for comparison. Pure.

`2.7B`, `2.7 billion`, `27억`, `27億` are one number; so are `20x`, `20 times`, `20-fold`, `20배`, and `5%`, `5 percent`,
`5 퍼센트`.
Digits inside a name (`GPT-4`, `3D`) belong to the name (terms.py).
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a number counts, as far as it decides whether two numbers can be the same."""

    PLAIN = ""  # things, parameters, points: any noun
    PERCENT = "%"
    TIMES = "x"


@dataclass(frozen=True, slots=True)
class Number:
    """`value` in units (27억 is 2.7e9); `digits` are those written, so that a rounded number is known as one.

    `spelled`: written as a word of a small number (`three`, 세 가지), which also counts what a text lists without a number.
    """

    text: str
    value: float
    kind: Kind = Kind.PLAIN
    digits: int = 1
    spelled: bool = False

    @property
    def telling(self) -> bool:
        """Whether it says something by itself: two figures or more that are not a round ten, hundred, … nor a year."""
        return not self.spelled and self.digits >= 2 and not (self.kind is Kind.PLAIN and 1990 <= self.value <= 2035)

    @property
    def counting(self) -> bool:
        """Whether it may count what a text lists without a number: in words, or a bare one up to ten (`three`, 3가지)."""
        return self.kind is Kind.PLAIN and (self.spelled or (self.value <= 10 and self.value == int(self.value)))


_ENGLISH_SCALES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6, "b": 1e9, "bn": 1e9,
    "billion": 1e9, "billions": 1e9, "t": 1e12, "trillion": 1e12, "trillions": 1e12, "hundred": 1e2, "hundreds": 1e2,
}  # fmt: skip
_MANY_SCALES = {"tens": 10.0, **_ENGLISH_SCALES}
_ASIAN_SCALES = {
    "십": 10, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12, "十": 10, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4,
    "億": 1e8, "亿": 1e8, "兆": 1e12,
}  # fmt: skip
_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
_ORDINAL = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH_WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_SMALL.split(), 1)},
    **{word: float(value) for value, word in enumerate(_ORDINAL.split(), 1)},
    **{word: 10.0 * value for value, word in enumerate(_TENS.split(), 2)},
    "dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
_MULTIPLES = {
    "twice": 2.0, "double": 2.0, "doubles": 2.0, "doubled": 2.0, "doubling": 2.0, "two-fold": 2.0, "twofold": 2.0,
    "triple": 3.0, "triples": 3.0, "tripled": 3.0, "thrice": 3.0, "threefold": 3.0, "tenfold": 10.0, "quadruple": 4.0,
    "fourfold": 4.0, "fivefold": 5.0, "half": 0.5, "halve": 0.5, "halves": 0.5, "halving": 0.5,
}  # fmt: skip
_NATIVE = {
    "한": 1.0, "하나": 1.0, "두": 2.0, "둘": 2.0, "세": 3.0, "셋": 3.0, "네": 4.0, "넷": 4.0, "다섯": 5.0, "여섯": 6.0,
    "일곱": 7.0, "여덟": 8.0, "아홉": 9.0, "열": 10.0, "열한": 11.0, "열두": 12.0, "스무": 20.0,
    "一": 1.0, "二": 2.0, "两": 2.0, "兩": 2.0, "三": 3.0, "四": 4.0, "五": 5.0, "六": 6.0, "七": 7.0, "八": 8.0,
    "九": 9.0, "十": 10.0,
}  # fmt: skip
# Native Korean numbers stand only before a counter; without one `세` and `네` are other words.
_COUNTERS = (
    "가지|개|단계|종류|명|번|배|곳|차례|쪽|편|건|대|장|권|달|시간|주|살|모델|모듈|방법|작업|축|요소|유형|부분|측면|"
    "데이터|하위|주요|핵심"
)

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
# A number begins where no letter, no letter and hyphen, no decimal point stands before it.
_FIGURE = re.compile(
    rf"(?=[\d.])(?<![A-Za-z\d.])(?<![A-Za-z][-_])(?P<number>{_DIGITS})"
    r"(?:\s?\^(?P<power>-?\d{1,4}))?"
    r"(?:\s?(?P<asian>[십백천만억조十百千万萬億亿兆]+)(?P<rest>(?:\s?\d[\d,]*[천백]?[만억조万億亿]?)?)"
    r"|(?:\s|-)?(?P<english>thousands?|millions?|billions?|trillions?|hundreds?|[kK]|[mM]n?|[bB]n?|T)(?![A-Za-z])"
    r")?"
    r"(?P<unit>\s?%p?|\s?\\%|\s?(?:percent(?:age)?|퍼센트|프로(?![가-힣])|パーセント|百分)|(?:\s|-)?(?:x|X)(?![A-Za-z\d])"
    r"|(?:\s|-)?(?:times|fold)(?![A-Za-z])|\s?[배倍])?"
    r"(?![Dd](?![a-z]))"
)
_LATER_DIMENSION = re.compile(r"(?<=\d[xX])(?P<number>\d+)")
_WORDS = re.compile(
    r"\b(?=[bdefhmnostq])(?<![A-Za-z-])(?<!\d )(?<!\d-)(?P<word>"
    + "|".join(sorted({*_ENGLISH_WORDS, *_MULTIPLES}, key=len, reverse=True))
    + r")(?![A-Za-z])"
    r"(?:[- ](?P<second>one|two|three|four|five|six|seven|eight|nine)(?![A-Za-z]))?"
    r"(?:\s(?P<scale>hundred|thousand|million|billion|trillion)s?(?![A-Za-z]))?"
    r"(?P<unit>[- ](?:percent|times|fold)(?![A-Za-z]))?"
)
_KOREAN_WORDS = re.compile(
    rf"(?<![가-힣])(?P<native>{'|'.join(sorted((w for w in _NATIVE if '가' <= w[0] <= '힣'), key=len, reverse=True))})"
    rf"\s?(?P<counter>{_COUNTERS})"
)
_HAN_WORDS = re.compile(r"(?P<native>[一二两兩三四五六七八九十])\s?(?P<counter>[个個つ種种項项阶段段类類倍])")
# 십만, 백만, 수천, 수십억: Sino-Korean scales as words, and what English says so; both mean "about so many".
_SINO = re.compile(
    r"(?<![가-힣\d])(?:수|몇\s?)?(?P<scale>(?:십|백|천)?(?:만|억)|(?<=수)[십백천])(?=[\s가-힣])(?=\s?(?:개|명|장|건|번|시간|편|여|배|단위|달러|이상|의|개의))"
)
_MANY = re.compile(
    r"\b(?P<first>tens|hundreds|thousands|millions|billions)\b(?:\sof\s(?P<second>thousands|millions|billions))?"
)
_HALF = re.compile(r"절반|半分|一半")


def numbers(text: str) -> Iterator[Number]:
    """Every number of a plain text (bot.summaries.faithfulness.plain), in all the forms above."""
    yield from _figures(text)
    yield from _english_words(text.lower())
    if not text.isascii():
        yield from _asian_words(text)


def _figures(text: str) -> Iterator[Number]:
    for match in _FIGURE.finditer(text):
        written, value = match["number"], float(match["number"].replace(",", ""))
        if match["power"]:
            value = _power(value, int(match["power"]))
        value *= _scale(match)
        digits = len(written.replace(",", "").replace(".", "").strip("0"))
        yield Number(match[0].strip(), value + _rest(match["rest"]), _kind(match["unit"]), digits + bool(match["rest"]))
    for match in _LATER_DIMENSION.finditer(text):
        yield Number(match[0], float(match["number"]), Kind.PLAIN, len(match["number"].strip("0")))


def _english_words(lowered: str) -> Iterator[Number]:
    for match in _WORDS.finditer(lowered):
        word = match["word"]
        if word in _MULTIPLES:
            # A half is a share, as 50 % is, not a multiple.
            value = _MULTIPLES[word]
            yield Number(match[0], value, Kind.TIMES if value > 1 else Kind.PLAIN, spelled=True)
        else:
            value = _ENGLISH_WORDS[word] + (_ENGLISH_WORDS[match["second"]] if match["second"] else 0)
            value *= _ENGLISH_SCALES[match["scale"]] if match["scale"] else 1
            yield Number(match[0], value, _kind(match["unit"]), spelled=True)
    for match in _MANY.finditer(lowered):
        value = _MANY_SCALES[match["first"]] * (_MANY_SCALES[match["second"]] if match["second"] else 1.0)
        yield Number(match[0], value, spelled=True)


def _asian_words(text: str) -> Iterator[Number]:
    for pattern in (_KOREAN_WORDS, _HAN_WORDS):
        for match in pattern.finditer(text):
            kind = Kind.TIMES if match["counter"] in "배倍" else Kind.PLAIN
            yield Number(match[0], _NATIVE[match["native"]], kind, spelled=True)
    for match in _SINO.finditer(text):
        yield Number(match[0], math.prod(_ASIAN_SCALES[sign] for sign in match["scale"]), spelled=True)
    for match in _HALF.finditer(text):
        yield Number(match[0], 0.5, spelled=True)


def unsupported(said: Iterable[Number], known: Iterable[Number]) -> Iterator[tuple[Number, str]]:
    """The numbers of `said` that `known` does not have, each with why, once each.

    A number is known when the source has it or one that rounds to it at the digits written (translations round; 3.14 is not
    a rounded 3.1), as the same kind, as a share for a percentage (0.85, 85 %; 절반, 50 %). A percentage is not a multiple.
    """
    source = list(known)
    seen: set[tuple[float, Kind]] = set()
    for number in said:
        # "One", "first", 한 가지, 1つ claim nothing: every text has one of something.
        if (number.value, number.kind) in seen or (number.counting and number.value == 1):
            continue
        seen.add((number.value, number.kind))
        same = [other for other in source if _same(number, other)]
        if not same:
            yield number, f"{number.text}: this number is not in the source."
        elif all({number.kind, other.kind} == {Kind.PERCENT, Kind.TIMES} for other in same):
            yield number, f"{number.text}: the source says {same[0].text}."


def supported(said: Iterable[Number], known: Iterable[Number]) -> Iterator[Number]:
    """The numbers of `said` that say something by themselves and are in `known`, once each."""
    source = list(known)
    seen: set[float] = set()
    for number in said:
        if number.telling and number.value not in seen:
            seen.add(number.value)
            if any(_same(number, other) and not other.spelled for other in source):
                yield number


def _same(number: Number, other: Number) -> bool:
    values = [other.value]
    if number.kind is Kind.PERCENT and other.kind is not Kind.PERCENT and other.value <= 1:
        values.append(other.value * 100)
    if other.kind is Kind.PERCENT and number.kind is not Kind.PERCENT and number.value <= 1:
        values.append(other.value / 100)
    return any(_rounds(number, value) for value in values)


def _rounds(number: Number, value: float) -> bool:
    if math.isclose(number.value, value, rel_tol=1e-9, abs_tol=1e-12):
        return True
    if not (0 < number.value < math.inf and value > 0) or number.spelled or number.digits < 2:
        return False
    # Half a unit of the last digit written.
    step = 10.0 ** (math.floor(math.log10(number.value)) - number.digits + 1)
    return abs(number.value - value) <= step / 2 * 1.000001


def _power(base: float, exponent: int) -> float:
    if abs(exponent) > 300 or base > 1e6:
        return math.inf
    try:
        return base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf


def _scale(match: re.Match[str]) -> float:
    if match["english"]:
        return _ENGLISH_SCALES[match["english"].lower()]
    return math.prod(_ASIAN_SCALES[sign] for sign in match["asian"]) if match["asian"] else 1.0


def _rest(rest: str | None) -> float:
    """The lower part of `3만 5천`, `1억 2000만`."""
    if not rest:
        return 0.0
    digits = re.sub(r"\D", "", rest)
    return float(digits) * math.prod(_ASIAN_SCALES[sign] for sign in rest if sign in _ASIAN_SCALES) if digits else 0.0


def _kind(unit: str | None) -> Kind:
    said = (unit or "").strip(" -\\").lower()
    if not said:
        return Kind.PLAIN
    return Kind.TIMES if said in {"x", "times", "fold", "배", "倍"} else Kind.PERCENT
