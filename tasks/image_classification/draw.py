"""Writes the digits of image_classification: `python -m tasks.image_classification.draw`, with Pillow and scikit-learn.

The first six of each digit in scikit-learn's copy, each pixel drawn as a smooth square of 12 pixels.
"""

import json
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
EACH = 6
SIDE = 96


def main() -> None:
    digits = load_digits()
    (HERE / "pictures").mkdir(exist_ok=True)
    lines = []
    for digit in range(10):
        for at in [i for i, label in enumerate(digits.target) if label == digit][:EACH]:
            name = f"digit-{digit}-{at}"
            pixels = (255 - digits.images[at] * 255 / 16).astype("uint8")
            picture = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            picture.quantize(16).save(HERE / "pictures" / f"{name}.png", optimize=True)
            sample = {"id": name, "input": "digit", "target": str(digit), "files": [f"pictures/{name}.png"]}
            lines.append(json.dumps({**sample, "metadata": {"index": at}}) + "\n")
    (HERE / "digits.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
