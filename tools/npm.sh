#!/bin/sh
# Puts netlistsvg into the virtual environment, for the tests that draw: tools/npm.sh FOLDER
set -u
command -v netlistsvg >/dev/null 2>&1 && exit 0
if ! command -v npm >/dev/null 2>&1; then
    echo "missing: npm, for netlistsvg (tests of schematics); run: sudo apt-get install npm" >&2
    exit 0
fi
echo "installing netlistsvg"
npm install --silent --no-fund --no-audit --global --prefix "$1" netlistsvg >/dev/null 2>&1 ||
    echo "missing: netlistsvg could not be installed (no network?); run: npm install --global netlistsvg" >&2
