# SPDX-License-Identifier: BSL-1.0
"""What whole-program tests share: running the binary, finding data, making projects."""
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys

import h5py
import numpy as np

BINARY = sys.argv[1] if len(sys.argv) > 1 else "voxstitch"
ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIP = 77


def data(folder):
    """The data folder, or the end of this test with a loud reason."""
    base = pathlib.Path(os.environ.get("VOXSTITCH_TEST_DATA", ROOT.parent / "shared" / "data"))
    path = base / folder
    if not path.is_dir():
        print(f"SKIPPED: no folder {path}; set VOXSTITCH_TEST_DATA to compare with ilastik's results")
        sys.exit(SKIP)
    return path


def oracle():
    """The executable specification in numpy, or the end of this test with a loud reason."""
    folder = data("..") / "reference"
    if not (folder / "pixel_classification.py").is_file():
        print(f"SKIPPED: no reference script in {folder}")
        sys.exit(SKIP)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    import pixel_classification
    return pixel_classification


def run(*words, env=None, expect=0, timeout=900):
    """Runs the program; returns (stdout, stderr). Its exit code must be as expected."""
    command = [BINARY, *(word if isinstance(word, bytes) else str(word) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})})
    assert done.returncode == expect, (
        f"{' '.join(map(str, command))}\nended with {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
    return done.stdout, done.stderr


INSTRUMENTED = bool(os.environ.get("VOXSTITCH_TEST_INSTRUMENTED"))  # set where the program itself takes much memory
SMALL = bool(os.environ.get("VOXSTITCH_TEST_SMALL"))  # set where the program is slow: see CMakeLists.txt


def part(*bounds):
    """What of a volume is classified: the options of `run`, and the index. All of it, but where the program
    is slow only `bounds` (z, y, x)."""
    if not SMALL:
        return [], ...
    roi = ",".join(f"{first}:{end}" for first, end in bounds)
    print(f"SMALL: only {roi} of the volume, because this build is slow")
    return ["--roi", roi], tuple(slice(*b) for b in bounds)


def read(path, name="exported_data"):
    with h5py.File(path, "r") as f:
        return f[name][()]


def axes_of(path, name="exported_data"):
    with h5py.File(path, "r") as f:
        return "".join(axis["key"] for axis in json.loads(f[name].attrs["axistags"])["axes"])


def sha(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def axistags(axes):
    flags = {"c": 1, "t": 8}
    return json.dumps({"axes": [{"key": k, "typeFlags": flags.get(k, 2), "resolution": 0, "description": ""}
                                for k in axes]}, indent=2)


def write_volume(path, array, axes, **options):
    with h5py.File(path, "w") as f:
        f.create_dataset("data", data=array, **options).attrs["axistags"] = axistags(axes)
    return f"{path}/data"


def tiff(path, array):
    """A plain little-endian single-page TIFF."""
    height, width = array.shape
    tags = [(256, 4, width), (257, 4, height), (258, 3, array.dtype.itemsize * 8), (259, 3, 1), (262, 3, 1),
            (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, array.nbytes)]
    ifd = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8 + array.nbytes) + array.tobytes() + ifd + bytes(4))


IDS = ["GaussianSmoothing", "LaplacianOfGaussian", "GaussianGradientMagnitude", "DifferenceOfGaussians",
       "StructureTensorEigenvalues", "HessianOfGaussianEigenvalues"]


def random_tree(rng, features, classes, depth):
    """A tree in vigra's encoding whose thresholds are values of real feature vectors [voxel, feature]."""
    topology, parameters = [features.shape[1], classes], []

    def grow(rows, level):
        at = len(topology)
        if level == depth or len(rows) < 2 or rng.random() < 0.1:
            weights = rng.random(classes) if rng.random() < 0.3 else np.eye(classes)[rng.integers(classes)]
            topology.extend([0x40000000, len(parameters)])
            parameters.extend([1.0, *(weights / weights.sum())])
            return at
        column = int(rng.integers(features.shape[1]))
        threshold = float(features[rng.choice(rows), column])
        topology.extend([0, len(parameters), 0, 0, column])
        parameters.extend([1.0, threshold])
        left = features[rows, column].astype(float) < threshold
        topology[at + 2] = grow(rows[left], level + 1)
        topology[at + 3] = grow(rows[~left], level + 1)
        return at

    grow(np.arange(len(features)), 0)
    return np.array(topology, "i4"), np.array(parameters, "f8")


def write_project(path, rng, features, selection, scales, in_2d, classes=3, forests=(3, 2), depth=7,
                  axes="zyx", names=None):
    """A trained project with random trees; `features` [voxel, feature] are of the image to classify."""
    with h5py.File(path, "w") as f:
        f["ilastikVersion"] = "1.4.1"
        f["workflowName"] = "Pixel Classification"
        group = f.create_group("FeatureSelections")
        group["StorageVersion"] = "0.1"
        group["Scales"] = np.array(scales, "f8")
        group["FeatureIds"] = np.array(IDS, "S")
        group["SelectionMatrix"] = np.array(selection, bool)
        group["ComputeIn2d"] = np.array(in_2d, bool)
        group = f.create_group("PixelClassification")
        group["StorageVersion"] = "0.1"
        group["LabelNames"] = np.array(names or [f"Label {i + 1}" for i in range(classes)], "S")
        group["LabelColors"] = np.array([[255, 0, 0]] * classes, "i8")
        trained = group.create_group("ClassifierForests")
        trained["known_labels"] = np.arange(1, classes + 1, dtype="u4")
        for i, trees in enumerate(forests):
            write_forest(trained.create_group(f"Forest{i:04}"), rng, features, classes, trees, depth)
        lane = f.create_group("Input Data/infos/lane0000/Raw Data")
        f["Input Data/StorageVersion"] = "0.2"
        f["Input Data/Role Names"] = np.array(["Raw Data", "Prediction Mask"], "S")
        lane["axistags"] = axistags(axes)


def write_forest(group, rng, features, classes, trees, depth):
    group.attrs["vigra_random_forest_version"] = np.array([0.1])
    for name, value in dict(tree_count_=trees, predict_weighted_=0).items():
        group[f"_options/{name}"] = np.array([float(value)])
    for name, value in dict(class_count_=classes, column_count_=features.shape[1]).items():
        group[f"_ext_param/{name}"] = np.array([float(value)])
    group["_ext_param/labels"] = np.arange(1, classes + 1, dtype="u4")
    for t in range(trees):
        tree = group.create_group(f"Tree_{t:0{len(str(trees - 1))}}")
        tree["topology"], tree["parameters"] = random_tree(rng, features, classes, depth)
