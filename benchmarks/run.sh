#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds and runs the benchmarks, and prints one table: benchmarks/run.sh [--whole [--large]] [FILTER]
#   --whole   then runs the whole program with more threads, larger volumes, forests and filter sets
#   --large   with volumes of up to 2^30 voxels, not 2^24 only: an hour or more
#   FILTER    a regular expression that chooses parts, as 'forest/60k'
# On Debian it first installs what is missing (as root, or with sudo). VOXSTITCH_TEST_DATA may name the
# folder of the test data: then the forest meets a real brain, too.
set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source tests/checks/packages.sh

whole=
large=
filter=
for argument in "$@"; do
  case $argument in
    --whole) whole=1 ;;
    --large) large=--large ;;
    -*) echo "usage: benchmarks/run.sh [--whole [--large]] [FILTER]" >&2 && exit 2 ;;
    *) filter=$argument ;;
  esac
done

install_packages "${packages[@]}" "${benchmark_packages[@]}"
configure_and_build benchmarks voxstitch_benchmarks voxstitch_app

# Repetitions of all benchmarks in random order: what else the machine does meets both sides alike.
folder=$PWD/build/benchmarks
"$folder/bin/voxstitch_benchmarks" ${filter:+"--benchmark_filter=^machine/|$filter"} \
  --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true --benchmark_min_time=0.25 \
  --benchmark_out="$folder/benchmarks.json" --benchmark_out_format=json >"$folder/benchmarks.log"
python3 benchmarks/table.py "$folder/benchmarks.json"

if [ -n "$whole" ]; then
  python3 benchmarks/whole.py $large "$folder"
fi
