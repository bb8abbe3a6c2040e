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
from markupsafe import Markup, escape

from harness.core.calls import Audio, Image, Video
from harness.core.decision import Decision
from harness.report.cases import SampleView
from harness.report.charts import curves_figure, scatter_figure
from harness.report.clips import BINS, HEIGHT, clips
from harness.report.evidence import Evidence
from harness.report.numbers import Number, count, number, number_id
from harness.report.phrases import Phrase, Piece, words
from harness.report.shown import shown as seen
from harness.report.standing import BAR
from harness.report.view import SlotView, View, view
from harness.report.visible import one_line, visible
from harness.report.words import WORDS

HERE = Path(__file__).parent
EMPTY_STYLE = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
"""plotly.js adds an empty style element and fills it by script."""
SAMPLES_A_PAGE = 25
SUMMARY_CHARACTERS = 110
NAMED = re.compile("⟨U\\+[0-9A-F]{4,6}⟩")
"""What `visible` makes of a hidden character."""
DIGITS = re.compile(r"(\d(?:[\d.,]*\d)?)")


def write_report(evidence: Evidence, decisions: Sequence[Decision], path: Path) -> Path:
    """Write the report to `path` and return it; the same records give the same bytes."""
    page = report_html(evidence, decisions, path)
    partial_path = path.with_name(path.name + ".part")
    partial_path.write_text(page, encoding="utf-8", newline="\n")
    os.replace(partial_path, path)
    return path


def report_html(evidence: Evidence, decisions: Sequence[Decision], path: Path) -> str:
    """Return the page; clips that do not fit are linked relative to `path`."""
    shown = view(evidence, decisions)
    style = _static("report.css")
    plotly, script = _static("plotly-basic.min.js"), _static("charts.js")
    figures = list(_figures(shown))
    environment = _environment()
    return environment.get_template("page.html").render(
        view=shown,
        language="en",
        style=Markup(style),
        script=Markup(script),
        plotly=_packed(plotly) if figures else "",
        policy=_policy(style, [plotly, script] if figures else []),
        figures=figures,
        clips=clips(evidence, _audios(shown), path),
        pictures=seen(evidence, _images(shown), path),
        films=seen(evidence, _films(shown), path),
        bar=BAR,
        outline_box=f"0 0 {BINS} {HEIGHT}",
    )


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
    plain = WORDS["en"]
    for slot in shown.slots:
        drawn = scatter_figure(
            slot.scatter, quality=plain["axis.quality"], cost=plain["axis.cost"], frontier=plain["axis.frontier"]
        )
        if drawn is not None:
            yield {"id": f"{slot.anchor}-scatter", **drawn}
        for i, curves in enumerate(slot.curves):
            figure = curves_figure(curves, share=plain["axis.share"])
            yield {"id": f"{slot.anchor}-curves-{i}", **figure}


def _static(name: str) -> str:
    return (HERE / "static" / name).read_text(encoding="utf-8")


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Return the page's content security policy: what is not hashed here does not run, and nothing is fetched."""
    allowed = " ".join(f"'{_sha256(script)}'" for script in scripts) or "'none'"
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


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "allow_nan": False, "separators": (",", ":")}
    environment.globals.update(say=_say, pages=_pages)
    environment.filters.update(
        show=_show,
        verbatim=_verbatim,
        block=partial(_verbatim, element="div"),
        summary=_summary,
        plain=lambda text: visible(str(text)),
        names=_names,
    )
    return environment


def _say(key: str | Phrase, **args: Piece) -> Markup:
    """Return a sentence of `words` as markup; digits of our own words are marked as terms, not as figures."""
    phrase = key if isinstance(key, Phrase) else Phrase(key=key, args=args)
    parts = []
    for literal, piece in words(phrase):
        spans = (
            Markup('<span class="term">{}</span>' if i % 2 else "{}").format(s)
            for i, s in enumerate(DIGITS.split(literal))
        )
        parts.append(Markup("").join(spans))
        parts.append(Markup("") if piece is None else _show(piece))
    return Markup("").join(parts)


def _show(piece: Piece | Markup) -> Markup:
    """Return a number as data, a phrase in words, and anything else as foreign text."""
    if isinstance(piece, Markup):
        return piece
    if isinstance(piece, Number):
        return Markup('<data value="{}" id="{}">{}</data>').format(piece.raw, piece.id, piece.text)
    return _say(piece) if isinstance(piece, Phrase) else _verbatim(piece)


def _verbatim(text: str, element: str = "span", language: str | None = None) -> Markup:
    """Return foreign text as it is: escaped, isolated in its direction, hidden characters named."""
    attributes = Markup("") if language is None else Markup(' lang="{}"').format(visible(language))
    named = NAMED.sub(r'<span class="hidden-character">\g<0></span>', str(escape(visible(text))))
    return Markup('<{0} class="verbatim"{1}>{2}</{0}>').format(Markup(element), attributes, Markup(named))


def _summary(text: str) -> Markup:
    return _verbatim(one_line(text, SUMMARY_CHARACTERS))


def _names(names: Iterable[Piece]) -> Markup:
    return Markup(", ").join(_show(name) for name in names)


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
