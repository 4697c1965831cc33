#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs every program on every instruction set that the processor has; all must print the same:
# bits.sh PROGRAM...
set -u
expected=
failed=0
for target in baseline avx2 avx512; do
  for program in "$@"; do
    if ! output=$(VOXSTITCH_SIMD=$target "$program" 2>&1); then
      case $output in
        *"this processor does not run"*) echo "SKIPPED: this processor does not run $target" && break ;;
      esac
      echo "FAILED: ${program##*/} on $target: $output" && failed=1 && continue
    fi
    [ -n "$expected" ] || { expected=$output && echo "$output"; }
    if [ "$output" = "$expected" ]; then
      echo "the same: ${program##*/} on $target"
    else
      echo "DIFFERENT: ${program##*/} on $target:" && echo "$output" && failed=1
    fi
  done
done
[ -n "$expected" ] && exit $failed
exit 1
