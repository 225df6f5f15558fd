"""Which statements a value came from: backward dynamic slices over a recording.

Source of the method: dynamic slicing (Korel and Laski 1988; Agrawal and Horgan 1990), applied to
time steps instead of program steps: the value of a signal comes from the statements that assigned
it last, from the decisions around those, and from what both read at that time. A register reads
what was there before the edge. So the backtracking through time that spectrum-based localisation
lacks for sequential designs is exact here.
"""

from collections.abc import Iterator

from hdlsmith.agent.localising.recording import Module, Recording

_DEPTH = 8
_MOST_STEPS = 400
Place = tuple[int, int]
"""A module's number and a position among its statements."""
_Step = tuple[str, str, int, bool, int]
"""Instance, name, time, whether what was before that time is meant, and distance."""


class Slicer:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._links = {scope: _connections(recording, scope) for scope in recording.scopes}

    def slice(self, name: str, time_fs: int) -> dict[Place, int]:
        """The statements behind an output's value at a time.

        Returns:
            place -> distance in assignments, the smallest there is.
        """
        recording = self._recording
        found: dict[Place, int] = {}
        waiting: list[_Step] = [(recording.dut, name, time_fs, False, 0)]
        seen: set[tuple[str, str, int, bool]] = set()
        for scope, signal, at_fs, before, distance in waiting:
            step = (scope, signal, at_fs, before)
            if step in seen or distance > _DEPTH or len(seen) > _MOST_STEPS:
                continue
            seen.add(step)
            module = recording.scopes[scope]
            for position, ran_fs, sampled in self._last(scope, module, signal, at_fs, before):
                statement = module.statements[position]
                reads = list(statement.reads)
                for inside in (position, *statement.around):
                    found.setdefault((module.number, inside), distance)
                    if inside != position and module.statements[inside].kind != "process":
                        reads += module.statements[inside].reads
                waiting += [
                    (scope, read, ran_fs, sampled, distance + 1) for read in dict.fromkeys(reads)
                ]
            for other, names, place in self._links[scope].get(signal, ()):
                found.setdefault(place, distance)
                waiting += [(other, each, at_fs, before, distance) for each in names]
        return found

    def _last(
        self, scope: str, module: Module, signal: str, at_fs: int, before: bool
    ) -> Iterator[tuple[int, int, bool]]:
        """What assigned a signal last: statement, time, and whether it read what was before."""
        ran: dict[int, dict[int, int]] = {}
        for position in module.drivers.get(signal, ()):
            statement = module.statements[position]
            if not statement.marked or not self._recording.recorded:
                yield position, at_fs, before
                continue
            last_fs = self._recording.last_run_fs(scope, position, at_fs, before=before)
            if last_fs is not None:
                ran.setdefault(statement.around[0], {})[position] = last_fs
        for process in ran.values():  # each may assign bits of its own
            latest_fs = max(process.values())
            for position, time_fs in process.items():
                if time_fs == latest_fs:
                    yield position, time_fs, module.statements[position].clocked


_Links = dict[str, list[tuple[str, tuple[str, ...], Place]]]


def _connections(recording: Recording, scope: str) -> _Links:
    """Signal of an instance -> where its value comes from in the instances beside it."""
    links: _Links = {}
    module = recording.scopes[scope]
    for position, statement in enumerate(module.statements):
        name, port = statement.instance
        inner = recording.scopes.get(f"{scope}.{name}") if name else None
        if inner is None:
            continue
        for inside, outside in connected(inner, port, statement.reads):
            for signal in outside if inside not in inner.inputs else ():
                link = (f"{scope}.{name}", (inside,), (module.number, position))
                links.setdefault(signal, []).append(link)
    parent, _, own = scope.rpartition(".")
    around = recording.scopes.get(parent)
    for position, statement in enumerate(around.statements if around else ()):
        name, port = statement.instance
        if around and name == own:
            for inside, outside in connected(module, port, statement.reads):
                if inside not in module.inputs:
                    continue
                place = (around.number, position)
                links.setdefault(inside, []).append((parent, outside, place))
    return links


def connected(
    inner: Module, port: str, names: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Ports of an instance's module, and the names outside that a connection joins to each."""
    if port == ".*":
        yield from ((name, (name,)) for name in inner.ports)
    elif port.startswith("#"):
        number = int(port[1:])
        if number < len(inner.ports):
            yield inner.ports[number], names
    else:
        yield port, names
