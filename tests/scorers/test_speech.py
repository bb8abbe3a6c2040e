"""WER counts are jiwer's, its normal form is Whisper's, and a missing reading is no zero."""

import random
import subprocess
import sys
from collections.abc import Callable

import jiwer
import pytest
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.media import Audio
from harness.core.scores import Reading, Score, Unscored
from harness.core.suites import Sample
from harness.scorers.speech import Dnsmos, TranscriptAccuracy, WordAccuracy
from harness.scorers.wer import WordErrors, word_errors

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=24_000, size=48_044)
SPOKEN = Output(audio=CLIP)


def heard(text: str | None) -> dict[str, Reading]:
    return {"transcriber": Reading(instrument="transcriber", candidate="whisper-base", output=Output(text=text))}


def rated(**values: float) -> dict[str, Reading]:
    return {"mos": Reading(instrument="mos", candidate="dnsmos", output=Output(values=values))}


def say(text: Json, target: Json = None) -> Sample:
    return Sample(id="s", input=text, target=target)


# -- WordAccuracy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "transcript"),
    [
        pytest.param(say("The ferry leaves at noon."), "The ferry leaves at noon.", id="equal"),
        pytest.param(say("The ferry leaves at noon."), "the ferry leaves at noon", id="case-and-punctuation"),
        pytest.param(say("Dr. Wu owes $4.50."), "Doctor Wu owes four dollars and fifty cents.", id="spoken-form"),
        pytest.param(
            say("It's 1,250 metres."), "it is one thousand two hundred fifty meters", id="spelling-and-number"
        ),
        pytest.param(say("I won't."), "um, I will not", id="filler-and-contraction"),
        pytest.param(say("Meet at 3 p.m.", target="Meet at three p m"), "meet at 3 P.M.", id="target-is-the-reference"),
    ],
)
def test_word_accuracy_scores_one(sample: Sample, transcript: str) -> None:
    score = WordAccuracy().score(sample, SPOKEN, heard(transcript))
    assert isinstance(score, Score)
    assert (score.value, score.reason) == (1.0, "")


@pytest.mark.parametrize(
    ("text", "transcript"),
    [
        pytest.param("The ferry leaves at noon.", "", id="silence"),
        pytest.param("The ferry leaves at noon.", "...", id="nothing-but-punctuation"),
        pytest.param("Stop here.", "many quite other words were heard instead", id="hallucination-is-capped"),
    ],
)
def test_word_accuracy_scores_zero(text: str, transcript: str) -> None:
    score = WordAccuracy().score(say(text), SPOKEN, heard(transcript))
    assert isinstance(score, Score)
    assert score.value == 0.0


def test_word_accuracy_between() -> None:
    score = WordAccuracy().score(say("a red fox ran home"), SPOKEN, heard("a big red ox ran"))
    assert isinstance(score, Score)
    assert score.value == pytest.approx(1 - 3 / 5)
    assert score.detail == {"substitutions": 1, "insertions": 1, "deletions": 1, "words": 5}
    assert score.reason == "heard 'a big red ox ran', expected 'a red fox ran home'"


@pytest.mark.parametrize(
    ("sample", "readings", "reason"),
    [
        pytest.param(say("Hello."), {}, "no reading", id="not-transcribed"),
        pytest.param(say("Hello."), rated(ovrl=3.0), "no reading", id="another-instrument"),
        pytest.param(say("Hello."), heard(None), "no reading", id="transcriber-without-text"),
        pytest.param(say("..."), heard("Hello."), "normalisation", id="no-words-to-speak"),
        pytest.param(say("[door closes]"), heard("Hello."), "normalisation", id="nothing-but-a-stage-direction"),
        pytest.param(say({"ssml": "<p/>"}), heard("Hello."), "is a text", id="input-is-no-text"),
        pytest.param(say("Hello.", target=["Hello."]), heard("Hello."), "is a text", id="target-is-no-text"),
    ],
)
def test_word_accuracy_unscored(sample: Sample, readings: dict[str, Reading], reason: str) -> None:
    outcome = WordAccuracy().score(sample, SPOKEN, readings)
    assert isinstance(outcome, Unscored)
    assert reason in outcome.reason


def test_signature_names_the_normal_form() -> None:
    assert WordAccuracy().name == "word_accuracy"
    assert WordAccuracy().signature == 'word_accuracy@1(language="en",normaliser="whisper-english")'


def test_other_languages_are_refused_when_the_suite_is_written() -> None:
    with pytest.raises(ValueError, match="language='zh'"):
        WordAccuracy(language="zh")


