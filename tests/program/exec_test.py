# SPDX-License-Identifier: BSL-1.0
"""A program of anybody's as the classifier: the same results as one of ours, clear errors, nothing left."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

import support

FOLDER = pathlib.Path.cwd()
PYTHON = sys.executable
rng = np.random.default_rng(3)
volume = rng.integers(0, 255, (20, 40, 50)).astype("u1")
source = support.write_volume("v.h5", volume, "zyx")
colours = support.write_volume("c.h5", rng.integers(0, 255, (20, 40, 50, 3)).astype("u1"), "zyxc")

FORMATS = {
    "npy": ("np.load(sys.argv[1])", "np.save(sys.argv[2], p)", "{input} {output}"),
    "h5": ("h5py.File(sys.argv[1])['data'][()]", "h5py.File(sys.argv[2], 'w')['any/name'] = p",
           "{input.h5} {output.h5}"),
}
THRESHOLD = """
import sys, h5py, numpy as np
block = {load}
first = block[..., 0] if block.ndim == 4 else block
p = np.stack([first < 80, (first >= 80) & (first < 160), first >= 160], axis=-1).astype({dtype!r})
{save}
"""


def threshold_by(kind, dtype="f4"):
    """The command of a script that does what threshold:80,160 does."""
    load, save, places = FORMATS[kind]
    script = pathlib.Path(f"threshold_{kind}_{dtype}.py")
    script.write_text(THRESHOLD.format(load=load, save=save, dtype=dtype))
    return f"exec:{PYTHON} {script} {places}"


def outputs(name):
    return [word for kind in ("probabilities", "labels", "uncertainty")
            for word in ("-o", f"{kind}={name}.h5/{kind[0]}")]


def values(name):
    return [support.read(f"{name}.h5", dataset) for dataset in "plu"]


def new_files(before):
    return {f.name for f in FOLDER.iterdir()} - before


NAMES = ("--class-names", "low,middle,high")
SMALL_BLOCKS = ("--block", "10,16,32", "--chunk", "10,16,32")

# The same as our own, bit by bit, for any blocks, formats and halo.
for data, channels in ((source, 1), (colours, 3)):
    support.run("run", data, "--classifier", "threshold:80,160", *outputs(f"own{channels}"))
cases = [("npy", "f4", source, ()), ("h5", "f8", source, SMALL_BLOCKS), ("npy", "f8", colours, SMALL_BLOCKS),
         ("npy", "f4", source, (*SMALL_BLOCKS, "--halo", "2,1,3")), ("h5", "f4", colours, ("--halo", "0,1,1"))]
for i, (kind, dtype, data, how) in enumerate(cases):
    command = threshold_by(kind, dtype)
    before = {f.name for f in FOLDER.iterdir()}
    out, _ = support.run("run", data, "--classifier", command, *NAMES, *outputs(f"exec{i}"), *how)
    assert "classes low, middle, high" in out and command in out, out
    for ours, theirs in zip(values(f"own{1 if data == source else 3}"), values(f"exec{i}")):
        assert ours.dtype == theirs.dtype and ours.tobytes() == theirs.tobytes(), (kind, data, how)
    assert new_files(before) == {f"exec{i}.h5", f"exec{i}.h5.provenance.json"}, new_files(before)
    print("ok:", kind, dtype, data, *how)

# Scores of 255ths; a number of classes instead of names; scores that are only weights.
(FOLDER / "weights.py").write_text(
    "import sys, numpy as np\n"
    "block = np.load(sys.argv[1])\n"
    "np.save(sys.argv[2], np.stack([block, 2 * block], axis=-1))\n")
weights = f"exec:{PYTHON} weights.py {{input}} {{output}}"
support.run("run", source, "--classifier", weights, "--class-names", "2", "--normalise",
            "-o", "probabilities=w.h5", *SMALL_BLOCKS)
p = support.read("w.h5")
assert np.array_equal(p[volume > 0], np.tile(np.float32([1 / 3, 2 / 3]), (np.count_nonzero(volume), 1)))
assert not p[volume == 0].any() and (volume == 0).any()
with h5py.File("w.h5") as f:
    assert list(f["exported_data"].attrs["class_names"]) == ["class 1", "class 2"]

# Done is done, unless what makes the values is another.
done = ("run", source, "--classifier", weights, "-o", "probabilities=w.h5", *SMALL_BLOCKS)
out, _ = support.run(*done, "--class-names", "2", "--normalise")
assert "already done" in out, out
for other in (("--class-names", "a,b", "--normalise"), ("--class-names", "2", "--normalise", "--halo", "1,0,0")):
    _, err = support.run(*done, *other, expect=2)
    assert "exists" in err, err

# A program's end is learnt where SIGCHLD is ignored, as some shells and services leave it.
deaf = subprocess.run(["bash", "-c", "trap '' CHLD; exec \"$@\"", "bash", support.BINARY, *done, "--class-names", "2", "--normalise",
                       "--overwrite", "--fresh", "--progress", "none"], capture_output=True, text=True, check=False)
assert deaf.returncode == 0, deaf.stderr

# Work of a script that was changed since is not gone on with.
pathlib.Path("half.py").write_text("import sys, numpy as np\nb = np.load(sys.argv[1])\nif int(sys.argv[3]) >= 2: sys.exit('boom')\n"
                           "np.save(sys.argv[2], np.ones(b.shape + (1,), 'f4'))\n")
half = ("run", source, "--classifier", f"exec:{sys.executable} half.py {{input}} {{output}} {{block}}", "--class-names", "all",
        "-o", "labels=half.h5", *SMALL_BLOCKS)
support.run(*half, expect=4)
pathlib.Path("half.py").write_text(pathlib.Path("half.py").read_text().replace("if int(sys.argv[3]) >= 2: sys.exit('boom')\n", ""))
_, err = support.run(*half, expect=2)
assert "half.py" in err and "--fresh" in err, err
support.run(*half, "--fresh")

# Mistakes on the command line.
def refused(*words, code=2):
    before = {f.name for f in FOLDER.iterdir()}
    _, err = support.run("run", source, "-o", "labels=no.h5", *words, expect=code)
    assert not new_files(before), new_files(before)
    print("ok:", err.strip())
    return err


good = threshold_by("npy")
assert "--class-names" in refused("--classifier", good)
assert "name 2 is empty" in refused("--classifier", good, "--class-names", "a,,b")
assert "1 to 1000" in refused("--classifier", good, "--class-names", "0")
assert "each at least 0" in refused("--classifier", good, *NAMES, "--halo=1,-1,1")
assert "z,y,x" in refused("--classifier", good, *NAMES, "--halo", "1")
assert "no {output}" in refused("--classifier", "exec:cat {input}", *NAMES)
assert "{output.png}" in refused("--classifier", "exec:cat {input} > {output.png}", *NAMES)
assert "--halo" in refused("--classifier", "threshold:3", "--halo", "1,1,1")
assert "'excec:cat" in refused("--classifier", "excec:cat {input} > {output}", *NAMES)

# A block that fails is named, its files are kept, and so are the blocks that did not fail.
(FOLDER / "picky.py").write_text(
    "import sys, numpy as np\n"
    "if sys.argv[3] == open('memory').read():\n"
    "    print('reading the weights')\n"
    "    raise RuntimeError('CUDA out of memory')\n"
    "block = np.load(sys.argv[1])\n"
    "np.save(sys.argv[2], np.ones(block.shape + (1,), 'f4'))\n")
(FOLDER / "memory").write_text("5")
picky = f"exec:{PYTHON} picky.py {{input}} {{output}} {{block}}"
before = {f.name for f in FOLDER.iterdir()}
_, err = support.run("run", source, "--classifier", picky, "--class-names", "all", "-o", "labels=picky.h5",
                     *SMALL_BLOCKS, expect=4)
for fragment in ("block 5", "[0:10, 32:40, 32:50]", "exit code 1", "picky.py", "CUDA out of memory"):
    assert fragment in err, (fragment, err)
assert new_files(before) == {"picky.h5.job", "picky.h5.job.failed"}, new_files(before)
kept = list((FOLDER / "picky.h5.job.failed").iterdir())
assert len(kept) == 1 and kept[0].name.startswith("block-5-"), kept
assert np.load(kept[0] / "input.npy").dtype == np.float32
assert str(kept[0] / "input.npy") in err, err
shutil.rmtree("picky.h5.job.failed")
(FOLDER / "memory").write_text("enough")
out, _ = support.run("run", source, "--classifier", picky, "--class-names", "all", "-o", "labels=picky.h5",
                     *SMALL_BLOCKS)
assert "resumed" in out and not (FOLDER / "picky.h5.job").exists(), out
assert (support.read("picky.h5") == 1).all()

# Ctrl-C ends the program too, and leaves nothing behind.
(FOLDER / "slow.py").write_text(
    "import os, sys, time\n"
    "open(sys.argv[3], 'a').write(f'{os.getpid()}\\n')\n"
    "time.sleep(1000)\n")
words = [support.BINARY, "run", source, "--classifier", f"exec:{PYTHON} slow.py {{input}} {{output}} pids; true",
         "--class-names", "all", "-o", "labels=slow.h5", *SMALL_BLOCKS]
for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
    before = {f.name for f in FOLDER.iterdir()}
    pids = pathlib.Path("pids")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not (pids.exists() and pids.read_text().endswith("\n")) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == code and "stopped" in err, (process.returncode, err)
    for pid in pids.read_text().split():
        assert not pathlib.Path("/proc", pid, "exe").exists(), f"process {pid} goes on"
    pids.unlink()
    assert not new_files(before), new_files(before)
    print(f"{number.name}: exit {process.returncode}, the program ended too")
