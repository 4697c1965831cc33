# SPDX-License-Identifier: BSL-1.0
"""All 61 channels of a 256^3 volume: labels as ilastik's."""
import pathlib
import subprocess
import sys

import numpy as np

import support

try:
    import scipy  # noqa: F401
except ImportError:
    print("SKIPPED: python3-scipy makes the volume")
    sys.exit(support.SKIP)

folder = support.data("synthetic-256")
temporary = pathlib.Path.cwd()
made = subprocess.run([sys.executable, folder / "make_volume.py", temporary / "volume.h5"],
                      capture_output=True, text=True, check=True).stdout
if "NOT identical" in made:
    print("SKIPPED: this numpy or scipy makes another volume than ilastik classified")
    sys.exit(support.SKIP)
labels = temporary / "l.h5"
roi, within = support.part((96, 160), (96, 160), (96, 160))
out, _ = support.run("run", "--project", folder / "full-61-channels.ilp", temporary / "volume.h5/data",
                     "-o", f"labels={labels}", *roi)
print(out)
different = np.mean(support.read(labels) != support.read(folder / "ilastik-segmentation.h5")[within])
print(f"{1e5 * different:.3f} labels in 100 000 differ")
assert different <= 2e-5
