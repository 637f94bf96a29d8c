"""The words that people type for settings and their values, in every language of the interface; they are parsed in
bot/commands/setting_values.py.
"""

from functools import cache

from babel.dates import get_day_names

from bot.commands.day_words import weekdays
from bot.locales import LANGUAGES, locale
from bot.model import Shape

# Each setting's name, and the other words that people type for it.
SETTINGS: dict[str, tuple[str, ...]] = {
    "time": ("시간", "시각", "hour", "at", "時刻", "時間", "时间", "时刻"),
    "zone": (
        "시간대", "타임존", "지역", "timezone", "tz", "time_zone", "タイムゾーン", "時間帯", "時差", "地域", "时区",
        "時區", "时差",
    ),
    "weekdays": ("요일", "weekday", "days", "날", "曜日", "星期", "周几"),
    "language": ("언어", "lang", "말", "言語", "语言", "語言"),
    "shape": ("모양", "형식", "형태", "방식", "form", "format", "mode", "view", "形式", "表示", "表示形式", "格式", "样式"),
    "top": (
        "상위", "개수", "편수", "하루편수", "count", "limit", "max", "papersaday", "上位", "本数", "1日の本数",
        "件数", "篇数", "每天篇数", "数量",
    ),
    "votes": (
        "추천", "추천수", "최소추천수", "투표", "득표", "vote", "leastvotes", "min_votes", "min-votes", "minvotes",
        "likes", "upvotes", "投票", "投票数", "最低投票数", "票数", "最少票数", "点赞", "点赞数",
    ),
}  # fmt: skip
NAMES = {name: name for name in SETTINGS} | {word: name for name, words in SETTINGS.items() for word in words}

# After /settings, what has commands of its own: /filter and /pause.
FILTERS = frozenset({"filter", "filters", "필터", "フィルター", "絞り込み", "筛选", "过滤"})
PAUSES = frozenset({"pause", "일시정지", "휴식", "一時停止", "休止", "暂停"})

EVERYTHING = frozenset({
    "all", "every", "everything", "none", "no", "off", "any", "모두", "전체", "전부", "없음", "제한없음",
    "すべて", "全て", "全部", "なし", "制限なし", "所有", "不限", "无",
})  # fmt: skip
_SHAPES = {
    Shape.EACH: (
        "each", "one", "single", "full", "messages", "하나씩", "한편씩", "하나", "각각", "따로", "낱개",
        "個別", "一件ずつ", "1件ずつ", "一本ずつ", "1本ずつ", "ひとつずつ", "逐篇", "逐条", "单独", "一篇一条",
    ),
    Shape.COMPACT: (
        "compact", "list", "short", "목록", "리스트", "한번에", "간단히", "간략히", "모아서", "一覧", "リスト", "まとめて",
        "列表", "清单", "简洁", "合并",
    ),
}  # fmt: skip
SHAPE_NAMES = {word: shape for shape, words in _SHAPES.items() for word in words}

EVERY_DAY = frozenset({
    "all", "every", "everyday", "daily", "매일", "날마다", "전체", "모두", "모든요일", "毎日", "全て", "すべて",
    "每天", "每日", "全部",
})  # fmt: skip
WORKDAYS = frozenset({"weekdays", "weekday", "workdays", "workday", "평일", "주중", "平日", "工作日"})
WEEKEND = frozenset({"weekend", "weekends", "주말", "週末", "周末"})

# How a count may be written around its number: `상위 10편`, `10+`, `≥ 5`, `10本`, `前10篇`.
BEFORE_COUNT = r"top|상위|최소|上位|最低|最少|至少|前|>=?|≥"
AFTER_COUNT = "개|편|표|papers?|votes?|이상|개이상|표이상|本|件|票|篇|条|[本件票]?以上|[篇条票]?以上|\\+"


@cache
def weekday_names() -> dict[str, int]:
    """Every name of a weekday, among them those of one sign: 월, 月, 一."""
    names = dict(weekdays())
    for language in LANGUAGES:
        names |= {name.casefold(): day for day, name in get_day_names("abbreviated", locale=locale(language)).items()}
    return names | {sign: day for day, sign in enumerate("一二三四五六")}
