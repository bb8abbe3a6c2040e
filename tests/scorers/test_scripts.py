"""ScriptRules: each rule of a brief can be kept and broken on its own."""

import pytest

from harness.core.canonical import Json
from harness.core.scores import Unscored
from harness.scorers import ScriptRules
from tests.scorers.judging import Case, judged

BRIEF: dict[str, Json] = {
    "seconds": [2, 6], "scenes": [2, 2], "hook_words": 6, "includes": ["red shoes"], "excludes": ["cheap"],
    "ends_with": ["order now"],
}  # fmt: skip
SCRIPT = """Scene 1:
Visual: feet
Voice: Do you like red shoes?
Scene 2:
Visual: a shop
Voice: We do. Order now!"""
CHINESE = "场景1：\n画面：脚\n口播：你喜欢红鞋吗？\n场景2：\n画面：店\n口播：我们喜欢，马上下单。"


def test_a_script_that_keeps_its_brief_scores_one() -> None:
    score = judged(ScriptRules(), BRIEF, SCRIPT)
    assert (score.value, score.reason) == (1.0, "")
    assert score.detail["seconds"] == 3.6  # nine words at 150 a minute
    assert judged(ScriptRules(), BRIEF, SCRIPT.replace("Scene", "**Scene").replace(":\nV", ":**\nV")).value == 1.0
    chinese = {**BRIEF, "includes": ["红鞋"], "ends_with": ["下单"], "hook_words": 10}
    assert judged(ScriptRules(), chinese, CHINESE).value == 1.0


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        pytest.param("Scene 2", "Scene 3", "format", id="a number left out"),
        pytest.param("Visual: feet\n", "", "format", id="no picture"),
        pytest.param("Scene 2", "Scene 2:\nVisual: x\nVoice: And.\nScene 3", "scenes", id="a scene too many"),
        pytest.param("We do.", "We do. " + "So many words. " * 8, "length", id="too long"),
        pytest.param("Do you like red shoes?", "These are red shoes.", "hook", id="a dull beginning"),
        pytest.param("Do you like", "Would you or somebody like", "hook", id="a long beginning"),
        pytest.param("red shoes", "blue shoes", "includes", id="a phrase is missing"),
        pytest.param("Visual: a shop", "Visual: a cheap shop", "excludes", id="a forbidden word in the picture"),
        pytest.param("We do. Order now!", "Order now! We do.", "call_to_action", id="the call is not last"),
    ],
)
def test_each_rule_is_broken_alone(old: str, new: str, broken: str) -> None:
    score = judged(ScriptRules(), BRIEF, SCRIPT.replace(old, new, 1))
    assert score.reason == f"broken: {broken}"
    assert (score.value, score.detail["held"], score.detail["rules"]) == (0.0, 6.0, 7.0)


@pytest.mark.parametrize("text", ["", "Red shoes. Order now!", "Scene 1:\nVisual: feet", "Scene 1:\nVoice:"])
def test_what_is_no_script_scores_zero(text: str) -> None:
    assert judged(ScriptRules(), BRIEF, text).value == 0.0


@pytest.mark.parametrize(
    "target",
    [
        None, [], {}, {**BRIEF, "more": 1}, {**BRIEF, "seconds": 5}, {**BRIEF, "hook_words": True},
        {**BRIEF, "includes": [""]},
    ],
)  # fmt: skip
def test_unscored(target: Json) -> None:
    assert isinstance(Case(why="", scorer=ScriptRules(), target=target, text=SCRIPT).result, Unscored)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a minute"):
        ScriptRules(words_per_minute=0)
