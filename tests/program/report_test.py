# SPDX-License-Identifier: BSL-1.0
"""A report tells the truth about a result, in one file of bounded size, and a browser shows it."""
import json
import os
import pathlib
import re
import sys

import h5py
import numpy as np

import support

sys.path.insert(0, str(support.ROOT / "tests" / "support"))
import browser

HERE = pathlib.Path.cwd()
SHAPE = (40, 150, 180)
NAMES = ["dark", "grey </script>", "bright & <b>bold</b>"]


def report(*words, expect=0, says=()):
    out, err = support.run("report", *words, "--progress", "none", expect=expect)
    for text in says:
        assert text in out + err, (text, out, err)
    return out


def data_of(page):
    """The facts in a page."""
    text = pathlib.Path(page).read_text()
    assert text.startswith("<!DOCTYPE html>") and '<meta name="viewport"' in text
    assert "{{" not in text.split('id="data">')[0]
    links = [a for a in re.findall(r"(?:src|href|url|action)\s*[=(]\s*[\"']?([^\"'>)\s]+)", text) if a != "data:,"]
    assert not [a for a in links if re.match(r"(https?:)?//|file:", a)], links
    assert not re.search(r"<(iframe|object|embed|script src|link rel=.stylesheet)", text)
    scripts = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert len(scripts) == 1
    return json.loads(scripts[0])


def pixels(uri):
    """A picture as stored; PNG is read by the program itself."""
    import base64
    (HERE / "picture.png").write_bytes(base64.b64decode(uri.split(",", 1)[1]))
    support.run("run", "picture.png", "-o", "raw=picture.npy", "--overwrite")
    return np.load("picture.npy").squeeze()


# A phantom, classified; probabilities that are no copy of the labels.
support.run("phantom", "-o", "brain", "--shape", ",".join(map(str, SHAPE)))
raw_path = "brain/raw/slice_*.tif"
support.run("run", raw_path, "-o", "raw=raw.h5")
raw = support.read("raw.h5").squeeze().astype("f4")
rng = np.random.default_rng(3)
p = np.stack([np.exp(-np.abs(raw - centre) / 150) for centre in (60, 250, 600)], -1)
p *= 0.6 + 0.4 * rng.random(p.shape)
p[30:38, 100:140, 20:60] = 1 / 3 + rng.normal(scale=1e-3, size=(8, 40, 40, 3))  # nobody knows
p = (p / p.sum(-1, keepdims=True)).astype("f4")
labels = (p.argmax(-1) + 1).astype("u1")
probabilities = support.write_volume(HERE / "p.h5", p, "zyxc")
label_file = support.write_volume(HERE / "l.h5", labels[..., None], "zyxc")
sure = np.sort(p, -1)
uncertainty = 1 - (sure[..., 2] - sure[..., 1])
with h5py.File("l.h5", "r+") as f:
    f["data"].attrs.create("class_names", NAMES, dtype=h5py.string_dtype())
    f["data"].attrs["element_size_um"] = np.array([2.0, 0.5, 0.5])

report(raw_path, label_file, probabilities, "-o", "r.html", "--truth", label_file)
d = data_of("r.html")
assert (HERE / "r.html").stat().st_size < 8e6
assert [v["kind"] for v in d["volumes"]] == ["input", "labels", "probabilities", "truth"]
assert d["shape"] == list(SHAPE)


# Every number is that of numpy.
for k, c in enumerate(d["classes"], 1):
    count = int((labels == k).sum())
    assert (c["label"], c["name"], c["voxels"]) == (k, NAMES[k - 1], count), c
    assert abs(c["fraction"] - count / labels.size) < 1e-12
    assert abs(c["mean_probability"] - p[..., k - 1].mean(dtype="f8")) < 2e-6
    assert c["dice"] == 1 and c["truth_voxels"] == count
    value, unit = c["volume"].split(" ")
    assert unit == "µm³" and abs(float(value) - count * 0.5) < 1e-3 * count, c
assert abs(d["mean_uncertainty"] - uncertainty.mean(dtype="f8")) < 2e-6
text = (HERE / "r.html").read_text()
assert "grey &lt;/script&gt;" in text and "bright &amp; &lt;b&gt;bold" in text and "<b>bold" not in text
table = re.search(r"<table class=classes>.*?</table>", text, re.DOTALL)[0]  # without scripts too
assert all(f"{100 * c['fraction']:.3f} %" in table for c in d["classes"])


