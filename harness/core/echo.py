"""Whether the model that a provider names in its answer is the one that it was asked for."""

import re

_VERSION = re.compile(r"[-:](latest|preview|exp|v\d+(?::\d+)?|\d\d-\d{4}|\d{3,8}(?:-\d\d){0,2}|\d\d-\d\d)$")
"""What a provider adds to a name: a date, a build, `latest`. `mini`, `pro`, `70b` are other models."""


def is_same_model(asked: str, echoed: str) -> bool:
    """Say whether `echoed` may be the model `asked`, which is in LiteLLM's spelling.

    What precedes the last slash, case and one side's lack of a date make no difference; two dates do. Azure is asked
    for a deployment, which its owner names, and tells the model: that says nothing.
    """
    if asked.startswith("azure/"):
        return True
    (name, versions), (other, others) = _parts(asked), _parts(echoed)
    return name == other and (not versions or not others or versions == others)


def _parts(name: str) -> tuple[str, frozenset[str]]:
    """Split a name into what it is and the dates and builds that it bears."""
    name, found = name.rpartition("/")[2].lower().replace("@", "-"), set()
    while version := _VERSION.search(name):
        found.add(version[1])
        name = name[: version.start()]
    return name, frozenset(found - {"latest", "preview", "exp"})
