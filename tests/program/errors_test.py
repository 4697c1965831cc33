# SPDX-License-Identifier: BSL-1.0
"""Each mistake has its own clear message, a non-zero exit code and leaves no output."""
import os
import pathlib
import shutil
import struct
import subprocess

import h5py
import numpy as np

import support

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(1)
OUTPUT = FOLDER / "out.h5"


def refused(code, *fragments, words, env=None):
    _, err = support.run("run", *words, "-o", f"labels={OUTPUT}", expect=code, env=env)
    for fragment in fragments:
        assert str(fragment) in err, f"{fragment!r} is missing in: {err}"
    assert len(err.splitlines()) <= 4, err
    assert not OUTPUT.exists() and not list(FOLDER.glob("*.job")) and not list(FOLDER.glob(".*partial"))
    print("ok:", err.strip())


def tiff(path, array):
    """A plain little-endian single-page TIFF."""
    bits = array.dtype.itemsize * 8
    height, width = array.shape
    tags = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8),
            (277, 3, 1), (278, 4, height), (279, 4, array.nbytes)]
    ifd = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8 + array.nbytes) + array.tobytes() + ifd + bytes(4))


by_threshold = ("--classifier", "threshold:100")
stack = FOLDER / "stack"
stack.mkdir()
for z in range(5):
    tiff(stack / f"s_{z}.tif", rng.integers(0, 255, (40, 50)).astype("u2"))
good = f"{stack}/s_*.tif"
support.run("run", good, *by_threshold, "-o", "labels=good.h5")

# Inputs.
refused(3, "missing.h5", words=("missing.h5/data", *by_threshold))
refused(3, "missing.tif", words=("missing.tif", *by_threshold))
refused(3, "nothing_*.tif", words=("nothing_*.tif", *by_threshold))


def with_slice(name, make):
    folder = FOLDER / name
    shutil.copytree(stack, folder)
    make(folder / "s_3.tif")
    return f"{folder}/s_*.tif"


other_size = with_slice("size", lambda f: tiff(f, np.zeros((40, 49), "u2")))
refused(3, "s_3.tif", "40 x 49", "40 x 50", words=(other_size, *by_threshold))
other_type = with_slice("type", lambda f: tiff(f, np.zeros((40, 50), "u1")))
refused(3, "s_3.tif", "uint8", "uint16", words=(other_type, *by_threshold))
truncated = with_slice("cut", lambda f: f.write_bytes(f.read_bytes()[:900]))
refused(3, "s_3.tif", words=(truncated, *by_threshold))
no_tiff = with_slice("notiff", lambda f: f.write_text("I am no TIFF\n" * 100))
refused(3, "s_3.tif", words=(no_tiff, *by_threshold))
_, err = support.run("run", good.replace("s_*", "s_[0134]"), *by_threshold, "-o", "labels=gap.h5")
assert all(word in err for word in ("warning", "gap", "s_1.tif", "s_3.tif")), err

with h5py.File("v.h5", "w") as f:
    f["data"] = rng.integers(0, 255, (20, 40, 50)).astype("u1")
    f["group/other"] = np.zeros((4, 4, 9), "u1")
refused(3, "v.h5", "/nowhere", "data", words=("v.h5/nowhere", *by_threshold))
refused(3, "v.h5", "group", words=("v.h5/group", *by_threshold))
refused(3, "v.h5", "data", "other", words=("v.h5", *by_threshold))


def no_option_of(command, option, *words):
    _, err = support.run(command, *words, expect=2)
    assert option in err and "no meaning for this command" in err, err
    print("ok:", err.strip())


no_option_of("plan", "--shard", good, *by_threshold, "-o", "labels=x.h5", "--shard", "1/2")
no_option_of("run", "--link", good, *by_threshold, "-o", "labels=x.h5", "--link")
no_option_of("split", "--picture", good, *by_threshold, "-o", "labels=x.h5", "--job", "j", "--picture", "p.png")
no_option_of("classify", "--classifier", "--job", "j", *by_threshold)
no_option_of("classify", f"'{good}'", good, "--job", "j")
no_option_of("merge", "--output", "--job", "j", "-o", "labels=x.h5")
no_option_of("check", "--output", good, "good.h5", *by_threshold, "-o", "labels=x.h5")
no_option_of("report", "--mask", good, "good.h5", "-o", "page.html", "--mask", "good.h5")

