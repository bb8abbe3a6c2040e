"""The files that `bakeoff init` writes: the templates of starter/, filled in, with comments in the language spoken."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from harness.cli.manner import in_language, tell
from harness.core.wording import foreign

if TYPE_CHECKING:
    from harness.config.inventory import Offer
    from harness.config.spreadsheet import Sheet

STARTER = Path(__file__).parent / "starter"
PLAIN = re.compile(r"(?!(?i:y|n|yes|no|on|off|true|false|null)$)[A-Za-z][A-Za-z0-9_-]{0,99}")
"""Names that YAML reads as text without quotes."""
NAMELESS = "my-bakeoff"
COMMENTED = re.compile(r"^( +# )(.*)$", re.MULTILINE)
COMMENT = "starter."
"""Before the names of our comments among the words."""
CHEAP, DEAR = ("0.5", "0.005"), ("20", "0.25")
"""Worst and ideal dollars of 1,000 requests: of a machine's time, and of what providers ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a bake-off may be for."""

    modalities: tuple[str, ...]
    embedded: tuple[str, ...]
    """The shipped models that do it without a key."""
    suite: str | None = None
    """The shipped suite that is begun with, or a part of it; None: a table of one's own."""
    candidates: tuple[str, ...] = ()
    """Shipped chains of those models, which are named in bakeoff.yaml."""


USES: Mapping[str, Use] = {
    "text": Use(modalities=("text",), embedded=("smollm2", "gemma3-8shot")),
    "tts": Use(modalities=("tts",), embedded=("hibari", "espeak"), suite="tts_core"),
    "transcription": Use(modalities=("transcription",), embedded=("whisper-tiny", "whisper-base"), suite="asr_core"),
    "speech": Use(
        modalities=("speech",), embedded=("whisper-tiny", "smollm2", "hibari"), suite="spoken_qa",
        candidates=("talk-smollm2-hibari", "talk-smollm2-espeak"),
    ),
    "vision": Use(
        modalities=("vision",), embedded=("plain-rapidocr", "plain-rapidocr-v4"), suite="doc_ocr",
        candidates=("plain-rapidocr", "plain-rapidocr-v4", "read-rapidocr-smollm2"),
    ),
    "rag": Use(
        modalities=("embedding", "rerank"), embedded=("bm25", "wordllama"), suite="rag_nodes, tasks: [retrieval]"
    ),
}  # fmt: skip


def bakeoff(folder: Path, doing: Use, read: "Sheet | None", *, dear: bool, own: bool) -> str:
    """Return bakeoff.yaml; `dear`: providers ask for dollars, a hundred times what a machine's time costs.

    With a server of one's `own` there is no budget: what runs there has no price a token, so none could hold.
    """
    worst, ideal = DEAR if dear else CHEAP
    if doing.suite is not None:
        suite, decision = _filled("suite-shipped.yaml", suite=doing.suite), ""
    else:
        suite = _filled("suite-faq.yaml") if read is None else _of_sheet(read)
        decision = _filled("decision.yaml", worst=worst, ideal=ideal)
    named = doing.candidates if not dear else ()
    return _filled(
        "bakeoff.yaml",
        name=_scalar(folder.resolve().name.strip()[:100] or NAMELESS),
        suites=suite,
        candidates=f"candidates: [{', '.join(named)}]\n" if named else "",
        run="" if own else _filled("run.yaml"),
        decision=decision,
    )


def example() -> bytes:
    """Return the table of the example."""
    return (STARTER / "data" / "faq.csv").read_bytes()


def own_server(api_base: str, model: str) -> str:
    """Return providers.yaml with the one model of a server of one's own."""
    entry = _filled("own-server.yaml", name=model.rpartition("/")[2], model=model, api_base=api_base)
    return _filled("providers.yaml", note="", entries=entry)


def providers(found: "Sequence[Offer]", catalogue: "Sequence[Offer]", doing: Use, *, has_remote: bool) -> str:
    """Return the entries whose keys were found; beside them the embedded models, as an example where others do it."""
    offers = [offer for offer in catalogue if offer.name in doing.embedded]
    remote, embedded = ("".join(_entry(offer.text) for offer in some) for some in (found, offers))
    fetch = f"bakeoff fetch {' '.join(offer.model.removeprefix('local/') for offer in offers)}"
    if not found:
        return _filled("providers.yaml", note=_filled("note-no-key.yaml", fetch=fetch), entries=embedded)
    if has_remote:
        embedded = "".join(f"  # {line[2:]}\n" for line in embedded.splitlines())
    note = _filled("note-example.yaml" if has_remote else "note-embedded.yaml", fetch=fetch)
    return _filled("providers.yaml", note="", entries=remote + note + embedded)


def variables(offers: "Sequence[Offer]") -> list[str]:
    """Return the variables that hold the keys of `offers`, once each."""
    return list(dict.fromkeys(variable for offer in offers for variable in offer.variables))


def _of_sheet(read: "Sheet") -> str:
    pieces = {"name": read.name, "data": f"data/{read.file}", "prompt": read.prompt, "scorer": read.scorer}
    quoted = {name: json.dumps(piece, ensure_ascii=False) for name, piece in pieces.items()}
    return _filled("suite-sheet.yaml", max_tokens=1024 if read.why in ("long", "none") else 512, **quoted)


def _entry(text: str) -> str:
    """Return an entry as it is written, its comments in the language spoken."""
    return COMMENTED.sub(lambda found: found[1] + in_language(foreign(found[2])), text)


def _scalar(text: str) -> str:
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _filled(template: str, **pieces: object) -> str:
    """Return a template with `pieces` put in, and those of our own comments that it has."""
    text = Template((STARTER / template).read_text(encoding="utf-8"))
    comments = {name: tell(COMMENT + name, **pieces) for name in text.get_identifiers() if name not in pieces}
    return text.substitute(pieces, **comments)
