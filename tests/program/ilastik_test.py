# SPDX-License-Identifier: BSL-1.0
"""Results equal ilastik's own: golden projects bit for bit, a brain within a few trees in a million."""
import pathlib

import numpy as np

import support

golden = support.data("ilastik-golden")
FOLDER = pathlib.Path.cwd()


def probabilities(project, source, *options):
    output = FOLDER / "p.h5"
    support.run("run", "--project", project, source, "-o", f"probabilities={output}", "--overwrite", *options)
    return support.read(output)


def report(name, ours, theirs):
    off = np.abs(ours.astype("f8") - theirs)
    share, worst = np.mean(off >= 0.015), off.max()
    labels = np.mean(ours.argmax(-1) != theirs.argmax(-1))
    print(f"{name}: {np.mean(off > 0):.4%} not equal, {share:.4%} off by 0.015 or more, largest {worst:.3f}, "
          f"{1e5 * labels:.2f} labels in 100 000 differ")
    return share, worst, labels


for name, source in (("PixelClass", "Data_1channel.png"), ("PixelClass3Channel", "Data_3channel.png"),
                     ("PixelClass3D", "Data_3D.npy")):
    theirs = np.load(golden / f"{name}.probabilities.npy")
    ours = probabilities(golden / f"{name}.ilp", golden / source)
    report(name, ours, theirs)
    assert np.array_equal(ours, theirs), name

brain = support.data("brain-lightsheet")
slices = f"{brain}/slices/slice_*.tif"
roi, within = support.part((0, 30), (120, 248), (100, 228))
p, l, c = FOLDER / "brain_p.h5", FOLDER / "brain_l.h5", FOLDER / "brain_c.h5"
support.run("run", "--project", brain / "brain-cells.ilp", slices,
            "-o", f"probabilities={p}", "-o", f"labels={l}", "-o", f"classes={c}", *roi)
theirs = support.read(brain / "ilastik-probabilities-crop.h5")  # from voxel (0, 120, 100)
ours = support.read(p)
crop = ours if support.SMALL else ours[0:30, 120:376, 100:356]
theirs = theirs[:, :crop.shape[1], :crop.shape[2]]
share, worst, _ = report("brain, crop", crop, theirs)
assert share <= 1e-4 and worst < 0.1 and np.mean(crop != theirs) < 1e-5
labels = support.read(l)
segmentation = support.read(brain / "ilastik-segmentation.h5")[within]
different = np.mean(labels != segmentation)
print(f"brain: {1e5 * different:.3f} labels in 100 000 differ")
assert labels.shape == segmentation.shape and labels.dtype == np.uint8 and different <= 2e-5
assert np.array_equal(labels[..., 0], ours.argmax(-1) + 1)

names = ["Background", "Tissue", "Cell"]
for i, name in enumerate(names):
    mask = support.read(c, name)
    assert mask.dtype == np.uint8 and np.array_equal(mask, labels[..., 0] == i + 1), name
