"""Front ends that fail as native parsers do, each at a text that asks for it."""

import os
import time

from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import FileGraph, Kind, Node


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    if b"crash" in text:
        os.abort()
    if b"hang" in text:
        while True:
            pass
    if b"sleep" in text:
        time.sleep(60)
    if b"greedy" in text:
        bytearray(1 << 40)
    if b"leave" in text:
        os._exit(7)
    if b"raise" in text:
        raise ValueError("a mistake")
    name = path.removesuffix(".vhd")
    return FileGraph([Node(Kind.MODULE, name, -1, 1, 1, 0, len(text), "entity")], [])
