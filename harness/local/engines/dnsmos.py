"""DNSMOS P.835, as Microsoft's package speechmos computes it: Reddy et al., ICASSP 2022, arXiv:2110.01763."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from harness.local.audio import HEARD_AT, Samples

_WINDOW_S = 9.01
_SIG = (-0.08397278, 1.22083953, 0.0052439)
_BAK = (-0.13166888, 1.60915514, -0.39604546)
_OVRL = (-0.06766283, 1.11546468, 0.04602535)
"""Polynomials from the model's outputs to ratings, highest power first."""


class Rater:
    """The model over windows of 9.01 s, one a second; their ratings are averaged."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def rate(self, samples: Samples) -> Mapping[str, float]:
        """Return `sig`, `bak` and `ovrl`; a clip shorter than a window is repeated until it fills one."""
        raw = np.array([self._session.run(None, {"input_1": w[np.newaxis, :]})[0][0] for w in windows(samples)])
        curves = {"sig": _SIG, "bak": _BAK, "ovrl": _OVRL}
        return {name: float(np.polyval(c, raw[:, at]).mean()) for at, (name, c) in enumerate(curves.items())}


def windows(samples: Samples) -> list[NDArray[np.float32]]:
    """Cut `samples` (mono, 16 kHz, not empty) as speechmos does, doubling what is too short."""
    length = int(_WINDOW_S * HEARD_AT)
    while len(samples) < length:
        samples = np.append(samples, samples)
    hops = int(len(samples) // HEARD_AT - _WINDOW_S) + 1
    cut = (samples[at * HEARD_AT : int((at + _WINDOW_S) * HEARD_AT)] for at in range(hops))
    return [window.astype(np.float32) for window in cut if len(window) >= length]


def load(files: Mapping[str, Path], *, threads: int) -> Rater:
    """Load the network."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    path = str(files["sig_bak_ovr.onnx"])
    return Rater(onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]))