# Projects.
def project(path, channels=1, axes="zyx", scale=1.0):
    selection = np.zeros((6, 1), bool)
    selection[0] = True
    support.write_project(path, rng, rng.random((500, channels)).astype("f4") * 255, selection, [scale],
                          [False], axes=axes)


project("p.ilp")
support.run("run", "--project", "p.ilp", "v.h5/data", "-o", "labels=trained.h5")
pathlib.Path("text.ilp").write_text("no project at all")
refused(3, "text.ilp", words=("--project", "text.ilp", "v.h5/data"))
refused(3, "v.h5", "ilastik", words=("--project", "v.h5", "v.h5/data"))
refused(3, "missing.ilp", words=("--project", "missing.ilp", "v.h5/data"))
shutil.copy("p.ilp", "untrained.ilp")
with h5py.File("untrained.ilp", "a") as f:
    del f["PixelClassification/ClassifierForests"]
refused(3, "untrained.ilp", "train", words=("--project", "untrained.ilp", "v.h5/data"))
pathlib.Path("cut.ilp").write_bytes(pathlib.Path("p.ilp").read_bytes()[:6000])
refused(3, "cut.ilp", words=("--project", "cut.ilp", "v.h5/data"))
project("two.ilp", channels=2, axes="zyxc")
refused(3, "2 channels", "the input has 1", words=("--project", "two.ilp", "v.h5/data"))
project("wide.ilp", scale=10.0)
refused(3, "36", "20", words=("--project", "wide.ilp", "v.h5/data"))

# Budget and options.
refused(5, "--ram", "at least", words=("--project", "p.ilp", "v.h5/data", "--ram", "1M"))
refused(2, "--ram", "lots", words=("v.h5/data", *by_threshold, "--ram", "lots"))
refused(2, "VOXSTITCH_SIMD", "mmx", words=("v.h5/data", *by_threshold), env={"VOXSTITCH_SIMD": "mmx"})
refused(2, "--roi", words=("v.h5/data", *by_threshold, "--roi", "0:20,0:40,0:51"))
refused(2, "--roi", "leaves the volume",
        words=("v.h5/data", *by_threshold, "--roi", f"{-2**63}:{2**63 - 1},:,:"))
refused(2, "--ram", "0.5", "less than one byte", words=("v.h5/data", *by_threshold, "--ram", "0.5"))
refused(2, "--block", "2^60", words=("v.h5/data", *by_threshold, "--block", f"{2**63 - 1},{2**62},2"))

# Two numbers are for images. A program would count its words, and a report's axes are those of its input.
flat = np.random.default_rng(2).integers(0, 255, (40, 50)).astype("u1")
np.save("flat.npy", flat)
exec_classifier = ("--classifier", "exec:true {input} {output}", "--class-names", "a,b")
for option, value, remedy in (("--roi", "0:3,0:5", "--roi 0:20,0:3,0:5"), ("--block", "8,8", "--block Z,8,8"),
                              ("--chunk", "8,8", "--chunk Z,8,8")):
    refused(2, f"{option} '{value}'", "20 planes along z", remedy, words=("v.h5/data", *by_threshold, option, value))
    for command in ("plan", "check", "report"):
        if command != "plan" and option == "--chunk":
            continue
        words = {"plan": (*by_threshold, "-o", "labels=x.h5"), "check": ("good.h5", *by_threshold),
                 "report": ("good.h5", "-o", "x.html")}[command]
        _, err = support.run(command, good, *words, option, value, expect=2)
        assert f"{option} '{value}'" in err and "5 planes along z" in err, err
    support.run("plan", "flat.npy", *by_threshold, "-o", "labels=x.h5", option, value)
refused(2, "--halo '1,1'", "20 planes", "--halo Z,1,1", words=("v.h5/data", *exec_classifier, "--halo", "1,1"))
refused(2, "--overlap '4,4'", "20 planes", "--overlap Z,4,4",
        words=("v.h5/data", *by_threshold, "--stitch", "mean", "--overlap", "4,4"))
