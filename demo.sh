#!/usr/bin/env bash
# The embedded sample, from its logs' history to a plan: what would have been known on the eve of 15 September 2024.
# Needs the .NET 10 SDK. Writes to out/.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build Makalu.Capacity.Cli -c Release --verbosity quiet --nologo
mkdir -p out
dotnet Makalu.Capacity.Cli/bin/Release/net10.0/makalu.dll recommend \
  --history data/requests.csv.gz --calendar data/calendar.csv --system data/system.json \
  --output out/plan.json --report out/plan.html --config out/config "$@"
