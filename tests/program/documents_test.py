# SPDX-License-Identifier: BSL-1.0
"""The commands in the documents on the classic workflow do what the text around them says."""
import os
import pathlib
import re
import subprocess

import h5py
import numpy as np

import support

HERE = pathlib.Path.cwd()
rng = np.random.default_rng(4)

# What the document supposes to be there; high enough for two sub-volumes of the default size.
volume = rng.integers(0, 255, (24, 620, 40)).astype("u1")
volume[:, 100:400] //= 3
(HERE / "slices").mkdir()
for z, plane in enumerate(volume):
    support.tiff(HERE / "slices" / f"slice_{z}.tif", plane)
selection = np.zeros((6, 1), bool)
selection[0] = True
support.write_project(HERE / "brain-cells.ilp", rng, (rng.random((3000, 1)) * 255).astype("f4"), selection, [3.5], [False],
                      names=["Tissue", "Cell", "Vessel"])
(HERE / "bin").mkdir()
os.symlink(support.BINARY, HERE / "bin" / "voxstitch")

text = (support.ROOT / "docs" / "classic-workflow.md").read_text()
commands = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
assert len(commands) == 4, commands
for command in commands:
    print(command, end="")
    done = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PATH": f"{HERE}/bin:{os.environ['PATH']}"})
    assert done.returncode == 0 and "warning" not in done.stderr, done.stderr

assert sorted(p.name for p in (HERE / "parts").glob("*.hdf5")) == ["brain00000.hdf5", "brain00001.hdf5"]
with h5py.File(HERE / "parts" / "brain00001.hdf5", "r") as f:
    assert f["orig_indices"][()].tolist() == [0, 24, 400, 620, 0, 40]
    assert f["left_overlap"][()].tolist() == [0, 40, 0] and f["right_overlap"][()].tolist() == [0, 0, 0]
with h5py.File("volume_brain.h5", "r") as merged, h5py.File("all_brain.h5", "r") as whole:
    assert set(merged) == set(whole) == {"Tissue", "Cell", "Vessel"}
    for name in merged:
        assert merged[name][()].any(), name
        assert np.array_equal(merged[name][()], whole[name][()]), name
        assert list(merged[name].attrs["class_names"]) == ["Tissue", "Cell", "Vessel"]
print("step by step the same maps as in one pass")