# The places of highest uncertainty are those of numpy, and do not touch.
cell = d["cell"]
assert cell == [16, 16, 16]
means = {}
for low in np.ndindex(*(-(-n // c) for n, c in zip(SHAPE, cell))):
    box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(low, cell))
    if 2 * uncertainty[box].size >= np.prod(cell):
        means[tuple(i * c for i, c in zip(low, cell))] = uncertainty[box].mean(dtype="f8")
best = max(means, key=means.get)
assert tuple(d["spots"][0]["low"]) == best and abs(d["spots"][0]["mean"] - means[best]) < 2e-6
assert 24 <= best[0] <= 32 and 90 <= best[1] <= 130, best
for i, a in enumerate(d["spots"]):
    assert abs(means[tuple(a["low"])] - a["mean"]) < 2e-6
    for b in d["spots"][:i]:
        assert a["mean"] <= b["mean"]
        assert any(a["low"][k] > b["high"][k] or b["low"][k] > a["high"][k] for k in range(3)), (a["low"], b["low"])


# Pictures hold the voxels.
for axis in range(3):
    view = d["views"][axis]
    n = len(view["planes"]) // 2
    take = [slice(None, None, s) for s in d["stride"]]
    take[axis] = view["planes"][n]
    turned = (lambda a: a.swapaxes(0, 1)) if axis == 2 else (lambda a: a)
    assert np.array_equal(pixels(view["labels"][n]), turned(labels[tuple(take)]))
    low, high = d["greys"]
    grey = np.clip(255 * (turned(raw[tuple(take)]) - low) / (high - low), 0, 255)
    assert np.abs(pixels(view["raw"][n]).astype("f4") - grey).max() <= 1
    first = pixels(view["soft"][n][0])
    first = np.moveaxis(first, int(np.argmin(first.shape)), -1)
    assert np.abs(first[..., 0] / 255 - turned(uncertainty[tuple(take)])).max() < 0.02
    assert np.abs(first[..., 1] / 255 - turned(p[tuple(take)][..., 0])).max() < 0.02


# The same page whatever the means; another's seams; no labels; a part; names from the command line.
report(raw_path, label_file, probabilities, "-o", "again.html", "--truth", label_file, "--threads", 1,
       "--ram", "800M" if support.INSTRUMENTED else "100M")
assert data_of("again.html") == d
report(raw_path, f"probabilities={probabilities}", "-o", "p.html", "--class-names", "A,B,C")
only = data_of("p.html")
assert [(c["name"], c["voxels"]) for c in only["classes"]] == [
    (n, c["voxels"]) for n, c in zip("ABC", d["classes"])]
assert "volume" not in only["classes"][0] and only["seams"]["of"] == "probabilities"
u = support.write_volume(HERE / "u.h5", uncertainty.astype("f4")[..., None], "zyxc")
report(raw_path, label_file, u, "-o", "u.html")
assert data_of("u.html")["spots"][0]["low"] == d["spots"][0]["low"]
assert data_of("u.html")["probabilities"] == 0
part = (slice(5, 35), slice(20, 150), slice(0, 170))
part_file = support.write_volume(HERE / "part.h5", labels[part][..., None], "zyxc")
report(raw_path, part_file, "-o", "part.html", "--roi", "5:35,20:150,0:170", "--truth", label_file)
d_part = data_of("part.html")
assert d_part["origin"] == [5, 20, 0] and all(c["dice"] == 1 for c in d_part["classes"])
grey = pixels(d_part["views"][0]["raw"][0])
low, high = d_part["greys"]
wanted = np.clip(255 * (raw[part][d_part["views"][0]["planes"][0]] - low) / (high - low), 0, 255)
assert np.abs(grey.astype("f4") - wanted).max() <= 1
cut = labels.copy()
cut[:, 64:] = cut[:, 64:] % 3 + 1
cut_file = support.write_volume(HERE / "cut.h5", cut[..., None], "zyxc")
report(raw_path, cut_file, "-o", "cut.html", "--block", "40,64,64", "--truth", label_file)
assert data_of("cut.html")["seams"]["along"][1]["seams"] == [64]
dice = [c["dice"] for c in data_of("cut.html")["classes"]]
for k, value in enumerate(dice, 1):
    both = ((cut == k) & (labels == k)).sum()
    assert abs(value - 2 * both / ((cut == k).sum() + (labels == k).sum())) < 1e-12


# A run reports on itself; its record says what it took. A second run has nothing to do.
words = ("run", raw_path, "--classifier", "threshold:120,420", "-o", "labels=all.h5", "-o", "uncertainty=all.h5",
         "--report", "run.html")
support.run(*words)
note = json.loads((HERE / "all.h5.provenance.json").read_text())
assert [s["name"] for s in note["stages"]] == ["classify", "merge"], note["stages"]
assert all(s["wall_seconds"] >= 0 and s["cpu_seconds"] >= 0 for s in note["stages"])
assert sum(s["wall_seconds"] for s in note["stages"]) <= note["wall_seconds"] + 0.01
assert 1 <= len(note["memory"]) <= 200 and all(0 < b <= note["peak_bytes"] * 1.1 for _, b in note["memory"])
assert note["outputs"] == [{"kind": "labels", "file": "all.h5", "dataset": "/labels"},
                           {"kind": "uncertainty", "file": "all.h5", "dataset": "/uncertainty"}]
made = data_of("run.html")
assert made["provenance"]["stages"] == note["stages"] and made["seams"]["grid"] == note["plan"]["block"]
assert [c["voxels"] for c in made["classes"]] == [
    int((support.read("all.h5", "labels") == k).sum()) for k in (1, 2, 3)]
assert "already done" in support.run(*words)[0]
(HERE / "run.html").unlink()
support.run(*words)
assert data_of("run.html")["classes"] == made["classes"]
report(raw_path, "all.h5/uncertainty", "all.h5/labels", "-o", "kinds.html")
assert data_of("kinds.html")["classes"] == made["classes"]


# Axes that only the project knows: of colours, not of three planes.
picture = rng.integers(0, 255, (40, 50, 3)).astype("u1")
np.save("picture_of_project.npy", picture)
selection = np.zeros((6, 1), bool)
selection[0] = True
support.write_project(HERE / "colours.ilp", rng, picture.reshape(-1, 3).astype("f4"), selection, [1.0], [True],
                      axes="yxc", names=["one", "two", "three"])
support.run("run", "--project", "colours.ilp", "picture_of_project.npy", "-o", "labels=c.tif", "--report", "c.html")
assert data_of("c.html")["shown_channels"] == 3
assert [c["name"] for c in data_of("c.html")["classes"]] == ["one", "two", "three"]


# 2D, colours, time.
flat = rng.integers(0, 255, (90, 120, 3)).astype("u1")
flat_file = support.write_volume(HERE / "flat.h5", flat, "yxc")
flat_labels = support.write_volume(HERE / "flat_l.h5", (flat[..., 0] > 99).astype("u1") + 1, "yx")
report(flat_file, flat_labels, "-o", "flat.html")
d_flat = data_of("flat.html")
assert d_flat["shown_channels"] == 3
stored = pixels(d_flat["views"][0]["raw"][0])
assert np.array_equal(np.moveaxis(stored, int(np.argmin(stored.shape)), -1), flat)
film = rng.integers(0, 255, (3, 8, 20, 30)).astype("u1")
film_file = support.write_volume(HERE / "film.h5", film, "tzyx")
film_labels = support.write_volume(HERE / "film_l.h5", (film > 99).astype("u1") + 1, "tzyx")
report(film_file, film_labels, "-o", "film.html")
mask_file = support.write_volume(HERE / "mask.h5", (raw > 300).astype("u1") * 255, "zyx")
report(raw_path, mask_file, "-o", "mask.html")
assert [(c["label"], c["voxels"]) for c in data_of("mask.html")["classes"]] == [
    (0, int((raw <= 300).sum())), (255, int((raw > 300).sum()))]
assert data_of("film.html")["classes"][1]["voxels"] == int((film > 99).sum())


# Mistakes are told before any work, or leave no page.
small = support.write_volume(HERE / "small.h5", labels[:, 1:][..., None], "zyxc")
report(raw_path, small, "-o", "x.html", expect=3, says=["40,149,180", "40,150,180", "--roi"])
report(raw_path, label_file, "-o", "x.html", "--truth", small, expect=3, says=["--truth", "40,149,180"])
report(raw_path, label_file, "-o", "r.html", expect=2, says=["'r.html' exists", "--overwrite"])
report(raw_path, label_file, "-o", "again.html", "--overwrite")
report(raw_path, "missing.h5", "-o", "x.html", expect=3, says=["missing.h5"])
report("missing_*.tif", label_file, "-o", "x.html", expect=3, says=["missing_"])
report(raw_path, "-o", "x.html", expect=2, says=["one or more results"])
report(raw_path, label_file, expect=2, says=["-o PAGE.html"])
report(raw_path, label_file, "-o", "x.h5", expect=2, says=["ends in .html"])
report(raw_path, label_file, "-o", "x.html", "-o", "y.html", expect=2, says=["y.html"])
report(raw_path, label_file, part_file, "-o", "x.html", expect=2, says=["both labels"])
report(raw_path, f"labels={probabilities}", "-o", "x.html", expect=3, says=["no labels", "3 channels"])
report(raw_path, f"classes={label_file}", "-o", "x.html", expect=2, says=["labels, probabilities or uncertainty"])
report(raw_path, u, "-o", "x.html", expect=2, says=["an uncertainty alone"])
report(raw_path, label_file, "-o", "x.html", "--ram", "1M", expect=5, says=["--ram"])
report(raw_path, label_file, "-o", "nowhere/x.html", expect=2, says=["no folder", "nowhere"])
many = labels.astype("u4")[..., None]
many[3, 3, 3] = 70000
report(raw_path, support.write_volume(HERE / "many.h5", many, "zyxc"), "-o", "x.html", expect=3, says=["label 70000"])
assert not (HERE / "x.html").exists()
support.run("run", raw_path, "-o", "raw=x.h5", "--report", "x.html", expect=2)
support.run(*words[:-1], "r.html", "--overwrite", "--report", "x.txt", expect=2)
help_text, _ = support.run("report", "--help")
assert len(help_text.splitlines()) <= 24 and max(map(len, help_text.splitlines())) <= 100 and "Example" in help_text

if reason := browser.missing():
    print(f"SKIPPED: the page in a browser, because there is {reason}")
    sys.exit(support.SKIP)

PAINTED = "[...document.querySelectorAll('.frame canvas')].every(c => c.dataset.painted)"


def canvas(axis):
    """What a view shows, as one string."""
    return f"document.querySelector('#view-{axis} canvas').toDataURL()"


def moved(tab, axis, value):
    tab.run(f"(() => {{ const s = document.querySelector('#slider-{axis}'); s.value = {value};"
            "s.dispatchEvent(new Event('input', {bubbles: true})); })()")


def changes(tab, action, axis="z"):
    before = tab.run(canvas(axis))
    action()
    tab.until(f"{canvas(axis)} !== {json.dumps(before)}")


with browser.Browser() as tab:
    for name, width, height, dark in (("wide", 1280, 900, False), ("dark", 1280, 900, True), ("phone", 390, 844, False)):
        for page in ("r.html", "run.html", "flat.html", "film.html", "part.html", "mask.html"):
            tab.window(width, height, dark)
            tab.open(page)
            tab.until(PAINTED)
            assert not (bad := tab.complaints()), (page, bad)
            assert tab.run(f"document.documentElement.scrollWidth <= {width}"), (page, name)
            tab.screenshot(f"{pathlib.Path(page).stem}_{name}.png")
    tab.window(1280, 900)
    tab.open("r.html")
    tab.until(PAINTED)
    changes(tab, lambda: moved(tab, "z", 0))
    changes(tab, lambda: moved(tab, "x", 1), "x")
    changes(tab, lambda: tab.run("document.querySelector('[data-layer=probabilities]').click()"))
    changes(tab, lambda: tab.run("document.querySelector('[data-layer=uncertainty]').click()"))
    changes(tab, lambda: tab.run("document.querySelector('[data-layer=raw]').click()"))
    changes(tab, lambda: tab.run("document.querySelector('[data-layer=labels]').click()"))
    changes(tab, lambda: tab.run("(() => { const o = document.getElementById('opacity'); o.value = 100;"
                                 "o.dispatchEvent(new Event('input')); })()"))
    changes(tab, lambda: tab.run("document.querySelector('#chips button').click()"))
    changes(tab, lambda: tab.run("document.querySelector('#spots button:last-child').click()"))
    # With full opacity a labelled pixel has just the colour of its class.
    for k in (1, 2, 3):
        tab.run(f"(() => {{ const b = document.querySelector('[data-label=\"{k}\"]');"
                "if (b.getAttribute('aria-pressed') === 'false') b.click(); })()")
    moved(tab, "z", 0)
    shown = {c["label"]: [int(c["color"][i:i + 2], 16) for i in (1, 3, 5)] for c in d["classes"]}
    plane = labels[d["views"][0]["planes"][0]][::d["stride"][1], ::d["stride"][2]]
    wanted = json.dumps([v for k in plane[:2].ravel() for v in (*shown[int(k)], 255)])
    tab.until(f"(() => {{ const c = document.querySelector('#view-z canvas');"
              f"const got = c.getContext('2d').getImageData(0, 0, c.width, 2).data, wanted = {wanted};"
              "return got.length === wanted.length && got.every((v, i) => v === wanted[i]); })()")
    assert not (bad := tab.complaints()), bad
print("screenshots:", *sorted(str(f) for f in HERE.glob("*_*.png")))
