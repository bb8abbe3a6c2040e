"""report.html: one file that opens offline, with every foreign text escaped and every figure traceable."""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.core.calls import Audio, Image, Video
from harness.core.decision import Decision
from harness.core.latitude import Latitude
from harness.report.cases import SampleView
from harness.report.charts import curves_figure, scatter_figure
from harness.report.clips import BINS, HEIGHT, clips
from harness.report.evidence import Evidence
from harness.report.markup import Voice, page_words, summary, verbatim
from harness.report.numbers import Number, count, number, number_id
from harness.report.shown import shown as seen
from harness.report.standing import BAR
from harness.report.view import SlotView, View, view
from harness.report.visible import visible
from harness.report.words import WORDS

HERE = Path(__file__).parent
EMPTY_STYLE = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
"""plotly.js adds an empty style element and fills it by script."""
SAMPLES_A_PAGE = 25
SCRIPTS = ("words.js", "decide.js", "weights.js", "charts.js")
"""The page's own, in the order in which they stand in it: classic ones, which share what they declare."""
TAGS = {"en": "en", "zh": "zh-Hans"}
"""Language → how HTML names it."""
SPOKEN = re.compile(r'<html lang="([^"]*)"')


def write_report(
    evidence: Evidence,
    decisions: Sequence[Decision],
    path: Path,
    latitudes: Sequence[Latitude] = (),
    *,
    language: str = "en",
) -> Path:
    """Write the report to `path` and return it; the same records give the same bytes."""
    page = report_html(evidence, decisions, path, latitudes, language=language)
    partial_path = path.with_name(path.name + ".part")
    partial_path.write_text(page, encoding="utf-8", newline="\n")
    os.replace(partial_path, path)
    return path


def report_html(
    evidence: Evidence,
    decisions: Sequence[Decision],
    path: Path,
    latitudes: Sequence[Latitude] = (),
    *,
    language: str = "en",
) -> str:
    """Return the page, which opens in `language`; clips that do not fit are linked relative to `path`.

    Of the slots that have a latitude the page knows at any weights how sure the verdict is.
    """
    shown = view(evidence, decisions, latitudes)
    style, scripts = _static("report.css"), [_static(name) for name in SCRIPTS]
    figures = list(_figures(shown))
    plotly = _static("plotly-basic.min.js") if figures else ""
    return (
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
            clips=clips(evidence, _audios(shown), path),
            pictures=seen(evidence, _images(shown), path),
            films=seen(evidence, _films(shown), path),
            bar=BAR,
            outline_box=f"0 0 {BINS} {HEIGHT}",
        )
    )


def spoken(page: str) -> str:
    """Return the language in which a report opens; of a page that names none: English."""
    found = SPOKEN.search(page)
    return next((language for language, tag in TAGS.items() if found is not None and found[1] == tag), "en")


def _audios(shown: View) -> Iterable[Audio]:
    for slot in shown.slots:
        for sample in slot.cases.samples:
            yield from [sample.recording] if sample.recording is not None else []
            yield from (answer.audio for answer in sample.answers if answer is not None and answer.audio is not None)


def _images(shown: View) -> Iterable[Image]:
    for slot in shown.slots:
        for sample in slot.cases.samples:
            yield from sample.images
            yield from (answer.image for answer in sample.answers if answer is not None and answer.image is not None)


def _films(shown: View) -> Iterable[Video]:
    for slot in shown.slots:
        for sample in slot.cases.samples:
            yield from (answer.video for answer in sample.answers if answer is not None and answer.video is not None)


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


def _packed(text: str) -> str:
    """Return `text` as gzip in base64: a third of its size; the page unpacks it."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _environment(language: str) -> Environment:
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
    environment.globals.update(
        say=voice.say, text=voice.text, label=voice.label, told=voice.told, note=voice.note, pages=_pages
    )
    environment.filters.update(
        show=voice.show,
        names=voice.names,
        verbatim=verbatim,
        block=partial(verbatim, element="div"),
        summary=summary,
        plain=lambda text: visible(str(text)),
    )
    return environment


def _pages(slot: SlotView) -> Sequence[tuple[Number, Number, Sequence[SampleView]]]:
    """Return the samples in pages, each with its first and last position."""
    samples, pages = slot.cases.samples, []
    for start in range(0, len(samples), SAMPLES_A_PAGE):
        chunk = samples[start : start + SAMPLES_A_PAGE]
        first, last = (
            number(at, count(at), id=number_id(slot.slot, "samples", "", f"page.{start}.{which}"))
            for which, at in (("first", start + 1), ("last", start + len(chunk)))
        )
        pages.append((first, last, chunk))
    return pages
