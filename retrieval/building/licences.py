"""Which licence a text states, as an SPDX identifier."""

import re

_HEAD_BYTES = 4096
_SPDX = re.compile(rb"SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+()_ \t-]*[A-Za-z0-9.+)])")

_TITLES = (
    ("SHL-2.1", r"Solderpad Hardware Licen[cs]e,? v(?:ersion )?2\.1|SHL-2\.1"),
    ("SHL-2.0", r"Solderpad Hardware Licen[cs]e,? v(?:ersion )?2\.0|SHL-2\.0"),
    ("SHL-0.51", r"Solderpad Hardware Licen[cs]e,? v(?:ersion )?0\.51|SHL-0\.51"),
    ("SHL-0.5", r"Solderpad Hardware Licen[cs]e,? v(?:ersion )?0\.5(?!1)"),
    ("CERN-OHL-S-2.0", r"CERN Open Hardware Licen[cs]e v(?:ersion )?2 - Strongly"),
    ("CERN-OHL-W-2.0", r"CERN Open Hardware Licen[cs]e v(?:ersion )?2 - Weakly"),
    ("CERN-OHL-P-2.0", r"CERN Open Hardware Licen[cs]e v(?:ersion )?2 - Permissive"),
    ("CERN-OHL-1.2", r"CERN OHL v\.?1\.2|CERN Open Hardware Licen[cs]e v1\.2"),
    ("AGPL-3.0", r"GNU AFFERO GENERAL PUBLIC LICENSE"),
    ("LGPL-3.0", r"GNU LESSER GENERAL PUBLIC LICENSE,? (?:Version 3|v3)"),
    ("LGPL-2.1", r"GNU LESSER GENERAL PUBLIC LICENSE"),
    ("GPL-3.0", r"GNU GENERAL PUBLIC LICENSE,? (?:Version 3|v3)"),
    ("GPL-2.0", r"GNU GENERAL PUBLIC LICENSE"),
    ("MPL-2.0", r"Mozilla Public License,? (?:Version|v\.?) ?2\.0"),
    ("Apache-2.0", r"Apache License,? (?:Version )?2\.0"),
    ("ISC", r"Permission to use, copy, modify, and(?:/or)? distribute this software"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person"),
    ("BSD-4-Clause", r"Redistribution and use in source.*All advertising materials"),
    ("BSD-3-Clause", r"Redistribution and use in source.*(?:Neither the name|may not be used to)"),
    ("BSD-2-Clause", r"Redistribution and use in source"),
    ("Unlicense", r"This is free and unencumbered software"),
    ("CC0-1.0", r"CC0 1\.0 Universal"),
)
_PATTERN = re.compile(
    rf"\b(?:{'|'.join(f'(?P<_{at}>{words})' for at, (_, words) in enumerate(_TITLES))})",
    re.IGNORECASE | re.DOTALL,
)
_SPEAKING = (b"license", b"licence", b"redistribution", b"permission", b"unencumbered")
_BEFORE_BYTES, _AFTER_BYTES = 200, 1600
_COMMENT_MARKS = bytes.maketrans(b"/*#;!|", b"      ")
_RULES = re.compile(r"--+")


def stated_in(text: bytes) -> str:
    """What the head of a source file says of its licence; empty if nothing we know."""
    if spdx := _SPDX.search(text, 0, _HEAD_BYTES):
        return spdx[1].decode().strip()
    head = text[:_HEAD_BYTES].lower()
    if said := [at for word in _SPEAKING if (at := head.find(word)) >= 0]:
        return licence_of(text[max(0, min(said) - _BEFORE_BYTES) : min(said) + _AFTER_BYTES])
    return ""


def licence_of(text: bytes) -> str:
    """Which licence a text is, or refers to first; empty if none we know."""
    plain = _RULES.sub(" ", text.translate(_COMMENT_MARKS).decode("utf-8", "replace"))
    found = _PATTERN.search(" ".join(plain.split()))
    return _TITLES[int(str(found.lastgroup)[1:])][0] if found else ""


def by_folder(licences: dict[str, str]) -> dict[str, str]:
    """Which licence holds in the folders that have a licence text.

    Where several lie in one folder, the one with the shortest name speaks for the folder: the
    others (`LICENSE.SiFive`) are about parts of it.

    Args:
        licences: path -> licence of each text.
    """
    shortest_first = sorted(licences, key=lambda path: (len(path), path), reverse=True)
    return {path.rpartition("/")[0]: licences[path] for path in shortest_first}
