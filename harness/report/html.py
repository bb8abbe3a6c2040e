"""report.html: one file that opens offline, with every foreign text escaped and every figure traceable."""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.core.decision import Decision
from harness.core.latitude import Latitude
from harness.report.bundle import BYTES, TEXTS, bundle, chosen
from harness.report.cases import CasesView
from harness.report.charts import curves_figure, scatter_figure
from harness.report.clips import BINS, HEIGHT
from harness.report.evidence import Evidence
from harness.report.markup import Voice, page_words, summary, verbatim
from harness.report.media import media
from harness.report.outputs import outputs, outputs_name
from harness.report.standing import BAR
from harness.report.view import View, view
from harness.report.visible import visible
from harness.report.words import WORDS

HERE = Path(__file__).parent
EMPTY_STYLE = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
"""plotly.js adds an empty style element and fills it by script."""
SCRIPTS = ("words.js", "decide.js", "weights.js", "samples.js", "charts.js")
"""The page's own, in the order in which they stand in it: classic ones, which share what they declare."""
TAGS = {"en": "en", "zh": "zh-Hans"}
"""Language → how HTML names it."""
SPOKEN = re.compile(r'<html lang="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    path: Path
    html: str
    left: tuple[tuple[CasesView, int], ...]
    """Of each slot its samples, and how many of them, from the first on, the page holds the answers to."""

    def outputs(self) -> Iterator[str]:
        """Yield the lines of the file beside it: the answers that it has no room for."""
        for cases, written in self.left:
            yield from outputs(cases, written)

    def write(self) -> Path:
        """Write the page, and beside it the answers that it has no room for; return its path."""
        _write(self.path, [self.html])
        if (first := next(lines := self.outputs(), None)) is not None:
            _write(self.path.with_name(outputs_name(self.path)), chain([first], lines))
        return self.path


def report_page(
    evidence: Evidence,
    decisions: Sequence[Decision],
    path: Path,
    latitudes: Sequence[Latitude] = (),
    *,
    language: str = "en",
) -> Page:
    """Return the page, which opens in `language`; clips that do not fit are linked relative to `path`.

    Of the slots that have a latitude it knows at any weights how sure the verdict is. The same records give the same
    bytes.
    """
    shown = view(evidence, decisions, latitudes)
    slots = max(1, len(shown.slots))
    held = {slot.anchor: list(chosen(slot.cases, slot.anchor, texts=TEXTS // slots)) for slot in shown.slots}
    standing = [sample for slot in shown.slots for sample in slot.cases.samples]
    others = [sample for chunks in held.values() for chunk in chunks for sample in chunk.samples if sample is not None]
    found = media(evidence, [*standing, *others], path)
    bundles = {slot.anchor: bundle(slot.cases, held[slot.anchor], found, most=BYTES // slots) for slot in shown.slots}
    style, scripts = _static("report.css"), [_static(name) for name in SCRIPTS]
    figures = list(_figures(shown))
    plotly = _static("plotly-basic.min.js") if figures else ""
    html = (
        _environment(language)
        .get_template("page.html")
        .render(
            view=shown,
            language=language,
            languages=TAGS,
            words=Markup(page_words()),
            style=Markup(style),
            scripts=[Markup(script) for script in scripts],
            plotly=_packed(plotly) if plotly else "",
            policy=_policy(style, [plotly, *scripts] if plotly else scripts),
            figures=figures,
            weights=[slot.trying.data for slot in shown.slots if slot.trying is not None],
            bundles=bundles,
            outputs=outputs_name(path),
            clips=found.clips,
            pictures=found.pictures,
            films=found.films,
            bar=BAR,
            outline_box=f"0 0 {BINS} {HEIGHT}",
        )
    )
    return Page(path=path, html=html, left=tuple((slot.cases, bundles[slot.anchor].written) for slot in shown.slots))


def _write(path: Path, texts: Iterable[str]) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(texts)
    os.replace(part, path)


def spoken(page: str) -> str:
    """Return the language in which a report opens; of a page that names none: English."""
    found = SPOKEN.search(page)
    return next((language for language, tag in TAGS.items() if found is not None and found[1] == tag), "en")


def _figures(shown: View) -> Iterable[Mapping[str, Any]]:
    """Return what the charts draw; `words` are the keys of their axes, said in English until a script says them."""
    plain = WORDS["en"]
    for slot in shown.slots:
        drawn = scatter_figure(
            slot.scatter, quality=plain["axis.quality"], cost=plain["axis.cost"], frontier=plain["axis.frontier"]
        )
        if drawn is not None:
            axes = {"xaxis": "axis.cost", "yaxis": "axis.quality"}
            yield {"id": f"{slot.anchor}-scatter", "words": axes, **drawn}
        for i, curves in enumerate(slot.curves):
            figure = curves_figure(curves, share=plain["axis.share"])
            yield {"id": f"{slot.anchor}-curves-{i}", "words": {"yaxis": "axis.share"}, **figure}


@cache
def _static(name: str) -> str:
    return (HERE / "static" / name).read_text(encoding="utf-8")


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Return the page's content security policy: what is not hashed here does not run, and nothing is fetched."""
    allowed = " ".join(f"'{_sha256(script)}'" for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src '{_sha256(style)}' '{EMPTY_STYLE}'",
            "img-src data: blob: 'self'",
            "media-src data: blob: 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "connect-src 'none'",
        )
    )


@cache
def _packed(text: str) -> str:
    """Return `text` as gzip in base64: a third of its size; the page unpacks it."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment(language: str) -> Environment:
    """Return what makes pages of `language`, once: to compile the templates takes as long as to fill them in."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "allow_nan": False, "separators": (",", ":")}
    voice = Voice(language)
    environment.globals.update(say=voice.say, text=voice.text, label=voice.label, told=voice.told, note=voice.note)
    environment.filters.update(
        show=voice.show,
        names=voice.names,
        verbatim=verbatim,
        block=partial(verbatim, element="div"),
        summary=summary,
        plain=lambda text: visible(str(text)),
    )
    return environment
