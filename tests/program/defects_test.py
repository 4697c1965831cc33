# SPDX-License-Identifier: BSL-1.0
"""What went wrong in the classic split-classify-merge workflow does not go wrong here: one test per defect.

Each is tried in every way there is: `run`; `split --job`, `classify --job`, `merge --job`; and the files of
the workflow itself, `split --materialize`, `classify --classic`, `merge --classic`. Those files are compared
with a few lines of h5py that say what they are.

Usage: defects_test.py BINARY [TEST...]"""
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

import support

HERE = pathlib.Path.cwd()
INDEX = {"orig_indices", "left_overlap", "right_overlap"}
NAMES = ["Background", "Cell"]
THRESHOLD = ["--classifier", "threshold:100"]
THRESHOLD_NAMES = ["below 100", "100 and above"]


# ------------------------------------------------- the workflow's files in h5py, as its description says

def cores(extent, block):
    """Begin and end of the cores along an axis: a remainder thinner than half a block joins its neighbour."""
    count = max(1, extent // block + (extent >= block and 2 * (extent % block) >= block))
    return [(i * block, extent if i + 1 == count else (i + 1) * block) for i in range(count)]


def blocks(shape, block, overlap):
    """Core, overlap before and overlap behind of all blocks, clipped to the volume; first axis slowest."""
    for core in itertools.product(*(cores(n, b) for n, b in zip(shape, block))):
        yield (core, [min(begin, o) for (begin, _), o in zip(core, overlap)],
               [min(n - end, o) for (_, end), n, o in zip(core, shape, overlap)])


def write_indices(f, core, left, right):
    f["orig_indices"] = np.array(core, "u8").ravel()
    f["left_overlap"] = np.array(left, "u1")
    f["right_overlap"] = np.array(right, "u1")


def read_indices(f):
    return f["orig_indices"][()].reshape(3, 2).tolist(), f["left_overlap"][()].tolist(), f["right_overlap"][()].tolist()


def whole(core, left, right):
    return tuple(slice(begin - l, end + r) for (begin, end), l, r in zip(core, left, right))


def write_class_files(folder, maps, block, overlap, name="brain", first=0):
    """Class files as anybody might write them: h5py, contiguous."""
    folder.mkdir(exist_ok=True)
    shape = next(iter(maps.values())).shape
    files = []
    for i, (core, left, right) in enumerate(blocks(shape, block, overlap), first):
        files.append(folder / f"subvol_{name}{i:05}.h5")
        with h5py.File(files[-1], "w") as f:
            write_indices(f, core, left, right)
            for label, values in maps.items():
                f[label] = values[whole(core, left, right)]
    return files


def check_sub_volumes(files, name, volume, block, overlap):
    expected = list(blocks(volume.shape, block, overlap))
    assert [f.name for f in files] == [f"{name}{i:05}.hdf5" for i in range(len(expected))], files
    for path, (core, left, right) in zip(files, expected):
        with h5py.File(path, "r") as f:
            assert read_indices(f) == ([list(c) for c in core], left, right), (path, read_indices(f))
            assert f["orig_indices"].dtype == np.uint64
            for side, margin in (("left_overlap", left), ("right_overlap", right)):
                assert f[side].dtype == (np.uint8 if max(margin) < 256 else np.uint16)
            values = f[path.stem][()]
        assert values.dtype == volume.dtype and np.array_equal(values, volume[whole(core, left, right)]), path


def merged(files):
    """Every voxel from the file whose core holds it."""
    parts, shape = [], np.zeros(3, int)
    for path in files:
        with h5py.File(path, "r") as f:
            parts.append((*read_indices(f), {k: f[k][()] for k in f if k not in INDEX}))
            shape = np.maximum(shape, np.array(parts[-1][0])[:, 1])
    maps = {k: np.zeros(shape, v.dtype) for k, v in parts[0][3].items()}
    for core, left, _, values in parts:
        for k, v in values.items():
            inside = tuple(slice(l, l + end - begin) for (begin, end), l in zip(core, left))
            maps[k][tuple(slice(*c) for c in core)] = v[inside]
    return maps


# ---------------------------------------------------------------------------------- the program, in every way

def read_all(path):
    with h5py.File(path, "r") as f:
        return {k: f[k][()] for k in f}


def by_run(folder, source, *options, content="mask", kind="classes"):
    out = folder / f"run_{kind}_{content}.h5"
    support.run("run", source, "-o", f"{kind}={out}", "--classes", content, *options)
    return read_all(out)


def by_job(folder, source, *options, content="mask", kind="classes"):
    out, job = folder / f"job_{kind}_{content}.h5", folder / f"{kind}_{content}.job"
    support.run("split", source, "-o", f"{kind}={out}", "--classes", content, *options, "--job", job, "--shards", "3")
    for shard in ("2/2", "1/2"):
        support.run("classify", "--job", job, "--shard", shard)
    support.run("merge", "--job", job)
    return read_all(out)


def split(folder, source, block, overlap, *options, name="brain"):
    support.run("split", source, "--materialize", folder / "parts", "--name", name, "--block", ",".join(map(str, block)),
                "--overlap", ",".join(map(str, overlap)), *options)
    return sorted((folder / "parts").glob(f"{name}*.hdf5"))


def by_files(folder, source, block, overlap, *options, content="mask"):
    """The merged maps, and what `classify` said."""
    parts = split(folder, source, block, overlap)
    _, said = support.run("classify", "--classic", *parts, "-o", folder / content, "--classes", content, *options)
    classes = sorted((folder / content).glob("*.h5"))
    assert [c.name for c in classes] == [f"subvol_{p.stem}.h5" for p in parts]
    out = folder / f"volume_brain_{content}.h5"
    support.run("merge", "--classic", f"{folder}/{content}/subvol_*.h5", "-o", out)
    maps = read_all(out)
    same(maps, merged(classes))
    return maps, said


def in_every_way(folder, source, *options, content="mask", block=(16, 16, 16), overlap=(4, 4, 4)):
    yield "run", by_run(folder, source, *options, content=content)
    yield "job", by_job(folder, source, *options, content=content)
    yield "files", by_files(folder, source, block, overlap, *options, content=content)[0]


def same(maps, expected):
    assert set(maps) == set(expected), (sorted(maps), sorted(expected))
    for k, v in expected.items():
        assert maps[k].dtype == v.dtype, (k, maps[k].dtype, v.dtype)
        assert np.array_equal(maps[k], v), f"{k}: {np.count_nonzero(maps[k] != v)} voxels differ"


def masks(volume, content="mask"):
    """The maps of threshold:100."""
    high = volume.astype("f4") >= 100
    content = {"mask": lambda m: m.astype("u1"), "masked-raw": lambda m: np.where(m, volume, 0).astype(volume.dtype),
               "probability": lambda m: m.astype("f4")}[content]
    return dict(zip(THRESHOLD_NAMES, (content(~high), content(high))))


def noise(shape, dtype="u1", seed=1, high=255):
    return np.random.default_rng(seed).integers(0, high, shape).astype(dtype)


def waves(shape):
    """Smooth structure and a little noise: what a wide filter still sees."""
    z, y, x = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    smooth = 120 + 60 * np.sin(z / 9 + 0.3) * np.cos(y / 11) + 50 * np.sin(x / 13 + y / 17)
    return np.clip(smooth + np.random.default_rng(5).normal(0, 6, shape), 0, 255).astype("u1")


def project(path, scale, names=NAMES, trees=4):
    rng = np.random.default_rng(7)
    selection = np.zeros((6, 1), bool)
    selection[0] = True
    features = (rng.random((3000, 1)) * 255).astype("f4")
    support.write_project(path, rng, features, selection, [scale], [False], classes=len(names), forests=(trees, trees),
                          names=names)
    return path


def files_below(folder):
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def all_below(folder):
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*"))


# ------------------------------------------------------------------------------------------------ the defects

def test_01_overlap_less_than_reach_makes_no_seams(folder):
    shape = (80, 84, 88)
    source = support.write_volume(folder / "v.h5", waves(shape), "zyx")
    p = project(folder / "p.ilp", 10.0)
    one_block = by_run(folder, source, "--project", p, "--block", "128,128,128")
    assert all(m.any() for m in one_block.values()), "the project tells nothing apart"
    (folder / "ways").mkdir()
    for way in (by_run, by_job):  # the halo comes from the classifier
        same(way(folder / "ways", source, "--project", p, "--block", "40,40,40", "--chunk", "20,20,20"), one_block)
    info, _ = support.run("info", p)
    reach = re.search(r"halo: (\S+) ", info)[1]
    assert all(int(r) > 20 for r in reach.split(",")), info  # more than the workflow's usual overlap
    seams, said = by_files(folder, source, (40, 40, 40), (20, 20, 20), "--project", p)
    assert all(word in said for word in ("warning", "seams", reach, "20,20,20", "split --materialize --overlap",
                                         "voxstitch run")), said
    assert not np.array_equal(seams["Cell"], one_block["Cell"]), "a small overlap should show"
    shutil.rmtree(folder / "parts")
    shutil.rmtree(folder / "mask")
    (folder / "volume_brain_mask.h5").unlink()
    wide, said = by_files(folder, source, (40, 40, 40), map(int, reach.split(",")), "--project", p)
    assert "warning" not in said, said
    same(wide, one_block)


def test_02_overlaps_are_clipped_not_dropped(folder):
    for extent in (819, 820, 801, 800, 799):  # at true size along one axis
        volume = noise((extent, 6, 7), "u2", seed=extent, high=60000)
        where = folder / str(extent)
        where.mkdir()
        source = support.write_volume(where / "v.h5", volume, "zyx")
        files = split(where, source, (400, 400, 600), (20, 20, 20))
        check_sub_volumes(files, "brain", volume, (400, 400, 600), (20, 20, 20))
    for extent in (81, 82, 83, 99, 100, 101):  # all axes, blocks that begin at no chunk
        volume = noise((extent, extent - 3, extent + 2), seed=extent)
        where = folder / str(extent)
        where.mkdir()
        source = support.write_volume(where / "v.h5", volume, "zyx", chunks=(16, 16, 16))
        files = split(where, source, (40, 30, 50), (20, 15, 30), "--chunk", "17,64,9")
        check_sub_volumes(files, "brain", volume, (40, 30, 50), (20, 15, 30))
        same(by_run(where, source, *THRESHOLD, "--block", "40,30,50"), masks(volume))
        same(by_job(where, source, *THRESHOLD, "--block", "40,30,50"), masks(volume))
        _, said = support.run("classify", "--classic", *files, *THRESHOLD, "-o", where / "c", "--classes", "mask")
        assert "warning" not in said, said
        support.run("merge", "--classic", *(where / "c").glob("*.h5"), "-o", where / "m.h5")
        same(read_all(where / "m.h5"), masks(volume))


def test_03_a_thin_last_block_is_no_error(folder):
    extent = 201 if support.SMALL else 801
    volume = waves((extent, 40, 41))
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    p = project(folder / "p.ilp", 10.0)
    expected = by_run(folder, source, "--project", p)
    block = (extent // 2, 400, 600)  # leaves one slice, which with its overlap is less than the filter needs
    same(by_job(folder, source, "--project", p, "--block", ",".join(map(str, block))), expected)
    maps, said = by_files(folder, source, block, (38, 38, 38), "--project", p)
    assert "warning" not in said, said
    same(maps, expected)
    # Such a file of another splitter is named before any work.
    old = folder / "old00002.hdf5"
    with h5py.File(old, "w") as f:
        f["old00002"] = volume[-21:]
        write_indices(f, [(extent - 1, extent), (0, 40), (0, 41)], (20, 0, 0), (0, 0, 0))
    good = sorted((folder / "parts").glob("*.hdf5"))
    _, said = support.run("classify", "--classic", *good, old, "--project", p, "-o", folder / "never", expect=3)
    assert "old00002.hdf5" in said and "36" in said and "21" in said and "--materialize" in said, said
    assert not (folder / "never").exists()


def test_04_parallel_processes_do_not_overwrite_each_other(folder):
    volume = noise((40, 50, 60))
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    expected = masks(volume, "probability")
    same(by_run(folder, source, *THRESHOLD, content="probability"), expected)
    job = folder / "j.job"
    support.run("split", source, *THRESHOLD, "-o", f"classes={folder}/j.h5", "--classes", "probability", "--job", job,
                "--block", "16,16,16", "--chunk", "16,16,16")
    parallel([["classify", "--job", job, "--shard", f"{i}/4"] for i in (1, 2, 3, 4)])
    support.run("merge", "--job", job)
    same(read_all(folder / "j.h5"), expected)
    files = split(folder, source, (16, 16, 16), (3, 3, 3))
    parallel([["classify", "--classic", *files[i::4], *THRESHOLD, "-o", folder / "prob", "--classes", "probability"]
              for i in range(4)])
    support.run("merge", "--classic", f"{folder}/prob/subvol_*.h5", "-o", folder / "volume_prob_map_brain.h5")
    same(read_all(folder / "volume_prob_map_brain.h5"), expected)
    # The same file by two processes: one makes it, or both find it done; never half of each.
    (folder / "prob" / f"subvol_{files[0].stem}.h5").unlink()
    again = ["classify", "--classic", files[0], *THRESHOLD, "-o", folder / "prob", "--classes", "probability"]
    parallel([again, again], allowed=(0, 4))
    with h5py.File(folder / "prob" / f"subvol_{files[0].stem}.h5", "r") as f:
        inside = whole(*read_indices(f))
        for name in expected:
            assert np.array_equal(f[name][()], expected[name][inside])


def parallel(commands, allowed=(0,)):
    running = [subprocess.Popen([support.BINARY, *map(str, c), "--threads", "1"], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True) for c in commands]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert process.returncode in allowed, (process.returncode, said)


def test_05_element_types_are_kept(folder):
    rng = np.random.default_rng(2)
    shape = (20, 24, 28)
    volumes = {"u2": rng.integers(0, 60000, shape), "i2": rng.integers(-30000, 30000, shape),
               "f4": rng.random(shape) * 300, "f8": rng.random(shape) * 300, "i8": rng.integers(-2**62, 2**62, shape),
               "u8": rng.integers(0, 2**63, shape, dtype="u8"), "u4": rng.integers(0, 2**32, shape),
               "i1": rng.integers(-100, 127, shape), ">u2": rng.integers(0, 60000, shape)}
    for dtype, values in volumes.items():
        volume = values.astype(dtype)
        where = folder / dtype.strip(">")
        if where.exists():
            where = folder / "big_endian"
        where.mkdir()
        source = support.write_volume(where / "v.h5", volume, "zyx")
        native = volume.astype(volume.dtype.newbyteorder("="))
        expected = masks(native, "masked-raw")
        for way, maps in in_every_way(where, source, *THRESHOLD, content="masked-raw", block=(10, 12, 14)):
            same(maps, expected)
        parts = sorted((where / "parts").glob("*.hdf5"))
        check_sub_volumes(parts, "brain", native, (10, 12, 14), (4, 4, 4))
        out = where / "foreign.h5"  # files that another program wrote
        files = write_class_files(where / "foreign", masks(volume, "masked-raw"), (10, 12, 14), (4, 4, 4))
        support.run("merge", "--classic", *files, "-o", out)
        same(read_all(out), expected)


def test_06_chunks_fit_small_volumes(folder):
    for shape in ((90, 90, 30) if support.SMALL else (300, 300, 100), (3, 5, 70), (1, 90, 2)):
        volume = noise(shape)
        where = folder / "x".join(map(str, shape))
        where.mkdir()
        source = support.write_volume(where / "v.h5", volume, "zyx")
        for options in ([], ["--chunk", "512,512,512"]):
            for way, maps in in_every_way(where, source, *THRESHOLD, *options, block=(400, 400, 600), overlap=(20, 20, 20)):
                same(maps, masks(volume))
            for path in [*where.glob("*_mask.h5"), *where.glob("parts/*.hdf5"), *where.glob("mask/*.h5")]:
                with h5py.File(path, "r") as f:
                    for name in set(f) - INDEX:
                        assert all(c <= n for c, n in zip(f[name].chunks, f[name].shape)), (path, f[name].chunks)
            for name in files_below(where):
                if name != "v.h5":
                    (where / name).unlink()
    volume = noise((30, 30, 10))  # merged with chunks as asked for
    files = write_class_files(folder / "c", masks(volume), (16, 16, 16), (2, 2, 2))
    support.run("merge", "--classic", *files, "-o", folder / "m.h5", "--chunk", "16,64,4")
    with h5py.File(folder / "m.h5", "r") as f:
        assert f[THRESHOLD_NAMES[0]].chunks == (16, 30, 4)
    same(read_all(folder / "m.h5"), masks(volume))


def test_07_labels_and_masks_do_not_depend_on_the_raw_value(folder):
    volume = noise((20, 30, 40))
    volume[volume < 60] = 0  # a raw value of 0 has a class, too
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    labels = 1 + (volume >= 100).astype("u1")
    same(by_run(folder, source, *THRESHOLD, kind="labels"), {"exported_data": labels[..., None]})
    same(by_job(folder, source, *THRESHOLD, kind="labels"), {"exported_data": labels[..., None]})
    for way, maps in in_every_way(folder, source, *THRESHOLD, block=(10, 15, 20)):
        assert sum(maps.values())[volume == 0].all(), f"{way}: voxels of value 0 have no class"
        same(maps, masks(volume))
    # Where raw values are asked for, a 0 is a 0; the default of the class files is this one, as it was.
    raw = folder / "raw"
    parts = sorted((folder / "parts").glob("*.hdf5"))
    support.run("classify", "--classic", *parts, *THRESHOLD, "-o", raw)
    support.run("merge", "--classic", *raw.glob("*.h5"), "-o", folder / "raw.h5")
    same(read_all(folder / "raw.h5"), masks(volume, "masked-raw"))


def test_08_numbers_and_overlaps_have_room(folder):
    volume = noise((12, 20, 30))
    files = write_class_files(folder / "c", masks(volume), (4, 5, 6), (1, 1, 1), first=99_990)
    assert any("99999.h5" in f.name for f in files) and any("100000.h5" in f.name for f in files)
    shuffled = list(np.random.default_rng(3).permutation([str(f) for f in files]))
    out, _ = support.run("merge", "--classic", *shuffled, "-o", folder / "m.h5")
    assert f"from '{files[0]}' to '{files[-1]}'" in out, out
    same(read_all(folder / "m.h5"), masks(volume))
    long = noise((1200, 4, 5), "u2", high=60000)
    source = support.write_volume(folder / "long.h5", long, "zyx")
    parts = split(folder, source, (400, 400, 600), (300, 20, 20))
    check_sub_volumes(parts, "brain", long, (400, 400, 600), (300, 20, 20))
    with h5py.File(parts[1], "r") as f:
        assert f["left_overlap"][0] == f["right_overlap"][0] == 300
    for way, maps in in_every_way(folder, source, *THRESHOLD, block=(400, 400, 600), overlap=(300, 20, 20)):
        same(maps, masks(long))


def test_09_errors_are_errors_and_nothing_stale_is_used(folder):
    volume = noise((20, 24, 28))
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    parts = split(folder, source, (10, 12, 14), (2, 2, 2))
    classes, out = folder / "c", folder / "m.h5"

    def refused(code, *words, has):
        before = all_below(folder)
        _, said = support.run(*words, expect=code)
        assert all(str(h) in said for h in has), (has, said)
        assert len(said.splitlines()) <= 3, said
        assert all_below(folder) == before, set(all_below(folder)) ^ set(before)
        print("  ", said.strip())

    refused(3, "run", source, "--project", folder / "none.ilp", "-o", f"labels={folder}/l.h5", has=["none.ilp"])
    refused(3, "classify", "--classic", *parts, "--project", folder / "none.ilp", "-o", classes, has=["none.ilp"])
    refused(2, "classify", "--classic", *parts, "-o", classes, has=["no classifier"])
    refused(2, "merge", "--classic", "-o", out, has=["no file"])
    refused(3, "merge", "--classic", f"{classes}/*.h5", "-o", out, has=["no file matches"])
    refused(3, "merge", "--classic", folder / "none.h5", "-o", out, has=["none.h5"])
    refused(3, "classify", "--classic", folder / "v.h5", *THRESHOLD, "-o", classes, has=["v.h5", "/orig_indices"])
    refused(2, "split", source, "--materialize", folder / "parts", "--overlap", "2,2", has=["--overlap", "2,2"])
    refused(5, "split", source, "--materialize", folder / "other", "--name", "x", "--ram", "1M", has=["--ram", "at least"])

    refused(4, "split", source, "--materialize", folder / "nowhere/brain", has=["nowhere", "does not exist"])
    twin = folder / "twin" / parts[0].name
    twin.parent.mkdir()
    shutil.copy(parts[0], twin)
    refused(2, "classify", "--classic", parts[0], twin, *THRESHOLD, "-o", classes, has=["twin", "different folders"])
    refused(2, "split", source, "--materialize", folder / "parts", "--job", folder / "j.job", has=["job"])

    # A merge finds every file, or names the one that is missing, damaged or of another kind.
    support.run("classify", "--classic", *parts, *THRESHOLD, "-o", classes, "--classes", "mask")
    good = sorted(classes.glob("*.h5"))
    refused(5, "merge", "--classic", *good, "-o", out, "--ram", "1M", has=["--ram", "at least"])
    refused(4, "merge", "--classic", *good, "-o", folder / "nowhere/m.h5", has=["nowhere", "does not exist"])
    refused(2, "merge", "--classic", *good, "-o", folder / "m.tif", has=["m.tif", "HDF5"])
    refused(2, "merge", "--classic", *good, has=["-o"])
    for missing in range(len(good)):
        refused(3, "merge", "--classic", *good[:missing], *good[missing + 1:], "-o", out, has=["missing", f"{good[missing].name}' is not there"])

    def spoilt(change):
        shutil.rmtree(folder / "spoilt", ignore_errors=True)
        shutil.copytree(classes, folder / "spoilt")
        bad = folder / "spoilt" / good[3].name
        change(bad)
        return sorted((folder / "spoilt").glob("*.h5")), bad.name

    def edit(change):
        def edited(path):
            with h5py.File(path, "a") as f:
                change(f)
        return edited

    def replace(name, make):
        def change(f):
            values = make(f[name][()])
            del f[name]
            f[name] = values
        return edit(change)

    a, b = THRESHOLD_NAMES
    for change, has in (
            (lambda p: p.write_bytes(p.read_bytes()[:900]), []), (lambda p: p.write_bytes(b""), ["HDF5"]),
            (edit(lambda f: f.__delitem__(a)), ["classes"]), (edit(lambda f: f.move(a, "Other")), ["Other"]),
            (replace(a, lambda v: v.astype("u2")), ["uint16", "uint8"]), (replace(a, lambda v: v[1:]), ["do not fit"]),
            (replace(a, lambda v: v.T.copy()), ["do not fit"]), (replace("orig_indices", lambda v: v[:5]), ["5 numbers"]),
            (replace("orig_indices", lambda v: v + 1), []), (replace("left_overlap", lambda v: v + 1), ["do not fit"]),
            (edit(lambda f: f.__delitem__("right_overlap")), ["right_overlap"])):
        files, name = spoilt(change)
        refused(3, "merge", "--classic", *files, "-o", out, has=[name, *has])
    files, name = spoilt(lambda p: shutil.copy(p, p.with_name("twice.h5")))
    refused(3, "merge", "--classic", *files, "-o", out, has=[name, "twice.h5", "both"])
    shutil.rmtree(folder / "spoilt")

    # What exists is not replaced unasked, and what was made of other things is not taken for done.
    out.write_text("precious")
    refused(2, "merge", "--classic", *good, "-o", out, has=["exists", "--overwrite"])
    assert out.read_text() == "precious"
    support.run("merge", "--classic", *good, "-o", out, "--overwrite")
    same(read_all(out), masks(volume))
    said, _ = support.run("merge", "--classic", *good, "-o", out)
    assert "already done" in said
    said, _ = support.run("classify", "--classic", *parts, *THRESHOLD, "-o", classes, "--classes", "mask")
    assert "already done" in said
    refused(2, "classify", "--classic", *parts, "--classifier", "threshold:50", "-o", classes, "--classes", "mask",
            has=["exists", "--overwrite"])
    support.run("classify", "--classic", *parts, "--classifier", "threshold:50", "-o", classes, "--classes", "mask",
                "--overwrite")
    refused(2, "merge", "--classic", *good, "-o", out, has=["exists", "--overwrite"])
    other = support.write_volume(folder / "w.h5", 255 - volume, "zyx")
    refused(2, "split", other, "--materialize", folder / "parts", "--name", "brain", "--block", "10,12,14",
            "--overlap", "2,2,2", has=["exists", "--overwrite"])
    refused(2, "split", source, "--materialize", folder / "parts", "--name", "brain", "--block", "20,24,28",
            "--overwrite", has=["another split", "brain00001"])
    split(folder, other, (10, 12, 14), (2, 2, 2), "--overwrite")
    check_sub_volumes(parts, "brain", 255 - volume, (10, 12, 14), (2, 2, 2))
    refused(2, "classify", "--classic", *parts, "--classifier", "threshold:50", "-o", classes, "--classes", "mask",
            has=["exists"])  # the class files are of the old sub-volumes

    # The job's own steps: merge waits for all of classify.
    job = folder / "j.job"
    support.run("split", source, *THRESHOLD, "-o", f"labels={folder}/j.h5", "--job", job, "--block", "10,12,14",
                "--chunk", "10,12,14", "--shards", "4")
    support.run("classify", "--job", job, "--shard", "1/4")
    _, said = support.run("merge", "--job", job, expect=4)
    assert "not complete" in said and not (folder / "j.h5").exists(), said


def killed_when(words, ready, number=signal.SIGKILL):
    """Ends the program by a signal as soon as `ready()`; it must not have come to its own end."""
    with subprocess.Popen([support.BINARY, *map(str, words), "--threads", "1"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not ready() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(number)
    ended = -number if number == signal.SIGKILL else 128 + number
    assert process.returncode == ended, (process.returncode, words)


def stamps(files):
    return {f: f.stat().st_mtime_ns for f in files}


def test_10_killed_work_goes_on(folder):
    volume = noise((96, 96, 96), "u2", high=60000)
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    parts, classes, out = folder / "parts", folder / "c", folder / "m.h5"
    whole_run = ["run", source, *THRESHOLD, "-o", f"classes={folder}/r.h5", "--block", "16,16,16", "--chunk", "8,8,8"]
    killed_when(whole_run, lambda: sum(j.read_bytes().count(b"\n") for j in folder.glob("r.h5.job/**/journal")) > 2)
    said, _ = support.run(*whole_run)
    assert re.search(r"resumed     [1-9]\d* of 216 blocks", said), said
    same(read_all(folder / "r.h5"), masks(volume))

    words = ["split", source, "--materialize", f"{parts}/brain", "--block", "16,16,16", "--overlap", "2,2,2"]
    parts.mkdir()
    killed_when(words, lambda: len(list(parts.glob("*.hdf5"))) > 2)
    kept = stamps(parts.glob("*.hdf5"))
    assert 2 < len(kept) < 216
    done = len(kept)
    killed_when(words, lambda: len(list(parts.glob("*.hdf5"))) > done + 2, signal.SIGTERM)
    kept = stamps(parts.glob("*.hdf5"))
    said, _ = support.run(*words)
    assert f"resumed     {len(kept)} of 216 files" in said, (len(kept), said)
    assert stamps(kept) == kept, "files that were complete were made again"
    files = sorted(parts.glob("*.hdf5"))
    check_sub_volumes(files, "brain", volume, (16, 16, 16), (2, 2, 2))

    words = ["classify", "--classic", f"{parts}/brain*.hdf5", *THRESHOLD, "-o", classes, "--classes", "mask"]
    killed_when(words, lambda: len(list(classes.glob("*.h5"))) > 2)
    kept = stamps(classes.glob("*.h5"))
    said, _ = support.run(*words)
    assert f"{216 - len(kept)} of 216 are to be classified" in said, said
    assert stamps(kept) == kept

    before = stamps([*files, *classes.glob("*.h5")])
    words = ["merge", "--classic", f"{classes}/*.h5", "-o", out]
    killed_when(words, lambda: (folder / "m.h5.parts").exists())
    assert not out.exists() and stamps(before) == before
    support.run(*words)
    same(read_all(out), masks(volume))
    assert stamps(before) == before
    left = [f for f in files_below(folder) if "parts/" not in f and "c/" not in f]
    assert left == ["m.h5", "m.h5.provenance.json", "r.h5", "r.h5.provenance.json", "v.h5"], left
    left = [f for f in all_below(folder) if ".part" in f]
    assert not left, left


def bytes_on_disk(folder):
    total = 0
    for path, _, names in os.walk(folder):  # files and folders may go meanwhile
        for name in names:
            try:
                total += os.stat(os.path.join(path, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


def most_bytes(folder, words):
    """The most that was seen in a folder while the program ran, and what stays."""
    seen = []
    with subprocess.Popen([support.BINARY, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True) as process:
        while process.poll() is None:
            seen.append(bytes_on_disk(folder))
            time.sleep(0.002)
        assert process.returncode == 0, process.stderr.read()
    assert sum(n > 0 for n in seen) > 2, "the program was not seen at work"
    return max(seen), bytes_on_disk(folder)


def test_11_outputs_are_on_disk_at_most_twice(folder):
    volume = noise((96, 128, 128), "u2", high=60000)  # not compressible
    source = support.write_volume(folder / "v.h5", volume, "zyx", chunks=(32, 32, 32))
    small = 1 << 20  # manifests, journals, locks

    def folder_of(name):
        (folder / name).mkdir()
        return folder / name

    out = folder_of("labels")
    most, _ = most_bytes(out, ["run", source, *THRESHOLD, "-o", f"labels={out}/l.h5"])
    assert most < volume.nbytes / 2, "the input was copied"
    out = folder_of("raw")
    most, final = most_bytes(out, ["run", source, *THRESHOLD, "-o", f"classes={out}/c.h5", "--classes", "masked-raw"])
    assert most <= 2 * final + small, (most, final)
    parts = folder_of("parts")
    most, final = most_bytes(parts, ["split", source, "--materialize", f"{parts}/brain", "--block", "32,64,64",
                                     "--overlap", "4,4,4", "--threads", "2"])
    assert most <= 2 * final + small, (most, final)
    classes = folder_of("classes")
    most, final = most_bytes(classes, ["classify", "--classic", f"{parts}/*.hdf5", *THRESHOLD, "-o", classes])
    assert most <= 1.5 * final + small, (most, final)  # file by file
    voxels = sum(np.prod([s.stop - s.start for s in whole(*b)]) for b in blocks(volume.shape, (32, 64, 64), (4, 4, 4)))
    packed = sum(f.stat().st_size for f in classes.glob("*.h5"))
    assert packed < 0.6 * 2 * voxels * volume.itemsize, "two class maps, of which one is nearly empty, are not packed"
    out = folder_of("merged")
    most, final = most_bytes(out, ["merge", "--classic", f"{classes}/*.h5", "-o", out / "m.h5"])
    assert most <= 2 * final + small, (most, final)
    same(read_all(out / "m.h5"), masks(volume, "masked-raw"))


def test_12_slices_in_natural_order_and_all_checked(folder):
    volume = noise((12, 20, 30), "u2", high=60000)
    stack = folder / "stack"
    stack.mkdir()
    for z, plane in enumerate(volume):
        support.tiff(stack / f"img_{z + 1}.tif", plane)  # img_10 is text before img_2
    pattern = f"{stack}/img_*.tif"
    for way, maps in in_every_way(folder, pattern, *THRESHOLD, content="masked-raw", block=(5, 8, 9), overlap=(1, 2, 3)):
        same(maps, masks(volume, "masked-raw"))
    check_sub_volumes(sorted((folder / "parts").glob("*.hdf5")), "brain", volume, (5, 8, 9), (1, 2, 3))
    for what, plane in (("20 x 29", np.zeros((20, 29), "u2")), ("uint8", np.zeros((20, 30), "u1"))):
        support.tiff(stack / "img_11.tif", plane)
        before = all_below(folder)
        for words in (["run", pattern, *THRESHOLD, "-o", f"labels={folder}/l.h5"],
                      ["split", pattern, *THRESHOLD, "-o", f"labels={folder}/l.h5", "--job", folder / "late.job"],
                      ["split", pattern, "--materialize", f"{folder}/late"]):
            _, said = support.run(*words, expect=3)
            assert "img_11.tif" in said and what in said, said
        assert all_below(folder) == before, set(all_below(folder)) ^ set(before)


def test_13_classes_of_any_name_have_maps(folder):
    names = ["astrocyte", "b/c", "blöd ß", "orig_indices", "left_overlap", "VESSEL", "..", "b_c"]
    volume = waves((30, 34, 38))
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    p = project(folder / "p.ilp", 1.0, names=[n.encode() for n in names])
    out = folder / "p.h5"
    support.run("run", source, "--project", p, "-o", f"probabilities={out}")
    probabilities = support.read(out)
    assert probabilities.shape[-1] == len(names)
    usable = ["astrocyte", "b_c", "blöd ß", "orig_indices", "left_overlap", "VESSEL", "class__", "b_c_2"]
    expected = {n: probabilities[..., i] for i, n in enumerate(usable)}
    same(by_run(folder, source, "--project", p, content="probability"), expected)
    same(by_job(folder, source, "--project", p, content="probability"), expected)
    maps, said = by_files(folder, source, (16, 16, 16), (8, 8, 8), "--project", p, content="probability")
    assert "warning" not in said, said
    for index in ("orig_indices", "left_overlap"):  # in class files these names are taken
        expected[f"{index}_2"] = expected.pop(index)
    same(maps, expected)


def test_14_voxel_size_axes_and_provenance_are_kept(folder):
    volume = noise((20, 24, 28))
    source = support.write_volume(folder / "v.h5", volume, "zyx")
    with h5py.File(folder / "v.h5", "a") as f:
        f["data"].attrs["element_size_um"] = [5.0, 2.0, 1.5]
    ways = dict(in_every_way(folder, source, *THRESHOLD, block=(10, 12, 14)))
    assert list(ways) == ["run", "job", "files"]
    for name in ("run_classes_mask.h5", "job_classes_mask.h5", "volume_brain_mask.h5", "parts/brain00000.hdf5",
                 "mask/subvol_brain00000.h5"):
        with h5py.File(folder / name, "r") as f:
            for dataset in set(f) - INDEX:
                attributes = f[dataset].attrs
                assert attributes["element_size_um"].tolist() == [5.0, 2.0, 1.5], name
                assert [re.sub(r"\W", "", k) for k in re.findall(r'"key": ("\w")', attributes["axistags"])] == list("zyx")
                if name != "parts/brain00000.hdf5":
                    assert list(attributes["class_names"]) == THRESHOLD_NAMES, name
        record = folder / ("parts/brain" if "parts" in name else name)
        text = pathlib.Path(f"{record}.provenance.json").read_text()
        assert '"program": "voxstitch' in text and '"fingerprint"' in text, text
    # Files of one volume agree about it; those that do not know take it from the others.
    files = sorted((folder / "mask").glob("*.h5"))
    with h5py.File(files[2], "a") as f:
        for name in THRESHOLD_NAMES:
            for attribute in list(f[name].attrs):
                del f[name].attrs[attribute]
    support.run("merge", "--classic", *files, "-o", folder / "again.h5")
    with h5py.File(folder / "again.h5", "r") as f:
        assert f[THRESHOLD_NAMES[0]].attrs["element_size_um"].tolist() == [5.0, 2.0, 1.5]
    with h5py.File(files[3], "a") as f:
        f[THRESHOLD_NAMES[1]].attrs["element_size_um"] = [5.0, 2.0, 2.0]
    _, said = support.run("merge", "--classic", *files, "-o", folder / "other.h5", expect=3)
    assert files[3].name in said and "voxel size" in said, said


# --------------------------------------------------------------------- what the files' description leaves open

def test_begins_before_ends_are_understood(folder):
    volume = noise((12, 20, 30))
    files = write_class_files(folder / "c", masks(volume), (4, 5, 6), (1, 1, 1))
    for path in files:
        with h5py.File(path, "a") as f:
            core = f["orig_indices"][()].reshape(3, 2)
            f["orig_indices"][...] = core.T.ravel()
    support.run("merge", "--classic", *files, "-o", folder / "m.h5")
    same(read_all(folder / "m.h5"), masks(volume))


def test_merge_keeps_its_memory_budget(folder):
    volume = noise((96, 512, 640), "u2", high=60000)
    files = write_class_files(folder / "c", {"Cell": volume}, (64, 256, 320), (4, 4, 4))
    ram = "800M" if support.INSTRUMENTED else "56M"
    command = [support.BINARY, "merge", "--classic", *files, "-o", folder / "m.h5", "--ram", ram, "--threads", "2"]
    # Through a shell: a process begins with the peak of the one that it was made from.
    out = subprocess.run(["sh", "-c", '"$@"; exit $?', "sh", *map(str, command)], capture_output=True, text=True, check=True)
    peak = float(re.search(r"peak memory ([\d.]+) MiB", out.stdout)[1])
    print(f"   {volume.nbytes >> 20} MiB merged in {peak} MiB")
    assert peak <= 56 or support.INSTRUMENTED, out.stdout
    same(read_all(folder / "m.h5"), {"Cell": volume})


def test_a_full_disk_is_said_and_work_goes_on(folder):
    small = folder / "small"
    small.mkdir()
    tmpfs = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(small)]
    if subprocess.run(tmpfs, capture_output=True).returncode != 0:
        print("   no tmpfs could be mounted here: the full disk was not tried")
        return
    try:
        volume = noise((40, 80, 90), "u4", high=2**32)
        source = support.write_volume(folder / "v.h5", volume, "zyx")
        words = ["split", source, "--materialize", f"{small}/brain", "--block", "20,40,45", "--overlap", "2,2,2"]
        _, said = support.run(*words, expect=4)
        assert "space" in said, said
        left = all_below(small)
        assert all(re.fullmatch(r"brain\d{5}.hdf5|brain.provenance.json", f) for f in left), left
        subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=True)
        support.run(*words)
        check_sub_volumes(sorted(small.glob("*.hdf5")), "brain", volume, (20, 40, 45), (2, 2, 2))
        files = write_class_files(folder / "c", {"Cell": volume}, (20, 40, 45), (2, 2, 2))
        before = all_below(small)
        subprocess.run(["mount", "-o", "remount,size=2600k", str(small)], check=True)
        _, said = support.run("merge", "--classic", *files, "-o", small / "m.h5", expect=4)
        assert "space" in said and all_below(small) == before, (said, all_below(small))
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        support.run("merge", "--classic", *files, "-o", small / "m.h5")
        same(read_all(small / "m.h5"), {"Cell": volume})
    finally:
        subprocess.run(["umount", str(small)], check=True)


def main():
    wanted = sys.argv[2:]
    for name, test in list(globals().items()):
        if not name.startswith("test_") or wanted and not any(w in name for w in wanted):
            continue
        folder = HERE / name
        folder.mkdir()
        begin = time.monotonic()
        test(folder)
        print(f"ok: {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        shutil.rmtree(folder)


main()