_, err = support.run("split", "v.h5/data", "--materialize", "parts/", "--block", "20,20", "--overlap", "0,0,0", expect=2)
assert "--block '20,20'" in err and "20 planes" in err and not pathlib.Path("parts").exists(), err
refused(2, "--axes", words=("v.h5/data", *by_threshold, "--axes", "zzx"))
refused(2, "exclude", words=("v.h5/data", *by_threshold, "--project", "p.ilp"))
refused(2, "no classifier", words=("v.h5/data",))
support.run("run", "v.h5/data", *by_threshold, "-o", "labels=l.jpg", expect=2)
support.run("run", "v.h5/data", *by_threshold, "-o", "shadows=l.h5", expect=2)
support.run("walk", expect=2)

# Places.
OUTPUT.write_text("precious")
_, err = support.run("run", "v.h5/data", *by_threshold, "-o", f"labels={OUTPUT}", expect=2)
assert "exists" in err and OUTPUT.read_text() == "precious"
OUTPUT.unlink()
_, err = support.run("run", "v.h5/data", *by_threshold, "-o", "labels=nowhere/l.h5", expect=4)
assert "nowhere" in err and "does not exist" in err
locked = FOLDER / "locked"
locked.mkdir(mode=0o555)
if not os.access(locked, os.W_OK):
    support.run("run", "v.h5/data", *by_threshold, "-o", "labels=locked/l.h5", expect=4)
else:  # root writes everywhere, but not to /proc
    _, err = support.run("run", "v.h5/data", *by_threshold, "-o", "labels=/proc/l.h5", expect=4)
    assert "/proc" in err

# A full disk.
small = FOLDER / "small"
small.mkdir()
mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(small)], capture_output=True)
if mounted.returncode == 0:
    try:
        with h5py.File("noise.h5", "w") as f:
            f["data"] = rng.integers(0, 2**32, (40, 80, 90)).astype("u4")
        _, err = support.run("run", "noise.h5", "-o", f"raw={small}/r.h5", expect=4)
        assert "r.h5" in err and "space" in err, err
        assert not list(small.iterdir()), list(small.iterdir())
        _, err = support.run("run", "noise.h5", "-o", f"raw={small}/r.h5", "--job", "elsewhere", expect=4)
        assert "space" in err and not list(small.iterdir()), err
    finally:
        subprocess.run(["umount", str(small)], check=True)
else:
    print("no tmpfs could be mounted here: the full disk was not tried")

# What is read is not replaced, whatever --overwrite says and whatever the name.
kept = support.sha("v.h5")
pathlib.Path("link.h5").symlink_to("v.h5")
np.save("w.npy", rng.integers(0, 255, (5, 40, 50)).astype("u1"))
mask = support.write_volume("mask.h5", np.ones((20, 40, 50), "u1"), "zyx")


def spared(what, *words, command="run"):
    _, err = support.run(command, *words, "--overwrite", expect=2)
    assert f"is the file of {what}" in err and "name another file" in err, err
    assert support.sha("v.h5") == kept and not list(FOLDER.glob("*.job"))
    print("ok:", err.strip())


for place in ("v.h5/labels", f"{FOLDER}/v.h5", "link.h5"):
    spared("the input", "v.h5/data", *by_threshold, "-o", f"labels={place}")
    spared("the input", "v.h5/data", *by_threshold, "-o", f"labels={place}", command="plan")
spared("the input", stack, *by_threshold, "-o", f"labels={stack}/s_3.tif")
spared("the input", good, *by_threshold, "-o", f"labels={stack}/s_3.tif")
spared("--mask", "v.h5/data", *by_threshold, "--mask", mask, "-o", "labels=mask.h5")
shutil.copy("p.ilp", "p.h5")
spared("--project", "v.h5/data", "--project", "p.h5", "-o", "labels=p.h5")
tiff(FOLDER / "page.html", np.zeros((40, 50), "u2"))
spared("the input", "page.html", "page.html", "-o", "page.html", command="report")
support.write_volume("image.ilp", rng.integers(0, 255, (20, 40, 50)).astype("u1"), "zyx")
spared("the input", "image.ilp/data", "--labels", mask, "-o", "image.ilp", command="train")
spared("--labels", "v.h5/data", "--labels", "image.ilp/data", "-o", "image.ilp", command="train")
_, err = support.run("run", "v.h5/data", *by_threshold, "-o", "labels=good.h5", expect=2)
assert "--overwrite" in err and "the whole file" in err, err


