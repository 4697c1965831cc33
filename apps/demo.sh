#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# From nothing to a picture: installs what is missing (Debian; as root, or with sudo), builds, makes a
# synthetic brain, classifies it, and shows a raw slice beside its labels: apps/demo.sh [FOLDER]
set -eu
here=$PWD
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source tests/checks/packages.sh

folder=${1:-$PWD/build/demo}
case $folder in /*) ;; *) folder=$here/$folder ;; esac

install_packages "${packages[@]}" "${test_packages[@]}"
configure_and_build release voxstitch_app
program=$PWD/build/release/bin/voxstitch

rm -rf -- "$folder/brain" "$folder/result"
mkdir -p -- "$folder/result"
set -x
"$program" phantom -o "$folder/brain" --shape 48,256,256
"$program" run --classifier threshold:120,420 "$folder/brain/raw/slice_*.tif" \
  -o "labels=$folder/result/labels.h5" -o "classes=$folder/result/classes.h5" \
  --picture "$folder/result/slice.png"
{ set +x; } 2>/dev/null
echo
echo "A raw slice beside its labels: $folder/result/slice.png"
