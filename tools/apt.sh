#!/bin/sh
# Installs the Debian packages that are missing; says in one line what to run where it can't.
# tools/apt.sh [test]: with `test`, also what only the tests and some commands use.
set -u
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need iverilog iverilog
need bwrap bubblewrap
need prlimit util-linux
if [ "${1:-}" = test ]; then
    need ghdl ghdl
    need g++ g++
    need node nodejs
    need npm npm
    # Verilator writes FST through these two.
    [ -e /usr/include/zlib.h ] || missing="$missing zlib1g-dev"
    [ -e /usr/include/lz4.h ] || missing="$missing liblz4-dev"
fi
# Debian's python3 comes without what `python3 -m venv` needs.
"${PYTHON:-python3}" -c 'import ensurepip' >/dev/null 2>&1 ||
    python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
[ -z "$missing" ] && exit 0

line="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing:$missing (no apt-get here; install them yourself)" >&2
    exit 0
fi
if [ "$(id -u)" -eq 0 ]; then sudo=
elif sudo -n true 2>/dev/null; then sudo="sudo -n"
else
    echo "missing:$missing; run: sudo $line" >&2
    exit 0
fi
log=$(mktemp)
echo "installing:$missing"
if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive $line; } >"$log" 2>&1; then
    echo "could not install$missing (no network?): $(tail -n 1 "$log"); run: sudo $line" >&2
fi
rm -f "$log"
