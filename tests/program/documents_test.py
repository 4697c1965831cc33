# SPDX-License-Identifier: BSL-1.0
"""The commands in the documents run as they stand, and print what the documents say.

Every ```sh block of README.md and docs/*.md is run, in the order of its document, in a folder of its own with what the
document supposes to be there. Those that quote docs/snippets run there; the repository's own scripts (`bash tests/run.sh`)
only have to exist. A ```text block after the marker `<!-- output -->` must be in the output of the block before it: its lines in
their order, "..." for lines left out, times and sizes in bytes for any. Blocks that need what no test has (a cluster, the
reader's own data) are ```console.
"""
import os
import pathlib
import re
import shutil
import subprocess
import time

import h5py
import numpy as np

import support

HERE = pathlib.Path.cwd()
SNIPPETS = support.ROOT / "docs" / "snippets"
DOCUMENTS = [support.ROOT / "README.md", *sorted((support.ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^(?:<!-- (snippet: [\w-]+|output) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"bash ((?:apps|tests|benchmarks)/[\w/.-]+\.sh)\b")

# ---- What the documents suppose to be there. ----

BIN = HERE / "bin"
BIN.mkdir()
os.symlink(support.BINARY, BIN / "voxstitch")
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:/usr/bin:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}

# The shape of a network: weights first where the command says so; classes as many as asked for.
NETWORK = """import sys
import numpy as np
block = np.load(sys.argv[-2])
scores = np.stack([block < 150, (block >= 150) & (block < 400), block >= 400][:CLASSES - 1] + [block >= 0], -1).astype("f4")
np.save(sys.argv[-1], scores / scores.sum(-1, keepdims=True))
"""
# The options of ilastik that the document gives, and nothing else of it.
ILASTIK = """#!/usr/bin/python3
import sys, h5py, numpy as np
options = dict(word[2:].split("=", 1) for word in sys.argv[1:-1] if "=" in word)
file, _, dataset = sys.argv[-1].rpartition("/")
with h5py.File(file) as block, h5py.File(options["output_filename_format"], "w") as out:
    bright = block[dataset][()] > 200
    assert options["output_axis_order"] == "zyxc" and options["output_format"] == "hdf5"
    out["exported_data"] = np.stack([~bright, bright], -1).astype("f4")
"""


def small(command):
    """The command, with less to do where the program is slow."""
    if not support.SMALL:
        return command
    return re.sub(r"--strokes \d+", "--strokes 8", re.sub(r"--shape [\d,]+", "--shape 40,64,72", command))


def brain(folder):
    """A stack of slices with a project for it, and with labels. The project names its images as seen from its folder."""
    common = HERE / "common"
    if not common.exists():
        support.run("phantom", "-o", common, "--shape", "40,80,96", "--strokes", "12")
        (common / "raw").rename(common / "slices")
        support.run("train", common / "slices", "--labels", common / "strokes", "--trees", "20", "--names",
                    "Background,Tissue,Cell,Vessel,Axon", "-o", common / "brain-cells.ilp", "--progress", "none")
    for name in ("slices", "strokes"):
        (folder / name).symlink_to(common / name)
    for file in (common / "brain-cells.ilp", *SNIPPETS.glob("*.py")):
        shutil.copy(file, folder)


def unlearnt(folder):
    """A stack of slices, and three classes painted into a file beside it."""
    brain(folder)
    (folder / "brain-cells.ilp").unlink()
    support.run("run", folder / "strokes", "-o", f"raw={folder}/five.npy", "--progress", "none")
    five = np.load(folder / "five.npy")
    np.save(folder / "three.npy", np.where(five <= 3, five, 0).astype("u1"))
    support.run("run", folder / "three.npy", "-o", f"raw={folder}/strokes.tif", "--progress", "none")


def sub_volumes(folder):
    """High enough for two sub-volumes of the default size."""
    rng = np.random.default_rng(4)
    volume = rng.integers(0, 255, (24, 620, 40)).astype("u1")
    volume[:, 100:400] //= 3
    (folder / "slices").mkdir()
    for z, plane in enumerate(volume):
        support.tiff(folder / "slices" / f"slice_{z}.tif", plane)
    selection = np.zeros((6, 1), bool)
    selection[0] = True
    support.write_project(folder / "brain-cells.ilp", rng, (rng.random((3000, 1)) * 255).astype("f4"), selection, [3.5],
                          [False], names=["Tissue", "Cell", "Vessel"])


def programs(folder):
    brain(folder)
    support.run("run", folder / "slices", "-o", f"raw={folder}/volume.h5/data", "--progress", "none")
    (folder / "net.py").write_text(NETWORK.replace("CLASSES", "2"))
    (folder / "predict.py").write_text(NETWORK.replace("CLASSES", "3"))
    (BIN / "run_ilastik.sh").write_text(ILASTIK)
    (BIN / "run_ilastik.sh").chmod(0o755)


def results(folder):
    brain(folder)
    support.run("run", "--project", folder / "brain-cells.ilp", folder / "slices", "-o", f"labels={folder}/labels.h5", "-o",
                f"probabilities={folder}/probabilities.h5", "--progress", "none")


def results_of_ilastik(folder):
    results(folder)
    (folder / "probabilities.h5").rename(folder / "theirs.h5")


def shared_folder(folder):
    programs(folder)
    (folder / "shared").mkdir()


SUPPOSED = {"README.md": unlearnt, "classic-workflow.md": sub_volumes, "external-programs.md": programs, "jobs.md": shared_folder,
            "cluster.md": shared_folder, "report.md": results, "from-ilastik.md": results_of_ilastik}

# ---- What has to be true afterwards, besides what the commands say themselves. ----


def same_maps_step_by_step(folder):
    assert sorted(p.name for p in (folder / "parts").glob("*.hdf5")) == ["brain00000.hdf5", "brain00001.hdf5"]
    with h5py.File(folder / "parts" / "brain00001.hdf5") as f:
        assert f["orig_indices"][()].tolist() == [0, 24, 400, 620, 0, 40]
        assert f["left_overlap"][()].tolist() == [0, 40, 0] and f["right_overlap"][()].tolist() == [0, 0, 0]
    with h5py.File(folder / "volume_brain.h5") as merged, h5py.File(folder / "all_brain.h5") as whole:
        assert set(merged) == set(whole) == {"Tissue", "Cell", "Vessel"}
        for name in merged:
            assert merged[name][()].any(), name
            assert np.array_equal(merged[name][()], whole[name][()]), name
            assert list(merged[name].attrs["class_names"]) == ["Tissue", "Cell", "Vessel"]


def same_file_by_many(folder):
    support.run("run", "--project", folder / "brain-cells.ilp", folder / "slices", "-o", f"labels={folder}/one.h5", "--overwrite")
    assert support.sha(folder / "one.h5") == support.sha(folder / "shared" / "l.h5")


AFTERWARDS = {"classic-workflow.md": same_maps_step_by_step, "jobs.md": same_file_by_many, "cluster.md": same_file_by_many}

# ---- Running, and looking at what was printed. ----

VARYING = [(r"\b[\d.]+ (?:[kMG]i)?B\b", "# B"), (r"\b[\d.]+ [kMG]?voxel/s", "# voxel/s"), (r"(?:\b[\d.]+ (?:ms|s|min|h|d)\b ?)+", "# s "),
           (r"\bon \d+ threads? \(\w+\)", "on # threads"), (r"\b\d+\.\d x$", "# x"), (r"\b\d+\.\d times as fast", "# times as fast"),
           (r"\b\d+M\b", "#M")]


def comparable(line):
    for pattern, instead in VARYING:
        line = re.sub(pattern, instead, line)
    return line.split()


def missing_line(expected, printed):
    """The first expected line that is not printed in its turn, if there is one."""
    lines = iter(printed.splitlines())
    anywhere = True
    for want in expected.splitlines():
        if want.strip() == "...":
            anywhere = True
            continue
        found = next((line for line in lines if comparable(line) == comparable(want)), None) if anywhere else next(lines, "")
        if found is None or comparable(found) != comparable(want):
            return want
        anywhere = False
    return None


def run_block(where, folder, command):
    done = subprocess.run(["sh", "-ec", small(command)], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{where}: exit code {done.returncode}\n{command}{done.stdout}{done.stderr}"
    assert "warning" not in done.stderr, f"{where}: a warning\n{command}{done.stderr}"
    return done.stdout


def run_document(document):
    """Runs all blocks; returns how many there were."""
    text = document.read_text()
    folder = HERE / "documents" / str(document.relative_to(support.ROOT)).replace("/", "_")
    printed, count = None, 0
    for match in BLOCK.finditer(text):
        marker, language, code = match.groups()
        where = f"{document.name}:{text[:match.start()].count(chr(10)) + 1}"
        if marker == "output":
            assert printed is not None, f"{where}: there is no command before this output"
            lost = None if support.SMALL else missing_line(code, printed)
            assert lost is None, f"{where}: this line is not printed:\n{lost}\nbut\n{printed}"
        if language != "sh" or marker:
            continue
        count += 1
        scripts = SCRIPT.findall(code)
        if scripts and len(scripts) == len([line for line in code.splitlines() if line.strip()]):
            assert all((support.ROOT / script).is_file() for script in scripts), f"{where}: {scripts}"
            continue
        if not folder.exists():
            folder.mkdir(parents=True)
            SUPPOSED.get(document.name, brain)(folder)
        printed = run_block(where, folder, code)
    if document.name in AFTERWARDS:
        AFTERWARDS[document.name](folder)
    return count


# ---- Links and names of files lead somewhere. ----

NAMES = {path.name for part in ("include", "tests", "apps", "docs", "benchmarks") for path in (support.ROOT / part).rglob("*")}


def anchors(document):
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.M | re.S), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_names(document):
    text = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = document.parent / file if file else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            yield target
    for name in re.findall(r"`([\w/.-]+\.hpp|(?:docs|tests|apps|benchmarks)/[\w/.-]+\.\w+)`", text):
        folders = ("", "include", "include/voxstitch")
        if not (any((support.ROOT / f / name).exists() for f in folders) if "/" in name else name in NAMES):
            yield name


without = []
for document in DOCUMENTS:
    broken = list(broken_names(document))
    assert not broken, f"{document.name} names what is not there: {broken}"
    start = time.monotonic()
    blocks = run_document(document)
    name = document.relative_to(support.ROOT)
    if blocks:
        print(f"{name}: {blocks} blocks, {time.monotonic() - start:.1f} s", flush=True)
    else:
        without.append(str(name))
print("without commands that run:", ", ".join(without))
