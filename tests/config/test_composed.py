"""libyaml reads as PyYAML's own parser does, and is asked nothing that it could die of."""

import pytest
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from harness.config import composed
from harness.config.composed import compose
from harness.config.paths import shipped
from tests.config.test_proxy_files import BALANCED, EVERYTHING, WILD

TEXTS = {
    "providers": (shipped() / "providers.yaml").read_text(encoding="utf-8"),
    "bake-off": (shipped() / "bakeoff-full.yaml").read_text(encoding="utf-8"),
    "balanced": BALANCED,
    "wild": WILD,
    "everything": EVERYTHING,
    "scalars": "a: 'x'\nb: |\n  two\n  lines\nc: >-\n  folded\n  text\nd: [1, 0x1f, 12:30, 1e-6, ~, no]\n? e\n: f\n",
    "wide": "名: 输入 # 说明\n\U0001f600: [é, 好]\n",
    "nothing": "# nothing\n",
}


def flat(node: Node | None) -> object:
    """Return all of a node that Bakeoff makes use of: what it is, and where."""
    if node is None:
        return None
    start, end = node.start_mark, node.end_mark
    here = (node.tag, start.line, start.column)
    if isinstance(node, ScalarNode):
        return (*here, end.line, end.column, node.style or None, node.value)
    if isinstance(node, SequenceNode):
        return (*here, [flat(item) for item in node.value])
    assert isinstance(node, MappingNode)
    return (*here, [(flat(key), flat(value)) for key, value in node.value])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_both_parsers_read_the_same(text: str) -> None:
    assert composed.QUICK is not None
    assert flat(yaml.compose(text, Loader=composed.QUICK)) == flat(yaml.compose(text, Loader=yaml.SafeLoader))


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? "])
def test_what_is_deep_is_not_descended_into(unit: str) -> None:
    with pytest.raises((yaml.YAMLError, RecursionError)):
        compose(unit * 100_000)


def test_an_error_is_told_in_the_words_of_the_parser_that_says_most(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for quick in (composed.QUICK, None):
        monkeypatch.setattr(composed, "QUICK", quick)
        with pytest.raises(yaml.YAMLError) as caught:
            compose("a: [1, 2\nb: 3\n")
        said.append(str(caught.value))
    assert said[0] == said[1]
