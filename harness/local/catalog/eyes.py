"""Readers of the text in pictures."""

from harness.local.embedded import Engine, Package, files

EYES = (
    Engine(
        name="rapidocr",
        modality="vision",
        summary="plain OCR: RapidOCR's PP-OCRv6 small; answers any question with the text that it reads",
        version="1",
        module="ocr",
        runtimes=("onnxruntime", "opencv-python-headless"),
        packages=(Package(name="rapidocr", version="3.10.0", megabytes=27.3),),
        weights=files(
            "rapidocr",
            "rapidocr/models",
            {
                "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
                "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
            },
        ),
        licence="Apache-2.0",
    ),
    Engine(
        name="rapidocr-v4",
        modality="vision",
        summary="plain OCR: RapidOCR's PP-OCRv4 mobile; answers any question with the text that it reads",
        version="1",
        module="ocr",
        runtimes=("onnxruntime", "opencv-python-headless"),
        packages=(Package(name="rapidocr-onnxruntime", version="1.4.4", megabytes=14.9),),
        weights=files(
            "rapidocr-onnxruntime",
            "rapidocr_onnxruntime/models",
            {
                "ch_PP-OCRv4_det_infer.onnx": "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                "ch_PP-OCRv4_rec_infer.onnx": "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
            },
        ),
        licence="Apache-2.0",
    ),
)
