#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds and runs the benchmarks, and prints one table: benchmarks/run.sh [OPTION...] [FILTER]
#   --whole   then runs the whole program with more threads, larger volumes, forests and filter sets
#   --large   with volumes of up to 2^30 voxels, not 2^26 only: an hour or more
#   --write   puts the tables into docs/performance.md
#   FILTER    how the names of the parts begin, a regular expression, as 'forest/(11|60)k'
# On Debian it first installs what is missing (as root, or with sudo). VOXSTITCH_TEST_DATA may name the
# folder of the test data: then the forest meets a real brain, too.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source tests/checks/packages.sh

whole=
large=
write=
filter=
for argument in "$@"; do
  case $argument in
    --whole) whole=1 ;;
    --large) large=--large ;;
    --write) write=1 ;;
    -*) echo "usage: benchmarks/run.sh [--whole [--large]] [--write] [FILTER]" >&2 && exit 2 ;;
    *) filter=$argument ;;
  esac
done

install_packages "${packages[@]}" "${benchmark_packages[@]}"
configure_and_build benchmarks voxstitch_benchmarks voxstitch_app

folder=$PWD/build/benchmarks
log=$folder/benchmarks.log
echo "Measuring; for the first time forests are trained, which takes a minute or two more (see $log)"
# Repetitions of all benchmarks in random order: what else the machine does meets both sides alike.
if ! "$folder/bin/voxstitch_benchmarks" ${filter:+"--benchmark_filter=^(machine/|$filter)"} \
  --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true --benchmark_min_time=0.25 \
  --benchmark_out="$folder/benchmarks.json" --benchmark_out_format=json >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  exit 1
fi
python3 benchmarks/table.py "$folder/benchmarks.json" | tee "$folder/parts.md"

if [ -n "$whole$large" ]; then
  echo
  python3 benchmarks/whole.py $large "$folder" | tee "$folder/whole.md"
fi
if [ -n "$write" ]; then
  python3 benchmarks/write_tables.py "$folder"
fi
