#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds everything and runs all tests: tests/run.sh [release|dev|asan|tsan|clang]
# On Debian it first installs what is missing (as root, or with sudo).
# Ends with the line "N passed, N failed, N skipped"; the exit code is 0 iff nothing failed.
set -eu
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source tests/checks/packages.sh

preset=${1:-release}
case $preset in
  release | dev | asan | tsan) ;;
  clang) packages+=(clang) ;;
  *) echo "usage: tests/run.sh [release|dev|asan|tsan|clang], not '$preset'" >&2 && exit 2 ;;
esac

install_packages "${packages[@]}" "${test_packages[@]}" "${browser_packages[@]}"
configure_and_build "$preset"

report=$PWD/build/$preset/tests.xml
rm -f -- "$report"
ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$report" \
  --test-output-size-passed 1000000 --test-output-size-failed 1000000 </dev/null || true
python3 tests/checks/summary.py "$report"
