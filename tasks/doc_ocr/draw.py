"""Draws the pictures of doc_ocr and writes its samples: `python -m tasks.doc_ocr.draw --latin FONT --chinese FONT`.

Needs Pillow and two fonts; the committed pictures were drawn with those that README.md names.
"""

import argparse
import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tasks.doc_ocr.papers import Paper, papers

HERE = Path(__file__).parent
GREYS = 16
WORDS = {"en": {"receipt": "receipt", "form": "form", "screen": "screenshot"},
         "zh": {"receipt": "小票", "form": "表格", "screen": "屏幕截图"}}  # fmt: skip
"""How a kind of paper is called in the prompt."""

Line = dict[str, Any]


def samples(of: Iterable[Paper]) -> Mapping[str, list[Line]]:
    """Return data file → its samples."""
    files: dict[str, list[Line]] = {name: [] for name in ("text_en", "text_zh", "lookup_en", "lookup_zh", "fields")}
    for paper in of:
        about: dict[str, Any] = {
            "files": [f"pictures/{paper.id}.png"],
            "metadata": {"lang": paper.lang, "kind": paper.kind, "look": look(paper), "cluster": paper.id},
        }
        word = WORDS[paper.lang][paper.kind]
        files[f"text_{paper.lang}"].append({"id": paper.id, "input": word, "target": paper.text, **about})
        for number, (question, answer) in enumerate(paper.lookups, start=1):
            line = {"id": f"{paper.id}-{number}", "input": question, "target": answer, **about}
            files[f"lookup_{paper.lang}"].append(line)
        if paper.fields:
            wanted = {**about, "metadata": {**about["metadata"], "wanted": list(paper.fields)}}
            files["fields"].append({"id": paper.id, "input": word, "target": paper.fields, **wanted})
    return files


def look(paper: Paper) -> str:
    """Every third paper lies askew, every third is pale; a screenshot is always clean."""
    if paper.kind == "screen":
        return "clean"
    return ("clean", "askew", "pale")[int(paper.id.rpartition("-")[2]) % 3]


def draw(paper: Paper, font_file: Path) -> Image.Image:
    """Return the picture of `paper` in shades of grey."""
    rng = random.Random(paper.id)
    font = ImageFont.truetype(str(font_file), 22)
    picture = {"receipt": _receipt, "form": _form, "screen": _screen}[paper.kind](paper, font, font_file)
    if look(paper) == "pale":
        picture = picture.point([150 + value * 105 // 255 for value in range(256)])
    if look(paper) == "askew":
        angle = rng.choice((-1, 1)) * rng.uniform(1.0, 2.0)
        picture = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=210)
    return picture.quantize(GREYS)


def _receipt(paper: Paper, font: ImageFont.FreeTypeFont, font_file: Path) -> Image.Image:
    picture = Image.new("L", (440, 60 + 42 * len(paper.rows)), 252)
    pen, y = ImageDraw.Draw(picture), 30
    for at, (left, right) in enumerate(paper.rows):
        if right:
            pen.text((26, y), left, fill=20, font=font)
            pen.text((414, y), right, fill=20, font=font, anchor="ra")
        else:
            pen.text((220, y), left, fill=20, font=_fitting(left, font_file, 28 if at == 0 else 20, 388), anchor="ma")
        y += 42
        if right and not (at + 1 < len(paper.rows) and paper.rows[at + 1][1]):
            pen.line([(26, y - 6), (414, y - 6)], fill=120, width=1)
    return picture


def _form(paper: Paper, font: ImageFont.FreeTypeFont, font_file: Path) -> Image.Image:
    (title, _), *rows = paper.rows
    picture = Image.new("L", (640, 110 + 54 * len(rows)), 250)
    pen = ImageDraw.Draw(picture)
    pen.text((320, 28), title, fill=10, font=_fitting(title, font_file, 32, 580), anchor="ma")
    for at, (label, value) in enumerate(rows):
        top = 90 + 54 * at
        pen.rectangle([(30, top), (230, top + 54)], fill=228, outline=90)
        pen.rectangle([(230, top), (610, top + 54)], fill=250, outline=90)
        pen.text((44, top + 14), label, fill=40, font=font)
        pen.text((248, top + 14), value, fill=10, font=font)
    return picture


def _screen(paper: Paper, font: ImageFont.FreeTypeFont, font_file: Path) -> Image.Image:
    (title, _), *rows, buttons = paper.rows
    picture = Image.new("L", (600, 150 + 50 * len(rows)), 240)
    pen = ImageDraw.Draw(picture)
    pen.rectangle([(0, 0), (600, 52)], fill=60)
    pen.text((20, 12), title, fill=250, font=_fitting(title, font_file, 24, 480))
    for left in (520, 548, 576):
        pen.ellipse([(left - 8, 18), (left + 8, 34)], fill=160)
    for at, (label, value) in enumerate(rows):
        top = 72 + 50 * at
        pen.text((28, top), label, fill=70, font=font)
        pen.text((572, top), value, fill=10, font=font, anchor="ra")
        pen.line([(28, top + 38), (572, top + 38)], fill=215)
    top = picture.height - 64
    for left, label, fill, ink in ((150, buttons[0], 222, 30), (370, buttons[1], 80, 252)):
        pen.rounded_rectangle([(left, top), (left + 200, top + 44)], 8, fill=fill)
        pen.text((left + 100, top + 8), label, fill=ink, font=font, anchor="ma")
    return picture


def _fitting(text: str, font_file: Path, size: int, width: int) -> ImageFont.FreeTypeFont:
    while True:
        font = ImageFont.truetype(str(font_file), size)
        if font.getlength(text) <= width or size <= 16:
            return font
        size -= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latin", type=Path, required=True, help="DejaVuSans.ttf")
    parser.add_argument("--chinese", type=Path, required=True, help="wqy-microhei.ttc")
    fonts = vars(parser.parse_args())
    (HERE / "pictures").mkdir(exist_ok=True)
    made = list(papers())
    for paper in made:
        font = fonts["latin" if paper.lang == "en" else "chinese"]
        draw(paper, font).save(HERE / "pictures" / f"{paper.id}.png", optimize=True)
    for name, lines in samples(made).items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (HERE / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
