"""Draws the charts of chart_qa and writes its samples: `python -m tasks.chart_qa.draw --latin FONT --chinese FONT`.

Needs Pillow and two fonts; the committed pictures were drawn with those that README.md names.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tasks.chart_qa.data import Chart, charts

HERE = Path(__file__).parent
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
"""Okabe and Ito's, which colour-blind people can tell apart."""
INK, GRID = "#222222", "#cccccc"
WIDTH, HEIGHT = 520, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 500, 60, 310
"""Of the plot."""

Font = ImageFont.FreeTypeFont


def samples(of: Iterable[Chart]) -> Mapping[str, list[dict[str, Any]]]:
    """Return data file → its samples."""
    files: dict[str, list[dict[str, Any]]] = {}
    for chart in of:
        for number, (question, answer) in enumerate(chart.questions, start=1):
            files.setdefault(chart.kind, []).append({
                "id": f"{chart.id}-{number}", "input": question, "target": answer,
                "files": [f"pictures/{chart.id}.png"], "metadata": {"lang": chart.lang, "cluster": chart.id},
            })  # fmt: skip
    return files


def draw(chart: Chart, font_file: Path) -> Image.Image:
    """Return the picture of `chart`."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(str(font_file), 15)
    pen.text((WIDTH / 2, 14), chart.title, fill=INK, font=ImageFont.truetype(str(font_file), 20), anchor="ma")
    {"bars": _bars, "lines": _lines, "pies": _pie}[chart.kind](pen, chart, font)
    return picture.quantize(32)


def _axes(pen: ImageDraw.ImageDraw, chart: Chart, font: Font) -> Sequence[float]:
    """Draw the grid and the labels; return where each label stands."""
    for tenth in range(11):
        y = _height(chart, tenth * chart.top // 10)
        pen.line([(LEFT, y), (RIGHT, y)], fill=GRID if tenth else INK)
        pen.text((LEFT - 8, y), str(tenth * chart.top // 10), fill=INK, font=font, anchor="rm")
    step = (RIGHT - LEFT) / len(chart.labels)
    places = [LEFT + step * (at + 0.5) for at in range(len(chart.labels))]
    for place, label in zip(places, chart.labels, strict=True):
        pen.text((place, BOTTOM + 10), label, fill=INK, font=font, anchor="ma")
    return places


def _height(chart: Chart, value: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / chart.top


def _bars(pen: ImageDraw.ImageDraw, chart: Chart, font: Font) -> None:
    ((_, values),) = chart.series
    for place, value in zip(_axes(pen, chart, font), values, strict=True):
        pen.rectangle([(place - 24, _height(chart, value)), (place + 24, BOTTOM)], fill=COLOURS[0])


def _lines(pen: ImageDraw.ImageDraw, chart: Chart, font: Font) -> None:
    places = _axes(pen, chart, font)
    for at, (name, values) in enumerate(chart.series):
        points = [(x, _height(chart, value)) for x, value in zip(places, values, strict=True)]
        pen.line(points, fill=COLOURS[at], width=3)
        for x, y in points:
            pen.ellipse([(x - 5, y - 5), (x + 5, y + 5)], fill=COLOURS[at])
        left = 130 + 160 * at
        pen.rectangle([(left, HEIGHT - 32), (left + 24, HEIGHT - 20)], fill=COLOURS[at])
        pen.text((left + 32, HEIGHT - 26), name, fill=INK, font=font, anchor="lm")


def _pie(pen: ImageDraw.ImageDraw, chart: Chart, font: Font) -> None:
    ((_, shares),) = chart.series
    angle = -90.0
    for at, (label, share) in enumerate(zip(chart.labels, shares, strict=True)):
        end = angle + 3.6 * share
        pen.pieslice([(40, 70), (300, 330)], angle, end, fill=COLOURS[at], outline="white")
        angle = end
        y = 120 + 44 * at
        pen.rectangle([(330, y - 9), (354, y + 9)], fill=COLOURS[at])
        pen.text((364, y), f"{label}: {share} %", fill=INK, font=font, anchor="lm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latin", type=Path, required=True, help="DejaVuSans.ttf")
    parser.add_argument("--chinese", type=Path, required=True, help="wqy-microhei.ttc")
    fonts = vars(parser.parse_args())
    (HERE / "pictures").mkdir(exist_ok=True)
    made = list(charts())
    for chart in made:
        font = fonts["latin" if chart.lang == "en" else "chinese"]
        draw(chart, font).save(HERE / "pictures" / f"{chart.id}.png", optimize=True)
    for name, lines in samples(made).items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (HERE / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
