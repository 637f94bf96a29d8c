"""Converts numbers in Chinese and Japanese numerals into digits. Pure."""

import re

_VALUES = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_SIGNS = "〇零一二三四五六七八九十百两兩"
# What a number in a date, an hour or a count is followed by; in 周一 and 一昨日 no such sign stands behind it.
_UNITS = "年|月|[ヶヵカケか箇个個]月|日(?!曜)|号|號|天|[个個]?星期|周|週|時|时|点|點|分|刻|件|本|篇|条|票"


def in_digits(text: str, *, anywhere: bool = False) -> str:
    """`text` with each number that stands before a unit in Arabic digits: 三月二十八日 is 3月28日.

    With `anywhere` every number is, as in an hour, where no sign means anything else: 九点三十.
    """
    before = "" if anywhere else rf"(?=\s*(?:{_UNITS}))"
    return re.sub(rf"[{_SIGNS}]+{before}", lambda found: str(value(found[0])), text)


def value(signs: str) -> int:
    """The number that signs up to the hundreds write: 二十八 is 28, 二〇二四 is 2024."""
    if not re.search("[十百]", signs):
        return int("".join(str(_VALUES[sign]) for sign in signs))
    total, last = 0, 0
    for sign in signs:
        if sign in "十百":
            total += (last or 1) * (10 if sign == "十" else 100)
            last = 0
        else:
            last = _VALUES[sign]
    return total + last
