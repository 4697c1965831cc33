#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Classifies a synthetic brain with a script of ten lines, in blocks of two shapes. Needs voxstitch and a
# python3 with numpy on the path; exit code 77 means: could not run here.
set -eu
python3 -c 'import numpy' || exit 77
cp "$(dirname "$0")/classify_block.py" .
voxstitch phantom -o brain --shape 16,48,56
voxstitch run "brain/raw/slice_*.tif" -o raw=volume.h5

#! [command]
voxstitch run volume.h5 --classifier exec:"python3 classify_block.py {input} {output}" \
  --class-names dark,bright --halo 1,1,1 -o labels=labels.h5 -o probabilities=p.h5
#! [command]

#! [try]
voxstitch run volume.h5 --classifier exec:"python3 classify_block.py {input} {output}" \
  --class-names dark,bright --halo 1,1,1 -o labels=again.h5 --block 8,16,24 --chunk 8,16,24
#! [try]

voxstitch run labels.h5 -o raw=whole.npy
voxstitch run again.h5 -o raw=blocks.npy
cmp whole.npy blocks.npy
python3 - <<'END'
import numpy
labels = numpy.load("whole.npy")
assert labels.shape[:3] == (16, 48, 56) and set(numpy.unique(labels)) == {1, 2}, labels.shape
END
test ! -e labels.h5.job
