"""The parts of the check of summaries, each by a table: what it reads out of a text, and what it takes for the same."""

import pytest

from bot.summaries.faithfulness.language import language_fault
from bot.summaries.faithfulness.links import comparable, urls
from bot.summaries.faithfulness.numbers import Kind, numbers, unsupported
from bot.summaries.faithfulness.plain import plain
from bot.summaries.faithfulness.shape import shape_faults
from bot.summaries.faithfulness.sounds import spelled_by_sound
from bot.summaries.faithfulness.stems import stem
from bot.summaries.faithfulness.terms import looks_like_name, own_names, terms, vocabulary


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
