# SPDX-License-Identifier: BSL-1.0
"""A stack of slices that are decoded whole: no strip is decoded more than 1.5 times, whatever the memory.

Counted where the strips are decoded, not taken from the plan; the values are those of the same stack unpacked.
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import numpy as np

import support

if not shutil.which("tiffcp"):
    print("SKIPPED: libtiff-tools packs the slices")
    sys.exit(support.SKIP)

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(8)


def write_tiff(path, page):
    rows, columns = page.shape
    fields = [(256, columns), (257, rows), (258, 8), (259, 1), (262, 1), (273, 122), (277, 1), (278, rows),
              (279, page.nbytes)]
    header = b"II*\0" + struct.pack("<IH", 8, len(fields))
    header += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields) + struct.pack("<I", 0)
    path.write_bytes(header + page.tobytes())


def make_stacks(shape):
    """Folders of uncompressed slices and of slices of one LZW strip."""
    noise = rng.normal(size=shape).astype("f4")
    for axis in range(3):
        noise = sum(np.roll(noise, k, axis) for k in range(4))
    volume = (255 * (noise - noise.min()) / np.ptp(noise)).astype("u1")
    for name in ("none", "lzw"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        (FOLDER / name).mkdir()
    for z, page in enumerate(volume):
        write_tiff(FOLDER / "none" / f"{z:04}.tif", page)
        subprocess.run(["tiffcp", "-c", "lzw", "-r", str(shape[1]), f"none/{z:04}.tif", f"lzw/{z:04}.tif"],
                       check=True)


def classify(stack, *options):
    """What the program said and the SHA-256 of its labels."""
    out, _ = support.run("run", f"{stack}/*.tif", "-o", f"labels={FOLDER}/l.h5", "--overwrite", *options)
    left = {f.name for f in FOLDER.iterdir()} - {"none", "lzw", "l.h5", "l.h5.provenance.json"}
    assert not left, left
    return out, support.sha(FOLDER / "l.h5")


def decoded(out):
    """Strips that were decoded, and strips there are to be decoded."""
    found = re.search(r"^decoded .*\((\d+) of (\d+)\)$", out, re.MULTILINE)
    assert found, out
    return int(found[1]), int(found[2])


def check(name, *options, staged, most=1.5, needed=None):
    plain, expected = classify("none", *options)
    assert "decoded  " not in plain and "staging" not in plain, plain
    out, values = classify("lzw", *options)
    assert values == expected, (name, options)
    count, strips = decoded(out)
    assert needed is None or strips == needed, (name, strips)
    assert count <= most * strips, (name, out)
    assert ("staging" in out) == staged, (name, out)
    print(f"{name}: {count} decoded of {strips}{', copied into chunks first' if staged else ''}")


project = support.data("synthetic-256") / "full-61-channels.ilp"
make_stacks((150, 200, 210))
cheap = ("--classifier", "threshold:90,140")
check("whole slices", *cheap, staged=False, most=1, needed=150)
check("blocks of an eighth", *cheap, "--block", "64,64,64", staged=False, most=1, needed=150)
check("one thread", *cheap, "--block", "64,64,64", "--threads", "1", staged=False, most=1, needed=150)
real = ("--project", project, "--roi", "40:110,20:180,30:190")
check("61 channels, small blocks", *real, "--block", "64,64,64", staged=False, most=1, needed=146)

if support.INSTRUMENTED:  # the program alone takes more than the budget that would make it copy
    print("INSTRUMENTED: no slices too large to be kept")
    raise SystemExit

# Slices so large that not even those of one layer of blocks can be kept.
make_stacks((60, 1500, 1500))
part = ("--project", project, "--roi", "20:40,600:900,600:900")
check("large slices", *part, "--ram", "150M", staged=True, most=1.2)
