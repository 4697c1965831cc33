#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs a script with a Python that has numpy and h5py, or says loudly that it could not (exit code 77):
# with_numpy.sh PYTHON SCRIPT ARGUMENTS...
set -eu
if ! "$1" -c 'import numpy, h5py' 2>/dev/null; then
  echo "SKIPPED: $1 has no numpy or no h5py; install python3-numpy and python3-h5py" >&2
  exit 77
fi
exec "$@"
