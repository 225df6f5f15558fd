"""The settings of `hdlsmith index`: how a repository's files are to be read."""

from typing import Literal

from pydantic import Field

from hdlsmith.section import Section


class IndexSettings(Section):
    """What the index reads, and how. Paths are relative to the repository's root."""

    include: tuple[str, ...] = ()
    """Folders where an `include` is searched first."""
    define: tuple[str, ...] = ()
    """Macros, as on a command line: `NAME` or `NAME=VALUE`."""
    filelist: tuple[str, ...] = ()
    """Filelists (`.f`) whose include folders and macros are used."""
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders to pass over; `*` also stands for `/`."""
    generated_kb: int = Field(default=256, ge=0)
    """A file that says that a program made it is passed over above this size, in KiB."""
    verilog_front_end: Literal["slang", "pyverilog"] = "slang"
    """Who reads `.v` files: `slang`, or `pyverilog` (the extra `pyverilog`; Verilog-2005 only)."""
    workers: int | None = Field(default=None, gt=0, le=64)
    """Processes that read files; one a core when left out."""
    file_timeout_s: float = Field(default=30.0, gt=0, le=3600)
    """Seconds that reading one file may take; then it counts as failed."""
