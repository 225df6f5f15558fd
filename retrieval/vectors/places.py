"""Where Chroma is: a folder beside the index, or a server that several share.

Chroma's folder is not safe for several processes (docs.trychroma.com, cookbook.chromadb.dev): each
keeps graphs in memory and notices nobody else's writing. So writers hold a lock alone and readers
together, a reader opens the folder anew after it was written, and a folder whose writer was killed
is thrown away: all that it holds can be made again from the index.

Nor is it safe to open a stranger's: its graphs are read by native code that trusts them, and its
tables name code to be loaded. So a writer notes when the lock file beside the folder last changed
(`ctime`), a time that nobody can choose: what came with a clone, an archive or a copy does not fit
its note and is never opened.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from hdlsmith.errors import HdlsmithError, InputError, MissingToolError
from hdlsmith.file_lock import try_lock

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


class VectorsBusyError(HdlsmithError):
    """Another process is writing the vectors, or reading while we want to write."""


class VectorsError(HdlsmithError):
    """Chroma failed: a damaged folder, or a server that does not answer."""

    exit_code = 3


class Place(Protocol):
    """Lends a client."""

    @property
    def prefix(self) -> str:
        """Of the names of this index's collections."""

    def is_there(self) -> bool: ...

    def reading(self) -> AbstractContextManager["ClientAPI"]: ...

    def writing(self) -> AbstractContextManager["ClientAPI"]: ...

    def close(self) -> None: ...


def place_of(index: Path, http: str) -> Place:
    """The folder in an index folder, or a server where an address is given."""
    return _Server(index, http) if http else _Folder(index / "vectors")


class _Folder:
    prefix = ""

    def __init__(self, folder: Path) -> None:
        self._lock = folder.with_name("vectors.lock")
        self._chroma = folder
        self._made = folder.with_name("vectors.made")
        self._client: Any = None
        self._written_ns = 0

    def is_there(self) -> bool:
        return self._chroma.is_dir() and self._is_ours()

    def _is_ours(self) -> bool:
        """Whether the folder was finished, and in this very place."""
        try:
            return self._made.read_text("ascii") == str(self._lock.stat().st_ctime_ns)
        except (OSError, ValueError):
            return False

    @contextmanager
    def reading(self) -> Iterator["ClientAPI"]:
        with self._locked(shared=True):
            if not self._is_ours():
                raise VectorsError(
                    "the vectors are unfinished, or were made elsewhere",
                    remedy="hdlsmith index update",
                )
            # The lock file's time is when they were last written.
            if self._client and self._lock.stat().st_mtime_ns != self._written_ns:
                self.close()
            try:
                yield self._open()
            except Exception as error:
                if _is_chromas(error):
                    self._made.unlink(missing_ok=True)
                raise

    @contextmanager
    def writing(self) -> Iterator["ClientAPI"]:
        with self._locked(shared=False):
            self.close()
            if not self._is_ours():
                self._clear()
            self._made.unlink(missing_ok=True)
            sound = True
            try:
                yield self._open()
            except Exception as error:
                sound = not _is_chromas(error)
                raise
            finally:
                self.close()
                self._lock.touch()
                if sound:
                    self._made.write_text(str(self._lock.stat().st_ctime_ns), "ascii")

    def _clear(self) -> None:
        """Remove all: an archive may hold folders that nobody may write, and Chroma opens them."""
        if not self._chroma.exists():
            return
        try:
            shutil.rmtree(self._chroma)
        except OSError as error:
            raise VectorsError(
                f"cannot remove unfinished or foreign vectors: {error}",
                remedy=f"rm -r {self._chroma}",
            ) from error

    def close(self) -> None:
        if self._client:
            self._client.close()
        self._client = None

    def _open(self) -> "ClientAPI":
        if not self._client:
            chromadb, settings = _chromadb()
            self._written_ns = self._lock.stat().st_mtime_ns
            try:
                self._client = chromadb.PersistentClient(str(self._chroma), settings=settings)
            except Exception as error:  # of a damaged folder: of any type
                raise VectorsError(
                    f"Chroma cannot open {self._chroma}: {error}", remedy="hdlsmith index update"
                ) from error
        client: ClientAPI = self._client
        return client

    @contextmanager
    def _locked(self, *, shared: bool) -> Iterator[None]:
        with self._lock.open("ab") as lock:
            if not try_lock(lock, shared=shared):
                raise VectorsBusyError(
                    f"another hdlsmith is at the vectors in {self._chroma}",
                    remedy="wait for its end, or set chroma.http to a shared server",
                )
            yield


class _Server:
    def __init__(self, index: Path, http: str) -> None:
        self._http = http
        self._client: Any = None
        self._name = index / "vectors.name"

    @property
    def prefix(self) -> str:
        """Other repositories may be on the same server: each has a name of its own."""
        if not self._name.exists():
            self._name.write_text(uuid4().hex[:12])
        return f"hdlsmith-{self._name.read_text()}-"

    def is_there(self) -> bool:
        return self._name.exists()

    @contextmanager
    def reading(self) -> Iterator["ClientAPI"]:
        yield self._open()

    writing = reading

    def close(self) -> None:
        if self._client:
            self._client.close()
        self._client = None

    def _open(self) -> "ClientAPI":
        if not self._client:
            chromadb, settings = _chromadb()
            url = urlsplit(self._http if "://" in self._http else f"http://{self._http}")
            if not url.hostname:
                raise InputError(f"chroma.http is no address: {self._http!r}")
            port = url.port or (443 if url.scheme == "https" else 8000)
            try:
                self._client = chromadb.HttpClient(
                    url.hostname, port, ssl=url.scheme == "https", settings=settings
                )
            except ValueError as error:
                raise VectorsError(
                    f"no Chroma server answers at {self._http}: {error}",
                    remedy="start one (`chroma run`), or leave chroma.http out",
                ) from error
        client: ClientAPI = self._client
        return client


@contextmanager
def failing_typed() -> Iterator[None]:
    """Chroma's failures as ours."""
    try:
        yield
    except Exception as error:
        if isinstance(error, HdlsmithError) or not _is_chromas(error):
            raise
        raise VectorsError(f"Chroma failed: {error}", remedy="hdlsmith index update") from error


def _is_chromas(error: Exception) -> bool:
    return isinstance(error, VectorsError) or type(error).__module__.startswith("chromadb")


def _chromadb() -> tuple[Any, Any]:
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise MissingToolError(
            "the vectors need chromadb", remedy="pip install 'hdlsmith[index]'"
        ) from error
    # Without `_env_file` it would read `.env` of the working folder, which may be anybody's.
    return chromadb, Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
