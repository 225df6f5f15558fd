#!/bin/sh
# Makes the virtual environment: tools/venv.sh PYTHON FOLDER EXTRAS
set -eu
python=$1 venv=$2 extras=$3
command -v "$python" >/dev/null 2>&1 || python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "missing: Python 3.11 or newer; run: sudo apt-get install python3 python3-venv" >&2
    exit 1
fi
if [ ! -x "$venv/bin/python" ] && ! "$python" -m venv "$venv" >/dev/null 2>&1; then
    rm -rf "$venv"
    echo "missing: python3-venv; run: sudo apt-get install python3-venv" >&2
    exit 1
fi
echo "installing the Python packages (about a minute)"
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check -e ".[$extras]"; then
    echo "missing: the Python packages could not be installed (no network?); call make again" >&2
    exit 1
fi
