"""Foreign text stays text: in HTML its hidden characters are named, in Markdown nothing of it is markup."""

import re

import pytest

from harness.report.document import Span
from harness.report.markdown import fenced, line
from harness.report.numbers import number
from harness.report.speaker import Speaker
from harness.report.visible import one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain\ttab\nline", "plain\ttab\nline", id="tabs and lines stay"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends become one kind"),
        pytest.param("safe\u202egnp.exe", "safe⟨U+202E⟩gnp.exe", id="reordering"),
        pytest.param("nul\x00 esc\x1b", "nul⟨U+0000⟩ esc⟨U+001B⟩", id="controls"),
        pytest.param("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩", id="zero width"),
        pytest.param("tag\U000e0041", "tag⟨U+E0041⟩", id="tags"),
        pytest.param("half\ud800", "half⟨U+D800⟩", id="half characters"),
        pytest.param("👩‍💻 مرحبا 模型", "👩‍💻 مرحبا 模型", id="joined emoji and other scripts stay"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_short_and_flat() -> None:
    assert one_line("a\n  b\tc", 99) == "a b c"
    assert one_line("word " * 50, 20) == "word word word word…"
    assert len(one_line("x" * 50, 20)) == 20


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("smollm2-135m", "smollm2-135m", id="harmless names stay readable"),
        pytest.param("text_core/facts", "text_core/facts", id="underscores inside words"),
        pytest.param("_a_ *b* `c`", r"\_a\_ \*b\* \`c\`", id="emphasis and code"),
        pytest.param("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;", id="html"),
        pytest.param("&lt;b&gt;", "&amp;lt;b&amp;gt;", id="entities"),
        pytest.param("[a](javascript:b)", r"\[a\](javascript&#58;b)", id="links"),
        pytest.param("see https://evil.example", "see https&#58;&#47;&#47;evil.example", id="bare links"),
        pytest.param("www.evil.example a@b.c", "www&#46;evil.example a&#64;b.c", id="links without a scheme"),
        pytest.param("a | b", r"a \| b", id="table cells"),
        pytest.param("a\n# b", "a # b", id="no second line"),
        pytest.param("# a", "&#8203;# a", id="heading"),
        pytest.param("- a", "&#8203;- a", id="list"),
        pytest.param("12. a", "&#8203;12. a", id="numbered list"),
        pytest.param("$x$ ~~y~~ ^z", r"\$x\$ \~\~y\~\~ \^z", id="extensions"),
        pytest.param("back\\slash", "back\\\\slash", id="backslash"),
        pytest.param("", "–", id="nothing"),
    ],
)
def test_foreign(text: str, markdown: str) -> None:
    assert line(Speaker("en").show(text)) == markdown


@pytest.mark.parametrize("text", ["```\nend", "a````b", "~~~", "plain"])
def test_fences_hold(text: str) -> None:
    lines = fenced(text).split("\n")
    fence = lines[-1]
    assert lines[0] == f"{fence}text"
    assert re.fullmatch("`{3,}", fence)
    assert all(fence not in line for line in lines[1:-1])


def test_pieces() -> None:
    speak = Speaker("en")
    assert line(speak.show(number(0.5, "<0.1%", id="s/a"))) == "&lt;0.1%"
    assert line(speak.show(number(1, "$1.00", id="i"))) == r"\$1.00"
    assert line(speak.say("memo.no_fallback")).startswith("There is no fallback")
    with pytest.raises(KeyError):
        speak.say("no such sentence")


def test_emphasis_holds_over_links() -> None:
    spans = (Span(text="Of ", strong=True), Span(text="3", link="p#3", strong=True), Span(text=" cases."))
    assert line(spans) == "**Of 3** cases."


def test_chinese_has_no_space_between_its_characters() -> None:
    speak = Speaker("zh")
    limit = speak.say("gate.min", limit=number(1, "1", id="i"))
    assert line(speak.say("memo.gate", metric="覆盖率", limit=limit)) == "门槛：覆盖率不低于 1。"
    assert line(speak.say("memo.gate", metric="wer", limit=limit)).startswith("门槛：wer 不低于 ")


def test_lists_are_joined_as_the_language_does() -> None:
    names = ["a", "b", "c"]
    assert line(Speaker("en").listed(names, "and")) == "a, b and c"
    assert line(Speaker("zh").listed(names, "and")) == "a、b 和 c"
    assert line(Speaker("en").listed(names[:1], "and")) == "a"
    assert Speaker("en").listed([]) == ()
