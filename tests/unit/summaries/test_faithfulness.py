"""The check of summaries: each rule by a table, then the whole over invented papers, and over the real ones when they are there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.faithfulness import is_kept, score
from bot.summaries.faithfulness import Rule, Verdict, check
from bot.summaries.faithfulness.language import language_fault
from bot.summaries.faithfulness.links import comparable, urls
from bot.summaries.faithfulness.numbers import Kind, numbers, unsupported
from bot.summaries.faithfulness.plain import plain
from bot.summaries.faithfulness.shape import shape_faults
from bot.summaries.faithfulness.sounds import spelled_by_sound
from bot.summaries.faithfulness.stems import stem
from bot.summaries.faithfulness.terms import looks_like_name, own_names, terms, vocabulary
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


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("27억 개", 2.7e9, Kind.PLAIN),
        ("2.7B", 2.7e9, Kind.PLAIN),
        ("2.7 billion", 2.7e9, Kind.PLAIN),
        ("27億", 2.7e9, Kind.PLAIN),
        ("3만", 30_000, Kind.PLAIN),
        ("3万", 30_000, Kind.PLAIN),
        ("3만 5천", 35_000, Kind.PLAIN),
        ("1억 2000만", 1.2e8, Kind.PLAIN),
        ("16k", 16_000, Kind.PLAIN),
        ("1,400", 1400, Kind.PLAIN),
        ("십만 개", 100_000, Kind.PLAIN),
        ("수천 개", 1000, Kind.PLAIN),
        ("thousands of", 1000, Kind.PLAIN),
        ("hundreds of thousands", 100_000, Kind.PLAIN),
        ("1.5 trillion", 1.5e12, Kind.PLAIN),
        ("three", 3, Kind.PLAIN),
        ("세 가지", 3, Kind.PLAIN),
        ("三个", 3, Kind.PLAIN),
        ("twenty-one", 21, Kind.PLAIN),
        ("third", 3, Kind.PLAIN),
        ("3rd", 3, Kind.PLAIN),
        ("91.4\\%", 91.4, Kind.PERCENT),
        ("91.4 percent", 91.4, Kind.PERCENT),
        ("91.4 퍼센트", 91.4, Kind.PERCENT),
        ("９０％", 90, Kind.PERCENT),
        ("20배", 20, Kind.TIMES),
        ("20倍", 20, Kind.TIMES),
        ("20x", 20, Kind.TIMES),
        ("20×", 20, Kind.TIMES),
        ("$20\\times$", 20, Kind.TIMES),
        ("20 times", 20, Kind.TIMES),
        ("20-fold", 20, Kind.TIMES),
        ("두 배", 2, Kind.TIMES),
        ("twice", 2, Kind.TIMES),
        ("절반", 0.5, Kind.PLAIN),
        ("$10^{-3}$", 1e-3, Kind.PLAIN),
        ("10⁻³", 1e-3, Kind.PLAIN),
    ],
)
def test_a_number_is_read_in_every_form(written, value, kind):
    (number,) = numbers(plain(written))
    assert number.value == pytest.approx(value)
    assert number.kind is kind


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("$1120\\times1120$", [1120, 1120]),
        ("5-10%", [5, 10]),
        ("2024-03-28", [2024, 3, 28]),
        ("0~100점", [0, 100]),
        ("GPT-4, CIFAR-10 and 3D", []),
    ],
)
def test_ranges_dates_and_products_are_several_numbers_and_names_none(written, values):
    assert [number.value for number in numbers(plain(written))] == values


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("27억", "2.7 billion parameters"),
        ("2.7B", "2.68B parameters"),  # rounded
        ("20배", "a 20x speedup"),
        ("두 배", "twice as fast"),
        ("85%", "a rate of 0.85"),
        ("절반", "half of them"),
        ("세 가지", "three tasks"),
        ("50%", "half of the cost"),
        ("one of the first, 한 가지, 1つ", "no number at all"),
    ],
)
def test_a_number_of_the_source_is_known_in_another_form(said, source):
    assert not list(unsupported(numbers(plain(said)), numbers(plain(source))))


@pytest.mark.parametrize(
    ("said", "source"), [("28억", "2.7B"), ("91.6%", "91.4%"), ("20%", "20x faster"), ("7", "no number")]
)
def test_another_number_or_another_unit_is_found(said, source):
    assert list(unsupported(numbers(plain(said)), numbers(plain(source))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("코드는 https://example.org/a_b에 있습니다", ["https://example.org/a_b"]),
        ("(see https://example.org/a).", ["https://example.org/a"]),
        ("https://example.org/A_(b), and www.example.org", ["https://example.org/A_(b)", "www.example.org"]),
    ],
)
def test_an_address_is_read_without_the_sentence_around_it(text, found):
    assert list(urls(text)) == found


def test_addresses_that_lead_to_the_same_page_are_the_same():
    assert comparable("https://www.Example.org/a/") == comparable("http://example.org/a")


@pytest.mark.parametrize(
    ("term", "source"),
    [
        ("LLMs", "large language models"),
        ("LLM", "LLMs"),
        ("MAE", "a Masked AutoEncoder"),
        ("Fine-Tuning", "we finetune it"),
        ("fine tuning".replace(" ", "-"), "fine tuned"),
        ("RecurrentGemma-2B", "RecurrentGemma-2B"),
        ("splat", "splatting"),
        ("planner", "planning"),
        ("optimization", "optimize"),
        ("queries", "query"),
        ("alpha", "α-divergence"),
        ("bold", "\\textbf{bold}"),
    ],
)
def test_a_term_is_known_in_another_spelling(term, source):
    assert vocabulary(plain(source)).has(plain(term))


@pytest.mark.parametrize(("term", "source"), [("CIFAR-10", "ImageNet"), ("PPO", "policy"), ("GAN", "organ")])
def test_a_term_that_is_not_there_is_not_found_inside_another(term, source):
    assert not vocabulary(source).has(term)


def test_figures_are_no_terms_and_names_are_told_by_their_spelling():
    found = [(term.text, term.name) for term in terms("TGATE는 7B와 3DGS, Deep Learning, GPT-4")]
    assert found == [("TGATE", True), ("3DGS", True), ("Deep", False), ("Learning", False), ("GPT-4", True)]
    assert not looks_like_name("Fine-Tuning")


def test_a_papers_own_name_is_the_head_of_its_title_and_what_is_made_of_it():
    assert own_names("Otter: A Model of Rivers", "We release Otter and OtterBench.") == {"otter", "otterbench"}
    assert own_names("Counting Animals from the Air", "We count.") == frozenset()


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("gaussian", "3D 가우시안을 씁니다"),
        ("gaussian", "ガウシアン"),
        ("splatting", "스플래팅"),
        ("splatting", "スプラッティング"),
        ("transformer", "트랜스포머는"),
        ("simulation", "시뮬레이션에서"),
        ("diffusion", "디퓨전 모델"),
        ("robotics", "로보틱스"),
    ],
)
def test_an_english_word_is_heard_in_the_readers_script(word, written):
    assert word in spelled_by_sound(written, [word])


def test_native_words_are_not_heard_as_english():
    assert not spelled_by_sound(
        "이 논문은 새로운 방법을 제안하고 있습니다.", ["gaussian", "watermark", "humanoid", "otter"]
    )


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("module", "모델을 학습합니다"),
        ("module", "모델이 배웁니다"),
        ("attention", "다양성이 높습니다"),
        ("single", "성과를 냅니다"),
        ("hierarchical", "효율적으로 배웁니다"),
        ("images", "이미지에서 찾습니다"),
        ("sharing", "새로운 방법입니다"),
        ("average", "빠르고 정확합니다"),
    ],
)
def test_a_particle_an_ending_or_a_word_of_every_summary_makes_no_loanword(word, written):
    assert not spelled_by_sound(written, [word])


@pytest.mark.parametrize(
    ("forms"), [("model", "models"), ("study", "studies"), ("split", "splitting"), ("generate", "generation")]
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len(set(map(stem, forms))) == 1


@pytest.mark.parametrize(
    ("text", "language", "fault"),
    [
        ("수달을 셉니다.", "ko", False),
        ("OtterMap은 Gaussian Splatting과 Drone Video를 씁니다.", "ko", False),
        ("It counts otters from the air.", "ko", True),
        ("It counts otters.", "en", False),
        ("수달을 셉니다.", "en", True),
        ("カワウソを数えます。", "ja", False),
        ("我们统计水獭的数量。", "ja", True),
        ("我们统计水獭的数量。", "zh-Hans", False),
        ("カワウソの数を数えます。", "zh", True),
        ("Nous comptons.", "fr", False),  # not known here: no guess
        ("", "ko", False),
    ],
)
def test_a_text_is_in_the_language_asked_for(text, language, fault):
    assert bool(language_fault(text, language)) is fault


@pytest.mark.parametrize(
    ("bullets", "word"),
    [
        (("하나", "둘"), "2 bullets"),
        (tuple("가나다라마바사아자차"), "10 bullets"),
        (("가", "나", "**Results**: [{'a': '나'}]"), "dictionary"),
        (("가", "나", '{"a": "나"}'), "dictionary"),
        (("가", "나", "['나', '다']"), "list"),
        (("가", "나", "다 **라"), "asterisks"),
        (("가", "나", "다\x07"), "U+0007"),
        (("가", "나", "다\ud83d"), "U+D83D"),
        (("가", "나", "```json"), "fence"),
        (("가", "나", "  "), "empty"),
    ],
)
def test_a_fault_of_form_is_named(bullets, word):
    assert word in " ".join(shape_faults(bullets))


def test_labels_products_and_starred_names_are_no_faults_of_form():
    assert not list(shape_faults(("**What's New**: 가", "***Results***: 나 [1] {x}", "A*와 JUMP*, 2 * 3")))


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
