"""WordLlama: static embeddings, the mean of a text's token vectors (Miller 2024; the weights of its package)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

_TENSOR = "embedding.weight"


class Embedder:
    """A table of token vectors."""

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
        self._tokenizer = tokenizer
        self._table = table

    def count(self, texts: Sequence[str]) -> int:
        """Return how many tokens `texts` have."""
        return sum(map(len, self._ids(texts)))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each text, [n, 256]; of a text without tokens, zeros."""
        vectors = np.zeros((len(texts), self._table.shape[1]), dtype=np.float32)
        for row, ids in zip(vectors, self._ids(texts), strict=True):
            if ids:
                mean = self._table[ids].mean(axis=0)
                row[:] = mean / np.linalg.norm(mean)
        return vectors

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [text.ids for text in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def load(files: Mapping[str, Path], *, threads: int) -> Embedder:
    """Load tokenizer and table, without the package's own code, which would look for its tokenizer on the network."""
    del threads  # a lookup and a mean
    tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
    return Embedder(tokenizer, table(files["l2_supercat_256.safetensors"].read_bytes()))


def table(data: bytes) -> NDArray[np.float32]:
    """Read the one tensor of a safetensors file: the length of its header, the header as JSON, the numbers."""
    start = 8 + int.from_bytes(data[:8], "little")
    tensor = json.loads(data[8:start])[_TENSOR]
    first, last = tensor["data_offsets"]
    numbers = np.frombuffer(data[start + first : start + last], dtype="<f2")
    return numbers.reshape(tensor["shape"]).astype(np.float32)
