#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# From nothing to a classified brain: installs what is missing (Debian; as root, or with sudo), builds, makes a
# synthetic brain with strokes on some of its cells and vessels, trains on the strokes, classifies the
# whole, looks for seams, and compares with the truth: apps/demo.sh [FOLDER]
# VOXSTITCH names a program that is built already.
set -eu
here=$PWD
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

folder=${1:-$PWD/build/demo}
case $folder in /*) ;; *) folder=$here/$folder ;; esac
program=${VOXSTITCH:-$PWD/build/release/bin/voxstitch}
case $program in /*) ;; *) program=$here/$program ;; esac

if [ -z "${VOXSTITCH:-}" ]; then
  source tests/checks/packages.sh
  install_packages "${packages[@]}"
  configure_and_build release voxstitch_app
fi

rm -rf -- "$folder/brain" "$folder/result"
mkdir -p -- "$folder/result"
cd -- "$folder"
step() {
  echo
  echo "\$ voxstitch $*"
  "$program" "$@"
}
raw="brain/raw/slice_*.tif"
step phantom -o brain --shape 64,320,320 --strokes 60
step train "$raw" --labels "brain/strokes/slice_*.tif" --names background,tissue,cell,vessel,axon \
  -o result/brain.ilp
classify=(--project result/brain.ilp "$raw" -o labels=result/labels.h5
  -o probabilities=result/probabilities.h5 -o classes=result/classes.h5 --ram 192M)
step plan "${classify[@]}"
step run "${classify[@]}" --picture result/slice.png
step check --project result/brain.ilp "$raw" result/probabilities.h5
step report "$raw" result/labels.h5 result/probabilities.h5 --truth "brain/truth/slice_*.tif" \
  -o result/report.html
echo
echo "Look at it: file://$folder/result/report.html"
echo "A raw slice beside its labels: $folder/result/slice.png"
echo "A project that ilastik opens:  $folder/result/brain.ilp"
