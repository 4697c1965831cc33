# SPDX-License-Identifier: BSL-1.0
"""The values depend on nothing but input and classifier, the files on nothing but those and the chunks.

Blocks thinner than the halo, blocks larger than the volume, threads, memory budgets, and the instruction
sets this processor has.
"""
import os
import pathlib

import numpy as np

import support

FOLDER = pathlib.Path.cwd()
golden = support.data("ilastik-golden")
every_channel = support.data("synthetic-256") / "full-61-channels.ilp"
rng = np.random.default_rng(5)
KINDS = ("probabilities", "labels", "uncertainty")


def smooth_noise(shape):
    noise = rng.normal(size=shape)
    for axis in range(3):
        noise = sum(np.roll(noise, k, axis) for k in range(4))
    return (255 * (noise - noise.min()) / np.ptp(noise)).astype("u1")


def results(project, source, *options, env=None):
    """SHA-256 of the files and arrays of the values of one run."""
    words = [w for kind in KINDS for w in ("-o", f"{kind}={FOLDER / kind}.h5")]
    support.run("run", "--project", project, source, *words, "-o", f"classes={FOLDER}/classes.h5",
                "--overwrite", *options, env=env)
    files = [FOLDER / f"{kind}.h5" for kind in (*KINDS, "classes")]
    return [support.sha(f) for f in files], [support.read(f) for f in files[:3]]


def targets():
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    has = [("baseline", True), ("avx2", " avx2" in flags and " fma" in flags), ("avx512", " avx512bw" in flags)]
    return [name for name, there in has if there]


def check(name, project, source):
    files, values = results(project, source)
    for chunk, block in (("8,16,16", "8,16,16"), ("8,16,16", "24,16,48"), ("16,32,8", "1000,1000,1000"),
                         ("64,64,64", "64,64,64"), ("5,7,9", "10,21,27")):
        _, other = results(project, source, "--chunk", chunk, "--block", block)
        assert all(np.array_equal(a, b) for a, b in zip(values, other)), (name, chunk, block)
    runs = [(["--threads", "1"], None), (["--threads", "2"], None), (["--threads", "5"], None),
            (["--ram", "256M"], None), (["--ram", "4G"], None), (["--block", "64,64,64"], None)]
    runs += [([], {"VOXSTITCH_SIMD": target}) for target in targets()]
    for options, env in runs:
        assert results(project, source, *options, env=env)[0] == files, (name, options, env)
    print(f"{name}: equal values in 5 chunk and block shapes, equal files in {len(runs)} runs")


check("3D, golden", golden / "PixelClass3D.ilp", golden / "Data_3D.npy")
check("2D, golden", golden / "PixelClass3Channel.ilp", golden / "Data_3channel.png")
shape = (40, 53, 61) if support.SMALL else (70, 83, 91)
print(f"61 channels of {shape} voxels")
volume = support.write_volume(FOLDER / "v.h5", smooth_noise(shape), "zyx", chunks=(32, 32, 32))
check("61 channels", every_channel, volume)

part = f"10:{shape[0] - 10},5:{shape[1] - 13},8:{shape[2]}"
support.run("run", "--project", every_channel, volume, "-o", f"labels={FOLDER}/part.h5", "--roi", part)
whole = support.read(FOLDER / "labels.h5")
assert np.array_equal(support.read(FOLDER / "part.h5"), whole[10:-10, 5:-13, 8:])
print("a region of interest has the values of the whole")