# -- TranscriptAccuracy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "transcript", "value"),
    [
        pytest.param("Dr. Wu owes $4.50.", "doctor wu owes four dollars and fifty cents", 1.0, id="spoken-form"),
        pytest.param("a red fox ran home", "a big red ox ran", 1 - 3 / 5, id="between"),
        pytest.param("Stop here.", "many quite other words were heard instead", 0.0, id="hallucination-is-capped"),
        pytest.param("Stop here.", "", 0.0, id="silence"),
        pytest.param("Stop here.", None, 0.0, id="no-text-at-all"),
    ],
)
def test_a_transcript_is_judged_by_the_words_that_were_said(target: str, transcript: str | None, value: float) -> None:
    score = TranscriptAccuracy().score(say("not what was said", target), Output(text=transcript), heard("nor is this"))
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)
    assert score.detail["words"] == len(target.split()) or "Wu" in target


def test_a_transcript_is_not_judged_against_what_holds_no_word() -> None:
    for target, reason in ((["Hello."], "is no text"), ("...", "no word")):
        outcome = TranscriptAccuracy().score(say("?", target), Output(text="hello"), {})
        assert isinstance(outcome, Unscored)
        assert reason in outcome.reason


def test_an_unknown_normal_form_is_refused() -> None:
    with pytest.raises(ValueError, match="knows whisper-english, chinese-characters, chinese-mixed; not 'none'"):
        TranscriptAccuracy(normaliser="none")


CHARACTERS = TranscriptAccuracy(normaliser="chinese-characters")


@pytest.mark.parametrize(
    ("target", "transcript", "value"),
    [
        pytest.param("请把文件送到办公室。", "请 把文件,送到办公室", 1.0, id="punctuation-and-spaces"),
        pytest.param("爷爷在修理钟表。", "爺爺在修理鐘錶", 1.0, id="traditional"),
        pytest.param("我用ＰＩＮ码开门", "我用pin碼開門!", 1.0, id="full-width-and-case"),
        pytest.param("大桥关闭了", "大桥開了", 1 - 2 / 5, id="between"),
        pytest.param("开门", "我不知道你在说什么", 0.0, id="capped"),
        pytest.param("开门", "", 0.0, id="silence"),
    ],
)
def test_chinese_is_judged_by_its_characters(target: str, transcript: str, value: float) -> None:
    score = CHARACTERS.score(say("?", target), Output(text=transcript), {})
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)
    assert "words" not in score.detail
    assert score.detail["characters"] == sum(char.isalnum() for char in target)


def distorted(text: str, rng: random.Random, *, units: list[str]) -> str:
    """`text` as somebody may have heard it: units lost, doubled, replaced, other case and punctuation."""
    heard = []
    for unit in units:
        match rng.randrange(10):
            case 0:
                continue
            case 1:
                heard += [unit, unit]
            case 2:
                heard.append(rng.choice(units))
            case 3:
                heard.append(unit.upper() + rng.choice("，。!?; "))
            case _:
                heard.append(unit)
    return (" " if " " in text else "").join(heard)


ENGLISH = (
    "Dr. Wu owes Mr. O'Neill $4.50 for the 2 tickets.",
    "It's 1,250 metres to the harbour; we'll colour the map.",
    "The twenty-first train hasn't left, has it?",
    "They'd rather wait until half past three (p.m.).",
    "I'm gonna fetch 3 kilos of jewellery, okay?",
)
CHINESE = (
    "没想到这架旧钢琴的声音这么温暖。",
    "请把签好字的文件送到楼上的ABC办公室！",
    "过了加油站向左转，然后沿着河边走。",
    "他说：“明天见（大概）”，就走了。",
    "橄榄树长得很慢；但是可以活很多年？",
)


@pytest.mark.parametrize(
    ("scorer", "texts", "normalise", "measure"),
    [
        pytest.param(TranscriptAccuracy(), ENGLISH, EnglishTextNormalizer(), jiwer.process_words, id="WER"),
        pytest.param(
            CHARACTERS, CHINESE, lambda text: "".join(BasicTextNormalizer()(text).split()), jiwer.process_characters,
            id="CER",
        ),
    ],
)  # fmt: skip
def test_error_rates_are_jiwers_of_what_whisper_normalizer_leaves(
    scorer: TranscriptAccuracy,
    texts: tuple[str, ...],
    normalise: Callable[[str], str],
    measure: Callable[[str, str], jiwer.WordOutput | jiwer.CharacterOutput],
) -> None:
    rng, wrong = random.Random(20), 0
    for text in texts:
        for _ in range(20):
            heard = distorted(text, rng, units=text.split() if " " in text else list(text))
            found, score = (
                measure(normalise(text), normalise(heard)),
                scorer.score(say("?", text), Output(text=heard), {}),
            )
            assert isinstance(score, Score)
            counts = {name: getattr(found, name) for name in ("substitutions", "insertions", "deletions")}
            unit = "words" if measure is jiwer.process_words else "characters"
            assert score.detail == counts | {unit: found.hits + found.substitutions + found.deletions}
            wrong += sum(counts.values())
            rate = sum(counts.values()) / score.detail[unit]
            assert score.value == pytest.approx(1 - min(1.0, rate))
    assert wrong > 100


