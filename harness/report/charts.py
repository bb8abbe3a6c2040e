"""The charts as plotly figures: quality × cost, and the distribution of latencies."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from harness.core.estimates import Estimate
from harness.report.numbers import stated
from harness.report.pictures import Curve, Curves, Point, Scatter
from harness.report.visible import one_line

LIGHT = ("#0072B2", "#B84E00", "#00795A", "#A64D82", "#8F6200", "#2A7AB0", "#5B4FB3", "#333333")
"""Each at least 4.5:1 on white; the page's script replaces them by the theme's."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MUTED = "#5B6670"
CROWD = 12
"""Of more points than that only those have their names beside them that none beats; the others are listed below."""
LABEL = 32
"""Characters of a name in a chart."""
ROOM = 0.16
"""Share of an axis that a tick's label needs."""


def scatter_figure(scatter: Scatter, *, quality: str, cost: str, frontier: str) -> Mapping[str, Any] | None:
    """Return quality × cost with error bars as a figure; None where there is nothing to draw.

    `quality`, `cost` and `frontier` are the words for the axes and for the line of those that nobody beats.
    """
    points = scatter.points
    if not points:
        return None
    best = sorted((p for p in points if not p.dominated), key=lambda p: (p.cost.value or 0.0, p.quality.value or 0.0))
    figure = go.Figure(layout=_layout())
    if len(best) > 1:
        figure.add_trace(
            go.Scatter(
                x=[p.cost.value for p in best],
                y=[p.quality.value for p in best],
                mode="lines",
                line={"color": MUTED, "width": 1, "dash": "dot"},
                name=frontier,
                hoverinfo="skip",
                showlegend=False,
                meta={"colour": "muted"},
            )
        )
    for point in points:
        figure.add_trace(_point(point, named=not point.dominated or len(points) <= CROWD))
    figure.update_xaxes(title_text=cost, **_cost_axis(points))
    figure.update_yaxes(title_text=quality)
    figure.update_layout(showlegend=False)
    return _json(figure)


def _cost_axis(points: Sequence[Point]) -> dict[str, Any]:
    """Return a range with room for points and names, which plotly's own range does not count."""
    ends = [end for p in points for end in (p.cost.value, p.cost.low, p.cost.high) if end is not None]
    if min(ends) <= 0:
        return {"type": "linear", "nticks": 5, "rangemode": "tozero"}
    low, high = math.log10(min(ends)), math.log10(max(ends))
    room = max(0.1, high - low)
    low, high = low - 0.15 * room, high + 0.15 * room
    return {"type": "log", "range": [low, high], **_ticks(10**low, 10**high, partial(stated, "usd"))}


def _ticks(low: float, high: float, spell: Callable[[float], str]) -> dict[str, Any]:
    """Return round ticks of a logarithmic axis, as many as have room, spelled as the tables do; else plotly's own."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    room = ROOM * (math.log10(high) - math.log10(low))
    for steps in ([1 + i / 4 for i in range(36)], range(1, 10), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) > 1 and all(math.log10(b / a) >= room for a, b in pairwise(inside)):
            return {"tickvals": inside, "ticktext": [spell(tick) for tick in inside], "tickangle": 0}
    return {"nticks": 4, "tickangle": 0}


def _point(point: Point, *, named: bool) -> Any:
    colour = LIGHT[point.tag.colour % len(LIGHT)]
    return go.Scatter(
        x=[point.cost.value],
        y=[point.quality.value],
        error_x=_error(point.cost, colour),
        error_y=_error(point.quality, colour),
        mode="markers",
        text=[_plain(point.tag.name)],
        marker={"color": colour, "size": 11, "symbol": _symbol(point), "line": {"width": 1.5}},
        name=_plain(point.tag.name),
        hovertemplate="%{text}<br>%{y:.3f}<br>$%{x:.4g}<extra></extra>",
        meta={"colour": point.tag.colour, "named": named},
        cliponaxis=False,
    )


def _symbol(point: Point) -> str:
    """Return the candidate's symbol, hollow where another beats it on both."""
    symbol = SYMBOLS[point.tag.colour % len(SYMBOLS)]
    return f"{symbol}-open" if point.dominated else symbol


def _error(estimate: Estimate, colour: str) -> dict[str, Any] | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [estimate.high - estimate.value],
        "arrayminus": [estimate.value - estimate.low],
        "color": colour,
        "thickness": 1.2,
        "width": 4,
    }


def curves_figure(curves: Curves, *, share: str) -> Mapping[str, Any]:
    """Return the empirical distribution of a latency on a logarithmic axis; `share` is the word for the other."""
    figure = go.Figure(layout=_layout())
    start = min(curve.ms[0] for curve in curves.curves)
    end = 1.1 * max(curve.ms[-1] for curve in curves.curves)
    for i, curve in enumerate(curves.curves):
        colour = curve.tag.colour
        figure.add_annotation(**_label(curve, (i + 1) / (len(curves.curves) + 1), math.sqrt(start * end)))
        figure.add_trace(
            go.Scatter(
                x=[curve.ms[0], *curve.ms, end],
                y=[0.0, *curve.share, curve.share[-1]],
                mode="lines",
                line={
                    "color": LIGHT[colour % len(LIGHT)],
                    "width": 2,
                    "shape": "hv",
                    "dash": DASHES[colour % len(DASHES)],
                },
                name=_plain(curve.tag.name),
                hovertemplate="%{x:.4g} ms<br>%{y:.0%}",
                meta={"colour": colour},
            )
        )
    figure.update_xaxes(type="log", **_ticks(start, end, partial(stated, "_ms")))
    figure.update_yaxes(title_text=share, range=[0, 1.02], **_percentile_ticks())
    figure.update_layout(showlegend=False, margin_t=12)
    return _json(figure)


def _percentile_ticks() -> dict[str, Any]:
    return {"tickvals": [0, 0.5, 0.95, 0.99], "ticktext": ["0%", "p50", "p95", "p99"], "tickfont": {"size": 10}}


def _label(curve: Curve, share: float, middle: float) -> dict[str, Any]:
    """Return the name beside its curve, each at a height of its own, on the side that has more room."""
    at = next((ms for ms, reached in zip(curve.ms, curve.share, strict=True) if reached >= share), curve.ms[-1])
    return {
        "x": math.log10(at),
        "y": min(share, curve.share[-1]),
        "text": _plain(curve.tag.name),
        "showarrow": False,
        "xanchor": "left" if at <= middle else "right",
        "xshift": 6 if at <= middle else -6,
        "font": {"color": LIGHT[curve.tag.colour % len(LIGHT)]},
        "name": str(curve.tag.colour),
    }


def _plain(name: str) -> str:
    """Return a name without plotly's pseudo-HTML: its tags are read from `<` and `&`."""
    return one_line(name, LABEL).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _layout() -> dict[str, Any]:
    axis = {
        "gridcolor": "#E3E6E9",
        "linecolor": "#9AA3AB",
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": "#9AA3AB",
        "automargin": True,
        "title": {"standoff": 8},
    }
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": "#1D2125"},
        "margin": {"l": 52, "r": 16, "t": 36, "b": 44},
        "height": 320,
        "hovermode": "closest",
        "xaxis": axis,
        "yaxis": axis,
    }


def _json(figure: Any) -> Mapping[str, Any]:
    described: Mapping[str, Any] = figure.to_plotly_json()
    layout = {key: value for key, value in described["layout"].items() if key != "template"}
    return {"data": list(described["data"]), "layout": layout}
