"""The commands' names in each language, for platforms that show such names. When typed, every alias works everywhere.

Discord's rules (docs/interactions/application-commands#application-command-object): no blank, at most 32 characters, and no
two commands with one name in a language.
"""

from collections.abc import Mapping

# Korean, Japanese, simplified Chinese.
_NAMES: Mapping[str, tuple[str, str, str]] = {
    "start": ("시작", "開始", "开始"),
    "help": ("도움말", "ヘルプ", "帮助"),
    "today": ("오늘", "今日", "今天"),
    "yesterday": ("어제", "昨日", "昨天"),
    "day": ("날짜", "日付", "日期"),
    "top": ("순위", "ランキング", "排行"),
    "paper": ("논문", "論文", "论文"),
    "search": ("검색", "検索", "搜索"),
    "similar": ("비슷한논문", "類似", "相似"),
    "author": ("저자", "著者", "作者"),
    "trending": ("급상승", "急上昇", "趋势"),
    "trends": ("추이", "推移", "走势"),
    "random": ("무작위", "ランダム", "随机"),
    "subscribe": ("구독", "購読", "订阅"),
    "unsubscribe": ("구독취소", "購読解除", "取消订阅"),
    "settings": ("설정", "設定", "设置"),
    "filter": ("필터", "フィルター", "过滤"),
    "preview": ("미리보기", "プレビュー", "预览"),
    "pause": ("일시중지", "一時停止", "暂停"),
    "resume": ("재개", "再開", "恢复"),
    "save": ("저장", "保存", "收藏"),
    "unsave": ("저장취소", "保存解除", "取消收藏"),
    "saved": ("저장목록", "保存済み", "收藏夹"),
    "cite": ("인용", "引用", "引文"),
    "history": ("기록", "履歴", "历史"),
    "privacy": ("개인정보", "プライバシー", "隐私"),
    "forget": ("삭제", "削除", "删除"),
}


def names_of(command: str) -> dict[str, str]:
    """The names of a command by language; empty for one that is called the same everywhere."""
    return dict(zip(("ko", "ja", "zh-Hans"), _NAMES.get(command, ()), strict=False))
