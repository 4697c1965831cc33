# SPDX-License-Identifier: BSL-1.0
"""A right result is called right; one wrong voxel, a wrong border or a seam is found, and said where."""
import itertools
import pathlib
import re
import sys

import numpy as np

import support

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(11)
OVERLAP = 20  # voxels on each side, as in many a pipeline of cut volumes
SCALE = 10.0  # its filters reach 36 voxels and more: further than the overlap


def smoothed(volume, sigma, axes):
    """Gaussian, mirrored at the borders."""
    radius = int(3.5 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    for axis in axes:
        padded = np.pad(volume, [(radius, radius) if a == axis else (0, 0) for a in range(3)], mode="reflect")
        volume = sum(k * padded.take(np.arange(i, i + volume.shape[axis]), axis)
                     for i, k in enumerate(kernel / kernel.sum()))
    return volume


def make_project(path, volume):
    """Smoothing and gradient magnitude in slices, random trees."""
    smooth = smoothed(volume.astype("f4"), SCALE, (1, 2))
    slope = np.hypot(*np.gradient(smooth, axis=(1, 2)))
    features = np.stack([f.ravel()[::7] for f in (smooth, slope)], -1)
    selection = np.zeros((6, 1), bool)
    selection[0] = selection[2] = True  # GaussianSmoothing, GaussianGradientMagnitude
    support.write_project(path, rng, features, selection, [SCALE], [True], forests=(10, 10))


def cut(extent, step):
    """Begin and end of the blocks along an axis."""
    return [(low, min(low + step, extent)) for low in range(0, extent, step)]


def classic(project, volume, grid, kinds):
    """What a pipeline makes that hands out blocks with an overlap as volumes of their own: probabilities, labels."""
    results = {}
    for bounds in itertools.product(*(cut(n, step) for n, step in zip(volume.shape, grid))):
        wide = [(max(0, low - OVERLAP), min(n, high + OVERLAP)) for (low, high), n in zip(bounds, volume.shape)]
        block = support.write_volume(FOLDER / "block.h5", volume[tuple(slice(*w) for w in wide)], "zyx")
        words = [w for kind in kinds for w in ("-o", f"{kind}={FOLDER}/block_{kind}.h5")]
        support.run("run", "--project", project, block, *words, "--overwrite")
        own = tuple(slice(low - w, high - w) for (low, high), (w, _) in zip(bounds, wide))
        for kind in kinds:
            part = support.read(FOLDER / f"block_{kind}.h5")
            whole = results.setdefault(kind, np.zeros(volume.shape + part.shape[3:], part.dtype))
            whole[tuple(slice(*b) for b in bounds)] = part[own]
    return [support.write_volume(FOLDER / f"classic_{kind}.h5", results[kind], "zyxc") for kind in kinds]


def check(code, *words, says=()):
    out, err = support.run("check", *words, "--progress", "none", expect=code)
    print(out)
    for text in says:
        assert text in out + err, (text, out, err)
    return out


KINDS = ("probabilities", "labels")


def seams_are_found(name, volume, source, step):
    """In a classic result, and in ours not, whatever the blocks."""
    project, grid = FOLDER / f"{name}.ilp", f"1000,{step},{step}"
    make_project(project, volume)
    ours = [FOLDER / f"{name}_{kind}.h5" for kind in KINDS]
    words = [w for kind, file in zip(KINDS, ours) for w in ("-o", f"{kind}={file}")]
    support.run("run", "--project", project, source, *words, "--block", "16,64,64", "--chunk", "16,64,64")
    theirs = classic(project, volume, (1000, step, step), KINDS)
    few = ("--project", project, source, "--blocks", 2)
    for kind, our, their in zip(KINDS, ours, theirs):
        print(f"--- {name}: {kind}")
        out = check(0, *few, our, says=["blocks agree, no seams", "voxels are equal", f"{our}.provenance.json"])
        assert re.search(r"  y +\d+ faces", out), out
        check(0, *few, our, "--block", grid, says=["blocks agree, no seams"])
        out = check(6, *few, their, "--block", grid, says=["not right", "voxels differ", "  z         one block"])
        for axis in "yx":
            found = re.search(f"seams along {axis} at ([0-9, ]+)", out)
            assert found and all(int(at) % step == 0 for at in found[1].split(",")), out
    return project, *ours


def blobs(shape):
    """Blobs of several sizes, and noise."""
    volume = sum(smoothed(rng.normal(size=shape).astype("f4"), s, (0, 1, 2)) * s ** 1.5 for s in (1, 3, 8))
    volume += 0.1 * rng.normal(size=shape)
    return (60000 * (volume - volume.min()) / np.ptp(volume)).astype("u2")


volume = blobs((20, 290, 350))
source = support.write_volume(FOLDER / "v.h5", volume, "zyx", chunks=(16, 64, 64))
project, probabilities, labels = seams_are_found("blobs", volume, source, 60)
made = ("--project", project, source)
quick = (*made, "--blocks", 1)


# One wrong voxel in a corner, which is always looked at.
def changed(name, file, change):
    values = support.read(file)
    change(values)
    return support.write_volume(FOLDER / name, values, "zyxc")


def off_by(size):
    def change(p):
        p[19, 289, 349, 1] += size
    return change


def other_label(values):
    values[0, 0, 349, 0] = values[0, 0, 349, 0] % 3 + 1


expected = int(support.read(labels)[0, 0, 349, 0])
wrong = changed("wrong_l.h5", labels, other_label)
check(6, *quick, wrong, says=["1 of ", "at 0,0,349 (z,y,x)", f"expected {expected} (Label {expected})",
                              f"found {expected % 3 + 1} (Label", "not right: 1 of"])
check(0, *quick, wrong, "--share", "0.001", says=["1 of ", "is right"])
wrong = changed("wrong_p.h5", probabilities, off_by(0.125))
check(6, *quick, wrong, says=["1 of ", "at 19,289,349 (z,y,x), class 2 (Label 2)", "off by 0.125"])
check(0, *quick, wrong, "--tolerance", "0.126", says=["0 of ", "more than 0.126", "off by 0.125", "is right"])
check(6, *quick, changed("tiny.h5", probabilities, off_by(1e-7)), says=["1 of "])


def no_number(p):
    p[10, 145, 175, 0] = np.nan


check(6, *made, "--blocks", 0, changed("nan.h5", probabilities, no_number), says=["1 values are no numbers"])

# Which blocks are looked at is the seed's choice alone; they are not only those at the corners.
def central(values):
    values[5:15, 100:200, 100:250] = 0


hole = changed("hole.h5", labels, central)
outs = [check(6, *made, hole, "--seed", seed, "--threads", threads).splitlines()[3:-1]
        for seed, threads in ((5, 1), (5, 2), (6, 2))]
assert outs[0] == outs[1] != outs[2], outs
check(0, *made, "--blocks", 0, hole, "--block", "1000,1000,1000", says=["are equal"])

# Other types, formats, parts, means.
support.run("run", *made, "-o", "probabilities=bytes.h5", "--dtype", "uint8")
check(0, *quick, "bytes.h5", says=["uint8", "are equal"])
wrong = support.read("bytes.h5")
wrong[0, 0, 0, 2] ^= 1
check(6, *quick, support.write_volume(FOLDER / "wrong_b.h5", wrong, "zyxc"), says=["class 3", "off by 0.00392"])
support.run("run", *made, "-o", "labels=l.tif", "-o", "probabilities=p.npy")
check(0, *quick, "l.tif", says=["labels", "are equal"])
check(0, *quick, "p.npy", says=["probabilities", "are equal"])
roi = ("--roi", "3:17,100:260,50:333")
support.run("run", *made, "-o", "labels=part.h5", *roi)
check(0, *quick, "part.h5", *roi, says=["are equal"])
check(3, *quick, "part.h5", says=["14,160,283", "20,290,350", "--roi"])
check(3, *quick, labels, *roi, says=["20,290,350", "--roi is 14,160,283"])
mask = np.zeros(volume.shape, "u1")
mask[:, 100:, :300] = 1
mask = support.write_volume(FOLDER / "mask.h5", mask, "zyx")
support.run("run", *made, "-o", "labels=masked.h5", "--mask", mask)
check(0, *quick, "masked.h5", "--mask", mask, "--block", "1000,1000,1000", says=["are equal"])
check(6, *quick, "masked.h5", "--block", "1000,1000,1000", says=["voxels differ"])
support.run("run", source, "--classifier", "threshold:20000,30000", "-o", "labels=t.h5")
check(0, source, "t.h5", "--classifier", "threshold:20000,30000", says=["halo of 0,0,0", "are equal"])
check(0, *quick, labels, "--ram", "800M" if support.INSTRUMENTED else "100M", says=["are equal"])
check(5, *quick, labels, "--ram", "1M", says=["--ram"])

# A guess is called a guess; what cannot be judged is said to be so.
bare = changed("bare.h5", labels, lambda values: None)
check(0, *quick, bare, says=["64,64,64 (a guess", "--block"])
check(0, *quick, bare, "--block", "4,64,64", says=["no verdict", "no seams (along z that is not known)"])

# Mistakes.
check(2, *made, says=["no result was given"])
check(2, source, labels, says=["no classifier"])
check(2, *quick, labels, "--tolerance", "0.1", says=["--share"])
check(2, *quick, labels, "--share", "2", says=["--share: '2'"])
check(2, *quick, labels, "--kind", "raw", says=["--kind 'raw'"])
check(2, *made, labels, "--blocks", "-1", says=["--blocks"])
check(3, *quick, labels, "--kind", "probabilities", says=["1 channel of uint8", "3 classes"])
check(3, *quick, "nowhere.h5", says=["nowhere.h5"])
out, _ = support.run("check", "--help")
assert len(out.splitlines()) <= 24 and max(map(len, out.splitlines())) <= 100 and "Example" in out, out

if support.SMALL:
    print("SMALL: without the brain, because this build is slow")
    sys.exit(0)
brain = support.data("brain-lightsheet")
slices = f"{brain}/slices/slice_*.tif"
support.run("run", slices, "-o", "raw=brain.h5")
seams_are_found("brain", support.read("brain.h5"), slices, 128)
check(0, "--project", brain / "brain-cells.ilp", slices, brain / "ilastik-segmentation.h5", "--share", "1e-4",
      "--block", "64,128,128", says=["is right"])
