"""Words of politeness, which people say to a bot too: they are no search. Pure."""

import re
import unicodedata

_COURTESIES = frozenset({
    "hi", "hello", "hey", "hi there", "good morning", "good evening", "good night", "bye", "thanks", "thank you",
    "thanks a lot", "thank you so much", "thx", "ty", "ok", "okay", "yes", "no", "cool", "nice", "great", "wow", "lol",
    "sorry", "please", "test", "help me", "who are you", "what can you do", "what is this", "what are you",
    "안녕", "안녕하세요", "안녕하십니까", "반가워요", "반갑습니다", "고마워", "고마워요", "고맙습니다", "감사",
    "감사해요", "감사합니다", "네", "넵", "예", "아니요", "아니오", "응", "좋아요", "좋습니다", "오케이", "ㅇㅋ",
    "테스트", "뭐야", "이거 뭐야", "이거 뭐예요", "누구세요", "뭐 할 수 있어", "사용법", "사용법 알려줘",
    "こんにちは", "こんばんは", "おはよう", "おはようございます", "ありがとう", "ありがとうございます",
    "はい", "いいえ", "すみません", "テスト",
    "你好", "您好", "早上好", "谢谢", "多谢", "好的", "是的", "不", "测试", "你是谁", "再见",
})  # fmt: skip
_MARKS = re.compile(r"[^\w\s]+|_+|(?<=.)[ㅋㅎㅠㅜ]+$")


def is_courtesy(text: str) -> bool:
    """Whether a text says nothing but that: `Thanks!!`, `감사합니다 :)`, `ㅋㅋㅋ`."""
    words = " ".join(_MARKS.sub(" ", unicodedata.normalize("NFC", text).casefold()).split())
    return words in _COURTESIES or not words.strip("ㅋㅎㅠㅜ")