# What is written must not be a part of the input the next time.
def outside(*words, command="run"):
    before = sorted(stack.iterdir())
    _, err = support.run(command, *words, expect=2)
    assert "the next time" in err and "name another folder" in err, err
    assert sorted(stack.iterdir()) == before
    print("ok:", err.strip())


for place in (f"{stack}/raw.tif", "stack/raw.tif", "stack/../stack/raw.npy"):
    outside(stack, "-o", f"raw={place}")
    outside(stack, "-o", f"raw={place}", command="plan")
for pattern in (f"{stack}/*.tif", "stack/*.tif", "st*/[a-z]*.tif"):
    outside(pattern, *by_threshold, "-o", "labels=stack/labels.tif")
    outside(pattern, *by_threshold, "-o", f"classes={stack}/maps.tif")
outside(stack, *by_threshold, "-o", "labels=beside.h5", "--picture", "stack/picture.png")
outside("w.npy", *by_threshold, "--mask", "stack/s_*.tif", "-o", "labels=stack/s_9.tif")
support.run("run", "stack/s_*.tif", *by_threshold, "-o", "labels=stack/labels.tif")
(stack / "labels.tif").unlink()
support.run("run", stack, *by_threshold, "-o", "labels=stack/labels.h5")
support.run("run", stack, "-o", "raw=whole.tif")


# An empty value is none that was given: a variable of a script was not set.
def empty(option, command, *words):
    _, err = support.run(command, *words, expect=2)
    assert option in err and "empty" in err, err
    print("ok:", err.strip())


job = ["v.h5/data", *by_threshold, "-o", "labels=empty.h5"]
for option in ("roi", "mask", "ram", "threads", "axes", "project", "job", "picture", "report", "config"):
    empty(f"--{option}", "run", *job, f"--{option}", "")
    pathlib.Path("empty.cfg").write_text(f"{option} =\n")
    if option != "config":
        empty(f"--{option}", "run", *job, "--config", "empty.cfg")
empty("--output", "run", *job, "-o", "")
empty("input", "run", "", *by_threshold, "-o", "labels=empty.h5")
empty("--names", "train", "v.h5/data", "--labels", "v.h5/data", "-o", "empty.ilp", "--names", "")
empty("--labels", "train", "v.h5/data", "--labels", "", "-o", "empty.ilp")
empty("--shape", "phantom", "-o", "empty", "--shape", "")
empty("--output", "phantom", "-o", "")
empty("--truth", "report", "v.h5/data", "good.h5", "-o", "empty.html", "--truth", "")
empty("--block", "split", "v.h5/data", "--materialize", "empty", "--block", "")
empty("--kind", "check", "v.h5/data", "good.h5", *by_threshold, "--kind", "")
assert [f.name for f in FOLDER.glob("empty*")] == ["empty.cfg"]


# Names of classes stand in files and on pages.
for names, why in (("a,,b", "name 2 is empty"), (b"a,Zelle\xe4", "name 2 is not UTF-8")):
    for words in (("run", "v.h5/data", "--classifier", "exec:true {input} {output}", "-o", "labels=named.h5"),
                  ("report", "v.h5/data", "trained.h5", "-o", "named.html")):
        _, err = support.run(*words, "--class-names", names, expect=2)
        assert f"--class-names: {why}" in err, err
        assert not list(FOLDER.glob("named*")), words

# A limit of file sizes (ulimit -f) is an error of writing like any other.
done = subprocess.run(["bash", "-c", 'ulimit -f 16; exec "$0" "$@"', support.BINARY, "run", "v.h5/data", "-o",
                       "raw=limited.npy", "--progress", "none"], capture_output=True, text=True)
assert done.returncode == 4 and "File too large" in done.stderr, (done.returncode, done.stderr)
assert not [f for f in FOLDER.iterdir() if f.name.endswith((".npy.job", ".partial")) or f.name == "limited.npy"]

# A file of options is a file, and may begin with the mark of UTF-8.
refused(2, "--config", "'.' is a folder", words=("--config", "."))
refused(2, "--config", "'gone.cfg' cannot be read", words=("--config", "gone.cfg"))
pathlib.Path("marked.cfg").write_bytes(b"\xef\xbb\xbfinput = v.h5/data\nclassifier = threshold:100\n")
support.run("run", "--config", "marked.cfg", "-o", "labels=marked.h5")
pathlib.Path("short.cfg").write_text("#")
support.run("run", "--config", "short.cfg", "v.h5/data", *by_threshold, "-o", "labels=short.h5")

