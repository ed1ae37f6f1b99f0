#!/usr/bin/env bash
# Sees that Debian packages are there; installs them as root, says what to do otherwise.
set -euo pipefail
missing=()
for name in "$@"; do
  case $name in
    postgresql) command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || missing+=(postgresql) ;;
    poppler-utils) command -v pdftotext >/dev/null || missing+=(poppler-utils) ;;
    python3-venv) missing+=(python3-venv) ;;
    *) command -v "$name" >/dev/null || missing+=("$name") ;;
  esac
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "Please install: ${missing[*]}   (Debian: sudo apt-get install ${missing[*]})" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
