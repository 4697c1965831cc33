# SPDX-License-Identifier: BSL-1.0
"""Results of blocks that overlap and disagree are blended as defined: a naive whole-volume implementation of each
policy, for random grids, overlaps and shards. What a classifier that is local makes of it equals its cores."""
import itertools
import pathlib

import numpy as np

import support

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(9)

# A classifier that is not local: what it says depends on the mean of the block.
(FOLDER / "network.py").write_text('''
import sys
import numpy as np
x = np.load(sys.argv[1]).astype("f8")
scores = np.stack([x, np.full(x.shape, x.mean()), 2 * x.mean() - x + 40 * np.sin(x)], -1)
scores = np.exp(np.clip(scores, -300, 300) / 60)
np.save(sys.argv[2], (scores / scores.sum(-1, keepdims=True)).astype("f4"))
''')
(FOLDER / "local.py").write_text('''
import sys
import numpy as np
x = np.load(sys.argv[1]).astype("f8")
np.save(sys.argv[2], np.stack([x / 255, 1 - x / 255], -1).astype("f4"))
''')


def exec_of(script):
    return ["--classifier", f"exec:/usr/bin/python3 {FOLDER}/{script} {{input}} {{output}}"]


def cores(extent, step):
    """Begin and end of the cores along an axis: a remainder of less than half a step joins its neighbour."""
    count = max(1, extent // step + (extent >= step and 2 * (extent % step) >= step))
    return [(i * step, extent if i + 1 == count else (i + 1) * step) for i in range(count)]


def results(shape, block, overlap):
    """Begin and end (z, y, x) of every result box, in the order of the blocks."""
    axes = [[(max(0, a - o), min(n, b + o)) for a, b in cores(n, s)] for n, s, o in zip(shape, block, overlap)]
    return list(itertools.product(*axes))


def factor(extent, begin, end, o, shape_of):
    """Along one axis, for every voxel of a result box."""
    v = np.arange(begin, end, dtype="f8")
    distance = np.full(len(v), np.inf)
    if begin > 0:
        distance = np.minimum(distance, v - begin)
    if end < extent:
        distance = np.minimum(distance, end - 1 - v)
    ratio = np.minimum(1.0, (distance + 0.5) / o) if o > 0 else np.ones(len(v))
    if shape_of == "linear":
        return ratio
    u = 1 - ratio
    return np.exp(1 - 1 / (1 - u * u))


def naive(policy, volume, block, overlap, classify, classes):
    total = np.zeros((*volume.shape, classes))
    weight = np.zeros(volume.shape)
    low, high = np.full(total.shape, np.inf), np.full(total.shape, -np.inf)
    for box in results(volume.shape, block, overlap):
        at = tuple(slice(*b) for b in box)
        p = classify(volume[at]).astype("f8")
        low[at], high[at] = np.minimum(low[at], p), np.maximum(high[at], p)
        if policy == "max":
            total[at] = np.maximum(total[at], p)
            continue
        w = np.ones(p.shape[:3])
        if policy in ("linear", "bump"):
            z, y, x = (factor(n, *b, o, policy) for n, b, o in zip(volume.shape, box, overlap))
            w = z[:, None, None] * y[:, None] * x
        if policy == "vote":
            p = np.eye(classes)[p.argmax(-1)]
        total[at] += w[..., None] * p
        weight[at] += w
    if policy == "max":
        weight = total.sum(-1)
    return (total / weight[..., None]).astype("f4"), (high - low).max(-1).astype("f4")


def network(x):
    x = x.astype("f4").astype("f8")
    scores = np.stack([x, np.full(x.shape, x.mean()), 2 * x.mean() - x + 40 * np.sin(x)], -1)
    scores = np.exp(np.clip(scores, -300, 300) / 60)
    return (scores / scores.sum(-1, keepdims=True)).astype("f4")


def close(found, expected):
    return np.abs(found.astype("f8") - expected).max()


shape = (20, 34, 41)
volume = (rng.integers(0, 50, shape) + 2 * np.add.outer(np.add.outer(np.arange(20), np.arange(34)), np.arange(41))).astype("u1")
source = support.write_volume(FOLDER / "v.h5", volume, "zyx")
grids = [((16, 16, 16), (0, 3, 5), 3), ((8, 24, 16), (9, 4, 2), 1), ((32, 16, 24), (2, 20, 1), 2)]
for policy, (block, overlap, shards) in zip(("mean", "linear", "bump", "max", "vote"), grids + grids):
    words = ["--class-names", "a,b,c", *exec_of("network.py"), source, "--stitch", policy, "--overlap",
             ",".join(map(str, overlap)), "--block", ",".join(map(str, block)), "--chunk", "8,8,8"]
    outputs = ["-o", f"probabilities={policy}.h5", "-o", f"disagreement={policy}_d.h5", "-o", f"labels={policy}_l.h5"]
    support.run("run", *words, *outputs)
    found, difference = support.read(f"{policy}.h5"), support.read(f"{policy}_d.h5")
    expected, disagreement = naive(policy, volume, block, overlap, network, 3)
    assert close(found, expected) < 1e-6, (policy, close(found, expected))
    assert close(difference[..., 0], disagreement) < 1e-6, (policy, close(difference[..., 0], disagreement))
    assert difference.max() > 0.01
    assert np.array_equal(support.read(f"{policy}_l.h5")[..., 0], found.argmax(-1) + 1)
    elsewhere = FOLDER / policy
    elsewhere.mkdir()
    outputs = ["-o", f"probabilities={elsewhere}/p.h5", "-o", f"disagreement={elsewhere}/d.h5"]
    support.run("split", *words, *outputs, "--job", "j", "--shards", shards + 2)
    for i in reversed(range(shards)):
        support.run("classify", "--job", "j", "--shard", f"{i + 1}/{shards}", "--threads", 1, "--ram", "300M")
    support.run("merge", "--job", "j", "--threads", 1)
    assert support.sha(elsewhere / "p.h5") == support.sha(f"{policy}.h5")
    assert support.sha(elsewhere / "d.h5") == support.sha(f"{policy}_d.h5")
    print(f"{policy}: blocks of {block}, overlap {overlap}: as the naive blending, by {shards} processes too")

words = ["--class-names", "a,b", *exec_of("local.py"), source, "--chunk", "8,8,8"]
support.run("run", *words, "-o", "probabilities=cores.h5")
support.run("run", *words, "-o", "probabilities=linear_local.h5", "--stitch", "linear", "--overlap", "4,5,6", "--block",
            "16,16,16")
assert close(support.read("linear_local.h5"), support.read("cores.h5")) < 2e-7
print("linear: a local classifier's blended results equal its cores")

# A region, a mask and raw values.
mask = np.zeros(shape, "u1")
mask[4:9, 5:22, 3:30] = 1
support.write_volume(FOLDER / "m.h5", mask, "zyx")
support.run("run", "--class-names", "a,b,c", *exec_of("network.py"), source, "--stitch", "linear", "--overlap", "2,3,4",
            "--block", "8,16,16", "--chunk", "8,8,8", "--mask", "m.h5/data", "--roi", "2:19,0:30,2:41", "-o", "labels=rl.h5",
            "-o", "classes=rc.h5", "--classes", "masked-raw", "-o", "raw=rr.h5")
region = (slice(2, 19), slice(0, 30), slice(2, 41))
expected, _ = naive("linear", volume[region], (8, 16, 16), (2, 3, 4), network, 3)
labels = (expected.argmax(-1) + 1) * mask[region]
assert (support.read("rl.h5")[..., 0] != labels).mean() < 1e-3  # ties may fall otherwise in the naive sums
raw = volume[region]
assert np.array_equal(support.read("rr.h5"), raw)
found = support.read("rl.h5")[..., 0]
for i, name in enumerate("abc"):
    assert np.array_equal(support.read("rc.h5", name), np.where(found == i + 1, raw, 0))
print("with a region, a mask and raw values too")

_, err = support.run("run", *words, "-o", "probabilities=x.h5", "-o", "disagreement=y.h5", expect=2)
assert "--stitch" in err, err
_, err = support.run("run", *words, "-o", "probabilities=x.h5", "--stitch", "middle", expect=2)
assert "keep-core, mean, linear, bump, max, vote" in err, err
_, err = support.run("run", *words, "-o", "probabilities=x.h5", "--overlap", "1,1,1", expect=2)
assert "overlap" in err, err
