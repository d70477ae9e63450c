#!/usr/bin/env bash
# All tests. Sets up what they need (PostgreSQL, PgBouncer, promtool, MariaDB, Chromium, and libgomp for LightGBM) where it may; what is missing is skipped, visibly.
# Arguments are passed on, for example: ./test.sh --filter "FullyQualifiedName~Sizing"
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

missing=()
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null || command -v initdb)" ] || missing+=(postgresql)
[ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || missing+=(pgbouncer)
command -v promtool >/dev/null || missing+=(prometheus)
command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server-core)
[ -n "$(ls /lib/*/libgomp.so.1 /usr/lib/*/libgomp.so.1 /usr/lib64/libgomp.so.1 2>/dev/null)" ] || missing+=(libgomp1)

# Chromium comes by itself: it is large, and where it cannot be had the others still can.
browser=()
[ -x /usr/bin/chromium ] || browser+=(chromium)

# No server of the machine's own is started: the tests start what they need.
install() { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 timeout 300 apt-get install -y -q --no-install-recommends "$@"; }
setup() {
  [ $# -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && { install "$@" || { timeout 120 apt-get update -q && install "$@"; }; } >/tmp/makalu-apt.log 2>&1; then
    echo "Installed for the tests: $*"
  else
    echo "NOTICE: not installed: $*. The tests that need them are skipped." >&2
  fi
}
setup "${missing[@]}"
setup "${browser[@]}"

exec dotnet test --project Makalu.Capacity.Tests -c Release "$@"