pathlib.Path("nested.cfg").write_text("config = short.cfg\n")
refused(2, "--config 'nested.cfg'", "config = short.cfg", words=("--config", "nested.cfg", "v.h5/data", *by_threshold))

# Brackets that are part of a name, extensions in capitals, axes as they were written.
shutil.copytree(stack, "stack (\u00e4) [1]")
bracketed = "stack (\u00e4) [1]/*.tif"
escaped = bracketed.replace("[1]", r"\[1\]")
refused(3, "one character of a set", escaped, "name the folder, 'stack (\u00e4) [1]'", words=(bracketed, *by_threshold))
support.run("plan", escaped, *by_threshold, "-o", "labels=x.h5")
support.run("plan", "stack (\u00e4) [1]", *by_threshold, "-o", "labels=x.h5")
_, err = support.run("run", "v.h5/data", *by_threshold, "-o", "labels=l.jpg", expect=2)
assert ".h5, .hdf5, .tif, .tiff and .npy" in err, err
for name in ("L.H5", "L.TIFF", "L.NPY"):
    support.run("run", "v.h5/data", *by_threshold, "-o", f"labels={name}")
assert np.array_equal(support.read("L.H5")[..., 0], np.load("L.NPY")[..., 0])
support.run("check", "v.h5/data", "L.H5/exported_data", *by_threshold)
refused(2, "--axes 'xyx'", "'x' is there twice", words=(good, *by_threshold, "--axes", "xyx"))

# Sagittal sections: the files follow x, and are planes of z and y.
support.run("run", good, "-o", "raw=plain.h5")
for number, words in enumerate((("--axes", "xzy"), ("--stack-along", "x", "--axes", "zy"))):
    support.run("run", good, "-o", f"raw=sagittal{number}.h5", "-o", f"labels=sagittal{number}_l.h5/l", *by_threshold, *words,
                "--roi", "0:40,0:50,1:5")
    assert np.array_equal(support.read(f"sagittal{number}.h5"), support.read("plain.h5")[1:5])
    assert support.axes_of(f"sagittal{number}.h5") == "xzy"
    assert np.array_equal(support.read(f"sagittal{number}_l.h5", "l")[..., 0], support.read("good.h5")[1:5, ..., 0])
support.run("run", good, "-o", "raw=tiles.h5", "--stack-along", "x")
assert np.array_equal(support.read("tiles.h5"), np.concatenate(list(support.read("plain.h5")), axis=1))

# What check and report cannot use is refused, not passed over.
for words in (("--halo", "1,1,1"), ("--class-names", "a,b"), ("--normalise",)):
    _, err = support.run("check", good, "good.h5", *by_threshold, *words, expect=2)
    assert "are for --classifier exec:CMD" in err, err
no_option_of("check", "--chunk", good, "good.h5", *by_threshold, "--chunk", "8,8,8")
no_option_of("report", "--chunk", good, "good.h5", "-o", "page.html", "--chunk", "8,8,8")

# A name of a class that no file can have.
long_name = "n" * 300
long_job = ("v.h5/data", *exec_classifier[:2], "--class-names", f"a,{long_name}")
_, err = support.run("run", *long_job, "-o", "classes=ct/c.tif", expect=2)
assert f"the class '{long_name}'" in err and "HDF5" in err, err
support.run("plan", *long_job, "-o", "classes=c.h5")
_, err = support.run("run", "v.h5/data", *by_threshold, "-o", f"labels={long_name}.h5", expect=2)
assert "the file's name is too long" in err, err

# What stands there, but is no file: a link to nothing, a pipe that nobody writes to. A budget is called what it is.
pathlib.Path("dangling.tif").symlink_to("gone.tif")
refused(3, "'dangling.tif' is a link to 'gone.tif', which is not there", words=("dangling.tif", *by_threshold))
for name in ("pipe.tif", "pipe.h5", "pipe.ilp", "pipe"):
    os.mkfifo(name)
    words = ("--project", name, "v.h5/data") if name == "pipe.ilp" else (name, *by_threshold)
    refused(3, f"'{name}' is neither a file nor a folder", words=words)
    os.unlink(name)
for given in ("1K", "1500K", "1000"):
    refused(5, f"--ram {given} is too small", words=("v.h5/data", *by_threshold, "--ram", given))
