#!/usr/bin/env bash
# Makes .venv when it is not there and installs a hash-pinned lock into it.
set -euo pipefail
python=$(command -v python3.11 || command -v python3)
if [ ! -x .venv/bin/python ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then tools/packages.sh python3-venv; fi
  "$python" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r "$1"
