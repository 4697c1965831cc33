#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Looks for inputs that do more than make the library throw: tests/fuzz/run.sh [SECONDS] [TARGET...]
#
# Builds the fuzz targets (preset `fuzz`: clang, libFuzzer, AddressSanitizer and UndefinedBehavior-
# Sanitizer) and runs each one after the other for SECONDS (600) on one core. The exit code is 0 iff
# nothing was found. What was found is named and kept in build/fuzz/found/<target>/, what was learnt
# in build/fuzz/learnt/<target>/, where the next run goes on.
#
# A finding is a crash, a sanitizer's report, an exception that is no voxstitch::error, a broken
# promise() of the target, one allocation or a process larger, or one input slower, than the limits
# below. To look at one:      build/fuzz/tests/fuzz/fuzz_<target> FILE
# To make it smaller:         the same with -minimize_crash=1 -runs=100000
# When it is mended, the file goes to tests/fuzz/corpus/<target>/ under a name that says what it is:
# every preset of tests/run.sh calls every target with its corpus, without libFuzzer.
# Seeds are made anew by:     build/fuzz/tests/fuzz/fuzz_seeds tests/fuzz/corpus
#
# Targets `*_bytes` give any bytes to libhdf5 (1.10.8: not meant for hostile files, and not instrumented).
# They go on after each crash; those inside the C library are counted, not findings. Known are: object
# headers, B-trees and attributes' types that are read beyond their buffers, lengths that are allocated
# unseen, and global heaps of attributes, over which it runs forever (for datasets, see
# io/detail/hdf5_string_heap.hpp, which keeps such files away from the library).
#
# A new target is one file, tests/fuzz/<name>_target.cpp, with a folder corpus/<name>/ of at least one
# small input; fuzz_target.hpp says what all targets have in common. Targets `*_values` make valid
# files from the bytes and damage those: mutations of a whole HDF5 file hardly get past libhdf5.
set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
source tests/checks/packages.sh

seconds=${1:-600}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "usage: tests/fuzz/run.sh [SECONDS] [TARGET...]" >&2 && exit 2; }
targets=("${@:2}")
if [ "${#targets[@]}" -eq 0 ]; then
  mapfile -t targets < <(cd tests/fuzz && ls -- *_target.cpp | sed 's/_target\.cpp$//')
fi

install_packages "${packages[@]}" "${test_packages[@]}" "${fuzz_packages[@]}"
configure_and_build fuzz "${targets[@]/#/fuzz_}"

# Files that the targets write and read live in memory.
TMPDIR=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/voxstitch-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf -- "$TMPDIR"' EXIT
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:quarantine_size_mb=16
export LSAN_OPTIONS=suppressions=$PWD/tests/checks/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1

limits=(-max_len=65536 -timeout=10 -malloc_limit_mb=256 -rss_limit_mb=2048)

# is_upstream LOG: whether the innermost frame that is ours or the C library's is the C library's.
is_upstream() {
  grep -E '^ *#[0-9]+ ' "$1" | grep -m1 -oE 'libhdf5|libtiff|voxstitch::|LLVMFuzzerTestOneInput' | grep -q '^lib'
}

# sort_found TARGET: what the C libraries do with bytes that are no file of theirs is theirs to mend:
# such inputs go to upstream/ and are no findings. Prints how many of each kind there are.
sort_found() {
  local input ours=0 theirs=0 log=build/fuzz/$1.found.log
  mkdir -p "$found/upstream"
  for input in "$found"/{crash,oom,timeout,leak}-*; do
    [ -e "$input" ] || continue
    "build/fuzz/tests/fuzz/fuzz_$1" "${limits[@]}" "$input" >"$log" 2>&1 || true
    if is_upstream "$log"; then
      mv -- "$input" "$found/upstream/"
      theirs=$((theirs + 1))
    else
      ours=$((ours + 1))
    fi
  done
  echo "$ours found, $theirs of the C library"
  [ "$ours" -eq 0 ]
}

# fuzz TARGET
fuzz() {
  local learnt=build/fuzz/learnt/$1 found=build/fuzz/found/$1 log=build/fuzz/$1.log
  local options=("${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$found/")
  mkdir -p "$learnt" "$found"
  if [[ $1 == *_bytes ]]; then # goes on after a crash
    nice "build/fuzz/tests/fuzz/fuzz_$1" "${options[@]}" -fork=1 -ignore_crashes=1 -ignore_ooms=1 \
      -ignore_timeouts=1 "$learnt" "tests/fuzz/corpus/$1" >"$log" 2>&1 || true
    echo "$1: $(grep -oE '^#[0-9]+: cov: [0-9]+ ft: [0-9]+' "$log" | tail -1), $(sort_found "$1")"
    ! compgen -G "$found/*-*" >/dev/null
  elif nice "build/fuzz/tests/fuzz/fuzz_$1" "${options[@]}" "$learnt" "tests/fuzz/corpus/$1" >"$log" 2>&1; then
    echo "$1: $(grep -o 'stat::number_of_executed_units: *[0-9]*' "$log" | grep -o '[0-9]*$') inputs," \
      "$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1), nothing found"
  else
    echo "$1: FOUND something, see $log and $found/"
    return 1
  fi
}

status=0
for target in "${targets[@]}"; do
  fuzz "$target" || status=1
done
exit "$status"
