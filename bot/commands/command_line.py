"""Parses what a person typed into a command and its arguments. Pure; what a command does is elsewhere."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.commands.nearest import nearest

# The commands, and the other words that people type for them. Names are ASCII: platforms' menus take nothing else.
ALIASES: dict[str, tuple[str, ...]] = {
    "start": ("시작", "開始", "はじめる", "开始"),
    "help": ("도움말", "도움", "commands", "명령", "명령어", "h", "?", "ヘルプ", "使い方", "帮助", "幫助", "说明"),
    "today": (
        "오늘", "latest", "최신", "최근", "今日", "きょう", "今日の論文", "最新", "今天", "今天的论文",
    ),
    "yesterday": ("어제", "昨日", "きのう", "昨日の論文", "昨天", "昨天的论文"),
    "day": ("날짜", "date", "일자", "日付", "日期"),
    "top": (
        "인기", "순위", "베스트", "best", "주간", "월간", "weekly", "monthly", "ランキング", "人気",
        "週間", "月間", "排行", "热门", "熱門", "每周", "每月",
    ),
    "paper": ("논문", "arxiv", "아카이브", "論文", "论文"),
    "search": ("검색", "찾기", "find", "検索", "探す", "搜索", "查找", "搜尋"),
    "similar": (
        "비슷한", "비슷한논문", "유사", "유사논문", "related", "like", "似た論文", "類似", "相似", "相似论文", "类似",
    ),
    "author": ("저자", "작가", "연구자", "authors", "著者", "研究者", "作者"),
    "trending": (
        "트렌드", "유행", "급상승", "rising", "トレンド", "急上昇", "流行", "趋势", "趨勢", "热点",
    ),
    "trends": ("추이", "추세", "그래프", "trend", "graph", "plot", "推移", "グラフ", "走势", "走勢", "曲线"),
    "random": ("랜덤", "무작위", "아무거나", "lucky", "ランダム", "おまかせ", "随机", "隨機", "随便"),
    "subscribe": ("구독", "구독하기", "구독신청", "sub", "購読", "購読する", "订阅", "訂閱"),
    "unsubscribe": (
        "구독취소", "구독해지", "구독중지", "해지", "stop", "unsub", "購読解除", "購読停止", "購読をやめる",
        "取消订阅", "退订", "取消訂閱",
    ),
    "settings": ("설정", "setting", "config", "options", "設定", "设置", "設置"),
    "filter": (
        "필터", "filters", "조건", "거르기", "フィルター", "フィルタ", "絞り込み", "过滤", "筛选", "過濾", "篩選",
    ),
    "preview": ("미리보기", "다음소식", "upcoming", "プレビュー", "次回", "预览", "預覽"),
    "pause": ("일시중지", "일시정지", "잠시멈춤", "휴가", "mute", "一時停止", "休止", "暂停", "暫停"),
    "resume": ("재개", "다시시작", "unpause", "unmute", "再開", "恢复", "继续", "恢復"),
    "save": ("저장", "저장하기", "담기", "bookmark", "keep", "保存", "保存する", "收藏", "儲存"),
    "unsave": ("저장취소", "저장해제", "빼기", "unbookmark", "保存解除", "保存取消", "取消收藏", "取消保存"),
    "saved": (
        "저장목록", "저장함", "북마크", "보관함", "내보내기", "bookmarks", "library", "export", "保存済み", "保存リスト",
        "ブックマーク", "收藏夹", "我的收藏", "收藏夾",
    ),
    "cite": ("인용", "bibtex", "bib", "citation", "참고문헌", "引用", "引文", "参考文献"),
    "history": ("기록", "이력", "받은소식", "sent", "履歴", "配信履歴", "历史", "记录", "歷史"),
    "privacy": ("개인정보", "프라이버시", "개인정보처리", "プライバシー", "個人情報", "隐私", "隱私"),
    "forget": ("삭제", "잊기", "기록삭제", "개인정보삭제", "delete", "erase", "削除", "忘れる", "删除", "忘记", "刪除"),
}  # fmt: skip
COMMANDS = tuple(ALIASES)

_NAMES = {name: name for name in COMMANDS} | {word: name for name, words in ALIASES.items() for word in words}
# `/구독 취소` and `/subscribe off` mean the opposite of what their first word says.
_OFF = frozenset({"취소", "해지", "중지", "끄기", "cancel", "off", "stop", "解除", "停止", "やめる", "取消", "关闭"})

# A word for /top that says its span already.
_SPANS = frozenset({"주간", "월간", "weekly", "monthly", "週間", "月間", "每周", "每月"})

# Japanese and Chinese write no blank behind a command's word either: `/搜索扩散模型`.
_HAN_OR_KANA = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_UNSPACED = sorted(filter(_HAN_OR_KANA.match, _NAMES), key=len, reverse=True)
_WITH_ARGUMENTS = frozenset({
    "day", "top", "paper", "search", "similar", "author", "subscribe", "settings", "filter", "pause", "save", "unsave",
    "cite", "trends",
})  # fmt: skip
# What the key of the slash writes while a Japanese or Chinese keyboard is on. No slash: lists begin their lines so.
_SLASH_KEY = "・、"

# Where the letters of the Korean keyboard (두벌식) lie on the Latin one: `/ㅗ디ㅔ` is /help typed in the wrong mode.
_KEYS = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True))
# The letters of a composed syllable, in Unicode's order (Unicode Standard 3.12), double ones as the keys that make them.
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = (
    "ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ", "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ",
    "ㅡ", "ㅡㅣ", "ㅣ",
)  # fmt: skip
_FINALS = (
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅁ",
    "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """A command line. `name` is one of COMMANDS, or "" for a word that is none of them; `typed` is the word itself."""

    name: str
    arguments: str
    typed: str


def read_command(text: str) -> Command | None:
    """The command line that `text` is, or None when it is free text (no slash in front)."""
    line = text.strip()
    if not line.startswith(("/", "／")):
        return None
    typed, _, arguments = _split(line[1:])
    return _command(typed, arguments) if _folded(typed) in _NAMES else _unspaced(typed, arguments)


def read_bare_command(text: str) -> Command | None:
    """The command that `text` would be with a slash in front: `today`, `검색 확산 모델`. None when it begins otherwise."""
    command = _command(*_split(text.strip().lstrip(_SLASH_KEY))[::2])
    return command if command.name else None


def nearest_command(typed: str) -> str | None:
    """The command that a mistyped word most likely means, by its ASCII name."""
    as_latin = _on_latin_keys(typed)
    if as_latin in _NAMES:
        return _NAMES[as_latin]
    found = nearest(_folded(typed), _NAMES)
    return _NAMES[found] if found else None


def _command(typed: str, arguments: str) -> Command:
    name = _NAMES.get(_folded(typed), "")
    if name == "subscribe" and _folded(arguments) in _OFF:
        return Command("unsubscribe", "", typed)
    if _folded(typed) in _SPANS and not arguments:
        return Command(name, _folded(typed), typed)
    return Command(name, arguments, typed)


def _unspaced(typed: str, arguments: str) -> Command:
    folded = _folded(typed)
    word = next((word for word in _UNSPACED if folded.startswith(word)), "")
    if word in _SPANS or _NAMES.get(word) not in _WITH_ARGUMENTS:
        return Command("", arguments, typed)
    return _command(word, f"{folded[len(word) :]} {arguments}".strip())


def _split(line: str) -> tuple[str, str, str]:
    match = re.match(r"(\S*)(\s*)", line)
    assert match is not None  # both parts may be empty
    return match[1], match[2], line[match.end() :].strip()


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def _on_latin_keys(word: str) -> str:
    return "".join(_KEYS.get(letter, letter.lower()) for letter in _keyed(word))


def _keyed(word: str) -> Iterator[str]:
    for ch in unicodedata.normalize("NFC", word):
        index = ord(ch) - 0xAC00
        if 0 <= index < 11172:
            yield _INITIALS[index // 588]
            yield from _VOWELS[index % 588 // 28]
            yield from _FINALS[index % 28]
        else:
            yield ch
