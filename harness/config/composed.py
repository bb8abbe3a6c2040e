"""YAML text as PyYAML's nodes: read by libyaml, which is ten times as quick, where that is safe."""

from contextlib import suppress

import yaml
from yaml.nodes import Node

MAX_DEPTH = 100
QUICK: type[yaml.CSafeLoader] | None = getattr(yaml, "CSafeLoader", None)
"""None: this PyYAML was built without libyaml."""


def compose(text: str) -> Node | None:
    """Return the root node of the document in `text`, None where it is empty.

    yaml.YAMLError in the words of PyYAML's own parser, which also reads what is deep: libyaml's composer descends until
    the process dies.
    """
    if QUICK is not None:
        with suppress(yaml.YAMLError, UnicodeEncodeError):
            if _is_shallow(text, QUICK):
                return yaml.compose(text, Loader=QUICK)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _is_shallow(text: str, quick: type[yaml.CSafeLoader]) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=quick):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return True
