# SPDX-License-Identifier: BSL-1.0
"""What is in the files: class maps, masks, types, attributes, formats and names."""
import json
import pathlib
import shutil
import subprocess
import sys

import h5py
import numpy as np

import support

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(3)
raw = rng.integers(0, 60000, (11, 70, 90)).astype("u2")
raw[0] = 0
source = support.write_volume(FOLDER / "raw.h5", raw, "zyx", chunks=(4, 32, 32), compression="gzip")
classifier = "threshold:20000,40000"
labels = np.digitize(raw, [20000, 40000]).astype("u1") + 1


def classify(*options, volume=source):
    return support.run("run", volume, "--classifier", classifier, "--overwrite", *options)


def attributes(path, name="exported_data"):
    with h5py.File(path, "r") as f:
        return dict(f[name].attrs)


# One pass, all kinds; labels as ilastik writes them.
out, _ = classify("-o", "labels=l.h5", "-o", "probabilities=p.h5", "-o", "classes=c.h5", "-o", "uncertainty=u.h5",
                  "-o", "raw=r.h5/deep/er/raw")
assert "input" in out and "done" in out, out
assert np.array_equal(support.read("l.h5")[..., 0], labels)
p = support.read("p.h5")
assert p.dtype == np.float32 and np.array_equal(p.argmax(-1) + 1, labels) and set(np.unique(p)) == {0, 1}
assert np.array_equal(support.read("r.h5", "deep/er/raw"), raw)
assert np.array_equal(support.read("u.h5")[..., 0], np.zeros_like(labels))
tags = json.loads(attributes("l.h5")["axistags"])
assert [a["key"] for a in tags["axes"]] == list("zyxc"), tags
assert [a["typeFlags"] for a in tags["axes"]] == [2, 2, 2, 1]
assert list(attributes("p.h5")["drange"]) == [0, 1]
with h5py.File("p.h5", "r") as f:
    assert [d.label for d in f["exported_data"].dims] == list("zyxc")
    assert f["exported_data"].compression == "gzip" and f["exported_data"].chunks == (11, 64, 64, 1)

# Class maps: one dataset per name.
names = list(h5py.File("c.h5", "r"))
assert len(names) == 3, names
by_class = dict(zip((1, 2, 3), sorted(names, key=lambda n: int(labels[support.read("c.h5", n) > 0].min()))))
for value, name in by_class.items():
    assert np.array_equal(support.read("c.h5", name), labels == value), name
for content, expected in (("masked-raw", lambda v: np.where(labels == v, raw, 0)),
                          ("probability", lambda v: (labels == v).astype("f4"))):
    classify("-o", "classes=c2.h5", "--classes", content)
    for value, name in by_class.items():
        values = support.read("c2.h5", name)
        assert values.dtype == expected(value).dtype and np.array_equal(values, expected(value)), (content, name)
classify("-o", "classes=maps.tif", "-o", "labels=maps.npy")
maps = sorted(FOLDER.glob("maps_*.tif"))
assert len(maps) == 3, maps
assert np.array_equal(np.load("maps.npy")[..., 0], labels)

# Several kinds share one new file; probabilities in bytes.
classify("-o", "labels=all.h5", "-o", "probabilities=all.h5", "--dtype", "uint8")
assert np.array_equal(support.read("all.h5", "labels")[..., 0], labels)
assert support.read("all.h5", "probabilities").dtype == np.uint8
assert support.read("all.h5", "probabilities").max() == 255

# A mask: outside it labels and classes are 0.
mask = np.zeros(raw.shape, "u1")
mask[2:5, 10:40, 50:80] = 7
where = support.write_volume(FOLDER / "mask.h5", mask, "zyx")
classify("-o", "labels=m.h5", "-o", "classes=mc.h5", "-o", "probabilities=mp.h5", "--mask", where,
         "--chunk", "4,16,16", "--block", "4,16,16")
assert np.array_equal(support.read("m.h5")[..., 0], np.where(mask > 0, labels, 0))
assert all(np.array_equal(support.read("mc.h5", n), (labels == v) & (mask > 0)) for v, n in by_class.items())
assert support.read("mp.h5").sum() == (mask > 0).sum()

# A stack becomes one volume, without a classifier, and the same again through every format.
support.run("run", source, "-o", "raw=v.tif", "-o", "raw=v.npy", "-o", "raw=v.h5")
assert np.array_equal(np.load("v.npy"), raw) and np.array_equal(support.read("v.h5"), raw)
support.run("run", "v.tif", "-o", "raw=w.h5")
assert np.array_equal(support.read("w.h5"), raw)
if shutil.which("tiffinfo"):
    info = subprocess.run(["tiffinfo", "v.tif"], capture_output=True, text=True, check=True)
    assert info.stdout.count("Image Width: 90 Image Length: 70") == 11, info.stdout
    subprocess.run(["tiffcp", "-c", "none", "v.tif", "copy.tif"], check=True)
    support.run("run", "copy.tif", "-o", "raw=copied.h5")
    assert np.array_equal(support.read("copied.h5"), raw)

# Axes keep the input's order, c its own place or the last.
for axes, order in (("xyz", (2, 1, 0)), ("yzx", (1, 0, 2))):
    turned = support.write_volume(FOLDER / "turned.h5", raw.transpose(order), axes)
    classify("-o", "probabilities=turned_p.h5", "-o", "labels=turned_l.h5", volume=turned)
    assert np.array_equal(support.read("turned_l.h5")[..., 0], labels.transpose(order)), axes
    assert np.array_equal(support.read("turned_p.h5"), p.transpose(*order, 3)), axes
