"""A digest of what a testbench did, from its VCD: all but what the design under test drives."""

import hashlib
import re
from pathlib import Path

_VAR = re.compile(rb"^\$var +\w+ +\d+ +(?P<id>\S+) +(?P<name>\S+).*$", re.MULTILINE)
_DRIVEN_BY_DUT = re.compile(rb".*_dut|tb_mismatch|tb_match")
_MAX_BYTES = 64 << 20  # the longest trace of a known golden is a seventh of this
_END_OF_HEADER = b"$enddefinitions $end"
_TIMESCALE = re.compile(rb"\$timescale\s+(?P<count>\d+)\s*(?P<unit>[munpf]?s)\s+\$end")
_FS_PER_UNIT = {b"s": 10**15, b"ms": 10**12, b"us": 10**9, b"ns": 10**6, b"ps": 10**3, b"fs": 1}
_TIME = re.compile(rb"^#(\d+)$", re.MULTILINE)
# A pattern that begins with a fixed character is searched for twice as fast as one with `^`.
_EMPTY_STEP = re.compile(rb"\n#\d+(?=\n(?:#|\Z))")


def trace_digest(path: Path) -> str:
    """SHA-256 over the value changes of clock, stimuli and reference outputs.

    Equal exactly when those signals are equal at all times, however the design under test
    behaves. Signals are told apart by the identifiers that `$dumpvars` gives them in its own order,
    which the design has no part in. Empty where there is no trace, or one too long to be honest.
    """
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_BYTES:
        return ""
    header, _, body = path.read_bytes().partition(_END_OF_HEADER)
    names: dict[bytes, list[bytes]] = {}
    for match in _VAR.finditer(header):
        names.setdefault(match["id"], []).append(match["name"])
    kept, dropped = {}, []
    for identifier, aliases in names.items():
        watched = sorted(name for name in aliases if not _DRIVEN_BY_DUT.fullmatch(name))
        if watched:
            kept[identifier] = b",".join(watched)
        else:
            dropped.append(identifier)
    if dropped:
        ids = b"|".join(re.escape(identifier) for identifier in dropped)
        body = re.sub(rb"\n(?:[01xzXZ]|[bBrR]\S+ )(?:" + ids + rb")(?=\n)", b"", body)
    body = _in_picoseconds(_EMPTY_STEP.sub(b"", body), header)
    sha = hashlib.sha256()
    for identifier, name in sorted(kept.items()):
        sha.update(identifier + b"=" + name + b"\n")
    sha.update(body)
    return sha.hexdigest()


def _in_picoseconds(body: bytes, header: bytes) -> bytes:
    """A finer `timescale in the design refines the whole trace's clock; undo that."""
    match = _TIMESCALE.search(header)
    tick_fs = int(match["count"]) * _FS_PER_UNIT[match["unit"]] if match else 1000
    if tick_fs == 1000:
        return body
    return _TIME.sub(lambda m: b"#%g" % (int(m[1]) * tick_fs / 1000), body)
