"""The verdict on summaries: over invented papers, and over the real ones when they are there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.faithfulness import is_kept, score
from bot.summaries.faithfulness import Rule, Verdict, check
from tests.shared_data import SHARED, needs_shared

# An invented paper.
TITLE = "OtterMap: Gaussian Splatting of River Otters from Drone Video"
ABSTRACT = (
    "Counting river otters is slow. We present OtterMap, which reconstructs habitats by Gaussian splatting (GS) from drone video. "
    "Trained on 2.7 million frames at $1120\\times1120$, it counts otters with 91.4\\% precision, 20x faster than rangers, "
    "and needs three cameras. Code: https://example.org/otter-map."
)
KOREAN = (
    "OtterMap은 드론 영상에서 가우시안 스플래팅(Gaussian Splatting)으로 수달 서식지를 재구성합니다.",
    "1120×1120 해상도의 프레임 270만 장으로 학습했고 카메라는 세 대면 됩니다.",
    "정밀도는 91.4%이며 관리원보다 20배 빠릅니다. 코드: https://example.org/otter-map",
)
# What a model says that has seen no paper.
INVENTED = (
    "이 논문은 새로운 합성곱 신경망(Convolutional Neural Network)을 제안합니다.",
    "드롭아웃(Dropout)과 배치 정규화(Batch Normalization)를 결합했습니다.",
    "CIFAR-10에서 정확도가 4% 향상되었습니다.",
)


def rules(verdict: Verdict, *, decisive: bool = True) -> set[Rule]:
    return {finding.rule for finding in verdict.findings if finding.decisive or not decisive}


def test_a_true_summary_is_faithful_without_a_remark():
    verdict = check(TITLE, ABSTRACT, KOREAN, "ko", whole_source=True)
    assert (verdict.faithful, verdict.reasons) == (True, ())


@pytest.mark.parametrize("whole_source", [True, False])
def test_an_invented_summary_is_false_and_the_reason_names_what_is_foreign(whole_source):
    verdict = check(TITLE, ABSTRACT, INVENTED, "ko", whole_source=whole_source)
    assert verdict.faithful is False
    assert Rule.SUBJECT in rules(verdict)
    assert verdict.reasons[0].startswith("Does not seem to be about this paper")
    assert "CIFAR-10" in verdict.reasons[0]


def test_without_an_abstract_there_is_no_verdict():
    assert check(TITLE, "  ", KOREAN, "ko").faithful is None
    assert "No source" in check(TITLE, "", KOREAN, "ko").reasons[0]


def test_the_full_text_is_a_source_too():
    said = (*KOREAN[:2], "WhiskerNet 데이터셋에서 77.7%를 기록했습니다.")
    assert check(TITLE, ABSTRACT, said, "ko", whole_source=True).faithful is False
    full = check(TITLE, ABSTRACT, said, "ko", full_text="On WhiskerNet it reaches 77.7%.", whole_source=True)
    assert full.faithful is True
    assert check(TITLE, "", KOREAN, "ko", full_text=ABSTRACT).faithful is True


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("정밀도는 93.8%입니다.", Rule.NUMBERS),
        ("네 배 빠릅니다.", Rule.NUMBERS),
        ("BeaverBench에서도 시험했습니다.", Rule.NAMES),
        ("코드: https://example.com/elsewhere", Rule.LINKS),
        ("결과: ['가', '나']", Rule.SHAPE),
    ],
)
def test_what_the_writer_cannot_know_makes_its_summary_false_and_an_imported_one_is_only_remarked(sentence, rule):
    said = (*KOREAN[:2], sentence)
    assert rules(check(TITLE, ABSTRACT, said, "ko", whole_source=True)) == {rule}
    imported = check(TITLE, ABSTRACT, said, "ko")
    assert imported.faithful is True
    assert rules(imported, decisive=False) == {rule}


@pytest.mark.parametrize("count", ["네 가지", "4가지", "4개"])
def test_counting_what_a_text_lists_is_only_a_remark(count):
    verdict = check(TITLE, ABSTRACT, (*KOREAN[:2], f"{count} 기여가 있습니다."), "ko", whole_source=True)
    assert verdict.faithful is True
    assert rules(verdict, decisive=False) == {Rule.NUMBERS}


def test_a_summary_in_another_language_is_false():
    english = ("OtterMap counts river otters.", "It uses Gaussian splatting.", "Its precision is 91.4%.")
    assert check(TITLE, ABSTRACT, english, "en").faithful is True
    assert rules(check(TITLE, ABSTRACT, english, "ko")) == {Rule.LANGUAGE}


def test_japanese_and_chinese_summaries_are_checked_the_same_way():
    japanese = (
        "OtterMapはドローン動画からガウシアンスプラッティングで再構成します。",
        "精度は91.4%です。",
        "20倍高速です。",
    )
    chinese = ("OtterMap利用无人机视频和高斯溅射重建水獭栖息地。", "精度为91.4%。", "快20倍。")
    for said, language in ((japanese, "ja"), (chinese, "zh-Hans")):
        assert check(TITLE, ABSTRACT, said, language, whole_source=True).reasons == ()


def test_a_summary_with_no_english_is_known_by_its_topics():
    title = "Watermarking of Speech for Medical Robots"
    abstract = (
        "We study watermarks in speech that medical robots hear. Attacks on privacy are detected by reinforcement learning."
    )
    said = ("의료 로봇이 듣는 음성의 워터마크를 연구합니다.", "개인정보 공격을 탐지합니다.", "강화 학습을 사용합니다.")
    assert check(title, abstract, said, "ko").faithful is True
    assert check(TITLE, ABSTRACT, said, "ko").faithful is False


def weighed(title: str, abstract: str, *bullets: str) -> float:
    found = check(title, abstract, bullets, "ko").evidence
    assert found is not None
    return found.speaking_for


def test_a_compound_of_what_was_counted_says_nothing_new():
    once = weighed("Otters", "A whisker-based camera with whiskers.", "수염(whisker)을 씁니다.")
    assert weighed("Otters", "A whisker-based camera with whiskers.", "수염(whisker, Whisker-based)을 씁니다.") == once


def test_a_topic_of_the_title_to_which_the_bullets_come_back_counts_for_more_than_one_said_in_passing():
    title, abstract = "Copyright in Books", "We ask authors."
    passing = weighed(title, abstract, "저작권을 다룹니다.", "설문입니다.", "결과입니다.")
    returned = weighed(title, abstract, "저작권을 다룹니다.", "저작권 설문입니다.", "저작권이 결과입니다.")
    assert returned > passing > 0


def test_bullets_without_text_are_no_summary():
    assert check(TITLE, ABSTRACT, (), "ko").faithful is False
    assert check(TITLE, ABSTRACT, ("", " "), "ko").faithful is False


ANY_TEXT = st.text(max_size=300) | st.text("0123456789.,%^$\\{}xX배억만 두세가지abcGPT-*[]'\":\n", max_size=300)


@given(
    ANY_TEXT,
    ANY_TEXT,
    st.lists(ANY_TEXT, max_size=12),
    st.sampled_from(["ko", "en", "ja", "zh-Hans", "", "xx-YY"]),
    st.booleans(),
)
def test_any_text_gets_a_verdict_and_the_same_again(title, abstract, bullets, language, whole_source):
    first = check(title, abstract, bullets, language, whole_source=whole_source)
    assert first == check(title, abstract, bullets, language, whole_source=whole_source)
    assert (first.faithful is None) == (not abstract.strip())
    assert first.faithful is not False or first.reasons


@pytest.mark.parametrize(
    "piece", ["1", "9^9", "10^{", "a-", "\\textbf{", "십", "(http://", "1,000", "[{'", "**", "가", "\ud800"]
)
def test_a_text_made_to_be_slow_or_too_large_gets_a_verdict_soon(piece):
    text = piece * (10_000 // len(piece))
    assert check(text[:1000], text, (text,) * 3, "ko").findings


@needs_shared
@pytest.mark.parametrize("kept", [False, True], ids=["the half that was looked at", "the half that was not"])
def test_of_real_summaries_nearly_all_false_ones_are_found_and_hardly_a_true_one_is_called_false(kept):
    lines = (SHARED / "summaries" / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if is_kept(row["id"]) is kept]
    false, true, missed, alarms = score(rows)
    assert len(missed) <= 0.05 * false, missed
    assert len(alarms) <= 0.02 * true, alarms
