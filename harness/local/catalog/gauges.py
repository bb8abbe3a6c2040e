"""Instruments that compete with nobody: they rate sound, count shapes, run programs."""

from harness.local.embedded import Engine, Package, files

GAUGES = (
    Engine(
        name="dnsmos",
        modality="mos",
        summary="DNSMOS P.835, a predictor of speech quality ratings (signal, background, overall)",
        version="1",
        module="dnsmos",
        runtimes=("onnxruntime", "soundfile", "soxr"),
        packages=(Package(name="speechmos", version="0.0.1.1", megabytes=9.4),),
        weights=files(
            "speechmos",
            "speechmos/dnsmos_models",
            {"sig_bak_ovr.onnx": "269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd"},
        ),
        licence="MIT",
    ),
    Engine(
        name="shapes",
        modality="shapes",
        summary="plain shapes in a picture by form and colour, found by their outlines",
        version="shapes-1",
        module="shapes",
        runtimes=("opencv-python-headless",),
        packages=(),
        weights=(),
        licence="Apache-2.0",
    ),
    Engine(
        name="sandbox",
        modality="execution",
        summary="bubblewrap around Python: runs what a model has written, where it can reach nothing",
        version="sandbox-1",
        module="sandbox",
        runtimes=(),
        packages=(),
        weights=(),
        licence="Apache-2.0",
    ),
)