def test_a_recogniser_that_cannot_stop_is_judged_at_once() -> None:
    for scorer, again in ((TranscriptAccuracy(), "word "), (CHARACTERS, "字")):
        score = scorer.score(say("?", "Stop 开门"), Output(text=again * 10**6), {})
        assert isinstance(score, Score)
        assert score.value == 0.0


# -- Dnsmos --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overall", "value"),
    [
        pytest.param(5.0, 1.0, id="best"),
        pytest.param(3.0, 0.5, id="middle"),
        pytest.param(1.0, 0.0, id="worst"),
        pytest.param(5.2, 1.0, id="above-the-scale"),
        pytest.param(0.8, 0.0, id="below-the-scale"),
    ],
)
def test_dnsmos(overall: float, value: float) -> None:
    score = Dnsmos().score(say("Hello."), SPOKEN, rated(sig=3.5, bak=4.0, ovrl=overall))
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)
    assert score.detail == {"sig": 3.5, "bak": 4.0, "ovrl": overall}


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        pytest.param({}, "no reading", id="not-rated"),
        pytest.param(heard("Hello."), "no reading", id="another-instrument"),
        pytest.param(rated(ovrl=3.0), "lacks sig, bak", id="part-of-a-reading"),
    ],
)
def test_dnsmos_unscored(readings: dict[str, Reading], reason: str) -> None:
    outcome = Dnsmos().score(say("Hello."), SPOKEN, readings)
    assert isinstance(outcome, Unscored)
    assert reason in outcome.reason


# -- alignment -----------------------------------------------------------------------------------------------------


def random_pairs(count: int) -> list[tuple[list[str], list[str]]]:
    """Unrelated pairs and edited copies over small vocabularies, where ties between alignments are common."""
    rng = random.Random(20)
    pairs = []
    for number in range(count):
        words = "abcdefgh"[: rng.choice([1, 2, 3, 8])]
        reference = rng.choices(words, k=rng.randint(1, 25))
        said = rng.choices(words, k=rng.randint(0, 25)) if number % 2 else reference.copy()
        for _ in range(0 if number % 2 else rng.randint(0, 8)):
            place = rng.randrange(len(said) + 1)
            said[place : place + rng.randint(0, 1)] = rng.choices(words, k=rng.randint(0, 1))
        pairs.append((reference, said))
    return pairs


def by_jiwer(reference: list[str], said: list[str]) -> WordErrors:
    found = jiwer.process_words(" ".join(reference), " ".join(said))
    return WordErrors(
        hits=found.hits, substitutions=found.substitutions, insertions=found.insertions, deletions=found.deletions
    )


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        pytest.param("a b c", "a b c", id="equal"),
        pytest.param("a b c", "", id="silence"),
        pytest.param("a", "b", id="one-substitution"),
        pytest.param("a b", "b a", id="swap"),
        pytest.param("a a", "a", id="repeat-lost"),
        pytest.param("a", "a a a", id="stutter"),
        pytest.param("a b c d", "b c d e", id="shift"),
        pytest.param("the cat sat on the mat", "the the cat sat mat on", id="mixed"),
    ],
)
def test_counts_of_hand_made_pairs_are_jiwers(reference: str, said: str) -> None:
    assert word_errors(reference.split(), said.split()) == by_jiwer(reference.split(), said.split())


def test_counts_of_random_pairs_are_jiwers() -> None:
    pairs = random_pairs(400)
    for reference, said in pairs:
        errors = word_errors(reference, said)
        assert errors == by_jiwer(reference, said), (reference, said)
        assert errors.rate == pytest.approx(jiwer.wer(" ".join(reference), " ".join(said)), abs=1e-9)
        assert errors.words == len(reference)
    assert sum(word_errors(*pair).rate > 0 for pair in pairs) > 300


def test_importing_the_scorers_loads_nothing_heavy() -> None:
    heavy = ("whisper_normalizer", "regex", "numpy")
    code = f"import sys, harness.scorers.speech; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
