#!/usr/bin/env bash
# A throw-away PostgreSQL on a socket for tests and benches: `tools/postgres.sh start FOLDER` prints its DATABASE_URL, `stop FOLDER` ends it.
# `start FOLDER quick` forces nothing to the disk, for tests: only losing power could hurt it. Benches measure it as it is run.
set -euo pipefail
action=$1 folder=$2 how=${3:-}
quick=
[ "$how" != quick ] || quick="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
found=$(command -v pg_ctl || ls -d /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | sort -V | tail -n 1)
bin=$(dirname "$(readlink -f "${found:-/nowhere/pg_ctl}")")
[ -x "$bin/pg_ctl" ] || { echo "PostgreSQL is not installed (Debian: apt-get install postgresql)" >&2; exit 1; }
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
case $action in
start)
  mkdir -p "$folder"
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  if [ ! -d "$folder/data" ]; then
    as "$bin/initdb" -D "$folder/data" -A trust -U postgres --locale=C.UTF-8 -E UTF8 >/dev/null
  fi
  as "$bin/pg_ctl" -D "$folder/data" status >/dev/null 2>&1 ||
    as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-k $folder -c listen_addresses= -c max_connections=200 -c shared_buffers=256MB $quick" start >/dev/null
  as "$bin/psql" -h "$folder" -U postgres -tAc "SELECT 1 FROM pg_database WHERE datname='medithread'" | grep -q 1 ||
    as "$bin/createdb" -h "$folder" -U postgres medithread
  echo "postgresql://postgres@/medithread?host=$folder"
  ;;
stop) as "$bin/pg_ctl" -D "$folder/data" -m fast stop >/dev/null 2>&1 || true ;;
*) echo "usage: tools/postgres.sh start|stop FOLDER" >&2; exit 2 ;;
esac
