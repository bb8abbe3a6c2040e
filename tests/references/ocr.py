"""Ask RapidOCR's own pipeline what stands in pictures of doc_ocr: writes ocr.json.

Runs in the environment of `make references`: the pipeline imports much that our engine, which has its weights alone,
does not need. The classifier of lines on their head is left out, as it is in ours. It is given pixels: of a PNG with a
palette, its own loader takes the numbers of the colours for shades of grey.
"""

from pathlib import Path

import numpy as np
from fixture import write
from PIL import Image
from rapidocr import RapidOCR

PICTURES = Path(__file__).parents[2] / "tasks" / "doc_ocr" / "pictures"
NAMES = ("receipt-en-1", "form-en-2", "screen-zh-1", "receipt-zh-3")


def main() -> None:
    reader = RapidOCR()
    cases = [{"picture": name, "pieces": list(_read(reader, PICTURES / f"{name}.png"))} for name in NAMES]
    write("ocr", {"cases": cases}, packages=("rapidocr", "onnxruntime", "opencv-python-headless"))


def _read(reader: RapidOCR, picture: Path) -> tuple[str, ...]:
    red_first = np.asarray(Image.open(picture).convert("RGB"))
    blue_first = np.ascontiguousarray(red_first[:, :, ::-1])
    return tuple(reader(blue_first, use_det=True, use_cls=False, use_rec=True).txts or ())


if __name__ == "__main__":
    main()