first = support.write_volume(FOLDER / "first.h5", raw[None], "czyx")
classify("-o", "probabilities=first_p.h5", volume=first)
assert np.array_equal(support.read("first_p.h5"), p.transpose(3, 0, 1, 2))

# Time steps are classified one by one.
film = support.write_volume(FOLDER / "film.h5", np.stack([raw, raw[::-1]]), "tzyx")
classify("-o", "labels=film_l.h5", volume=film)
assert np.array_equal(support.read("film_l.h5")[..., 0], np.stack([labels, labels[::-1]]))

# An output that exists is kept; the same job is already done; --overwrite replaces.
before = support.sha("l.h5")
_, err = support.run("run", source, "--classifier", "threshold:5", "-o", "labels=l.h5", expect=2)
assert "l.h5" in err and "--overwrite" in err and support.sha("l.h5") == before
support.run("run", source, "--classifier", "threshold:5", "-o", "labels=five.h5")
out, _ = support.run("run", source, "--classifier", "threshold:5", "-o", "labels=five.h5")
assert "already done" in out
support.run("run", source, "--classifier", "threshold:6", "-o", "labels=five.h5", expect=2)
support.run("run", source, "--classifier", "threshold:6", "-o", "labels=five.h5", "--overwrite")
with open("five.h5", "r+b") as cut:
    cut.truncate(1000)
_, err = support.run("run", source, "--classifier", "threshold:6", "-o", "labels=five.h5", expect=2)
assert "five.h5" in err and "--overwrite" in err, err
leftovers = [f for f in FOLDER.iterdir() if f.name.endswith((".job", ".partial"))]
assert not leftovers, leftovers

# A picture is a PNG that appears with the outputs; nothing is replaced by it unasked.
np.save("w.npy", raw)
untouched = support.sha("w.npy")
for bad, word in (("w.npy", ".png"), ("folder.png", "folder"), ("there.png", "exists")):
    pathlib.Path("folder.png").mkdir(exist_ok=True)
    pathlib.Path("there.png").write_text("precious")
    _, err = support.run("run", "w.npy", "--classifier", classifier, "-o", "labels=s.h5", "--picture", bad, expect=2)
    assert "--picture" in err and bad in err and word in err, err
    assert support.sha("w.npy") == untouched and not pathlib.Path("s.h5").exists()
assert pathlib.Path("there.png").read_text() == "precious"
shown = ["run", "w.npy", "--classifier", classifier, "-o", "labels=s.h5"]
support.run(*shown, "--picture", "s.png")
assert pathlib.Path("s.png").read_bytes().startswith(b"\x89PNG")
out, err = support.run(*shown, "--picture", "s.png")
assert "already done" in out and "warning" not in err, (out, err)
_, err = support.run(*shown, "--picture", "late.png")
assert all(word in err for word in ("warning", "late.png", "voxstitch report", "--overwrite")), err
support.run(*shown, "--picture", "there.png", "--overwrite")
assert pathlib.Path("there.png").read_bytes() == pathlib.Path("s.png").read_bytes()
support.run("run", "s.png", "--classifier", "threshold:9", "-o", "labels=t.h5", "--picture", "s.png", "--overwrite",
            expect=2)
assert not [f for f in FOLDER.iterdir() if f.name.endswith((".job", ".partial"))]

# An output that appears while the job runs is not replaced: the work is kept, and the same command goes on.
pathlib.Path("both.py").write_text("""
import pathlib, sys, numpy as np
if not pathlib.Path("calls").exists():
    pathlib.Path(sys.argv[3]).write_text("precious")
pathlib.Path("calls").open("a").write("x")
block = np.load(sys.argv[1])
block = block[..., 0] if block.ndim == 4 else block
np.save(sys.argv[2], np.stack([block < 30000, block >= 30000], axis=-1).astype("f4"))
""")


def while_it_runs(appears):
    pathlib.Path("calls").unlink(missing_ok=True)
    words = ["run", "w.npy", "--classifier", f"exec:{sys.executable} both.py {{input}} {{output}} {appears}",
             "--class-names", "a,b", "-o", "labels=slow.h5", "--picture", "slow.png"]
    _, err = support.run(*words, expect=4)
    assert appears in err and "appeared" in err and "move it away" in err and "are done and kept" in err, err
    assert pathlib.Path(appears).read_text() == "precious"
    calls = pathlib.Path("calls").read_text()
    support.run(*words, expect=2)
    pathlib.Path(appears).unlink()
    out, _ = support.run(*words)
    assert "resumed" in out and pathlib.Path("calls").read_text() == calls, out
    assert np.array_equal(support.read("slow.h5")[..., 0], (raw >= 30000) + 1)
    for name in ("slow.h5", "slow.png"):
        pathlib.Path(name).unlink()
    assert not [f for f in FOLDER.iterdir() if f.name.endswith((".job", ".partial"))]


while_it_runs("slow.h5")
while_it_runs("slow.png")

# The peak of memory is the program's own, however large the process that began it.
large = bytearray(400 << 20)
large[::4096] = bytes(b"x") * len(large[::4096])
out, _ = support.run("run", "w.npy", "--classifier", classifier, "-o", "labels=peak.h5")
del large
peak = json.loads(pathlib.Path("peak.h5.provenance.json").read_text())["peak_bytes"]
assert peak < 300 << 20, out

# Summaries put a blank between few voxels and their name.
out, _ = classify("-o", "labels=few.h5", "--roi", "0:2,0:8,0:8")
assert "done        128 voxels in " in out, out
