# SPDX-License-Identifier: BSL-1.0
"""A fault at every single write, sync and rename of a small job, in turn: nothing half-done ever stands under an
output's name, and the same command ends with the files of an undisturbed run."""
import os
import pathlib
import shutil
import sys

import h5py
import numpy as np

import support

FOLDER = pathlib.Path.cwd()
INJECTOR = pathlib.Path(sys.argv[1]).parents[1] / "tests" / "program" / "libfault_injector.so"
if not INJECTOR.exists():
    print(f"SKIPPED: no {INJECTOR}; a build with sanitizers cannot preload it")
    sys.exit(support.SKIP)
rng = np.random.default_rng(5)
source = support.write_volume(FOLDER / "v.h5", rng.integers(0, 255, (8, 20, 33)).astype("u1"), "zyx")
OUTPUTS = ["l.h5", "p.npy", "c_above_100.tif"]


def words(folder):
    return ["run", source, "--classifier", "threshold:100", "-o", f"labels={folder}/l.h5", "-o",
            f"probabilities={folder}/p.npy", "-o", f"classes={folder}/c.tif", "--chunk", "8,16,16", "--block", "8,16,16",
            "--threads", "1", "--progress", "none"]


def run(folder, **env):
    command = [support.BINARY, *map(str, words(folder))]
    return support.subprocess.run(command, capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "LD_PRELOAD": str(INJECTOR), **env})


def files(folder):
    return {f.name: support.sha(f) for f in folder.iterdir() if f.suffix in (".h5", ".npy", ".tif")
            and not f.name.startswith(".")}


calm = FOLDER / "calm"
calm.mkdir()
done = run(calm, FAULT_COUNT=str(FOLDER / "count"))
assert done.returncode == 0, done.stderr
expected = files(calm)
assert len(expected) == 4, expected
calls = int((FOLDER / "count").read_text())
assert calls > 30, calls
outcomes = {}
for how in ("fail", "kill", "torn"):
    for at in range(1, calls + 1):
        folder = FOLDER / "try"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        done = run(folder, FAULT_AT=str(at), FAULT_HOW=how, FAULT_COUNT=str(FOLDER / "count"))
        if how != "fail" and done.returncode == 0:  # blocks were committed together: fewer calls than before
            assert int((FOLDER / "count").read_text()) < at
        else:
            assert done.returncode in ((0, 4) if how == "fail" else (-9,)), (how, at, done.returncode, done.stderr)
        for name, sha in files(folder).items():
            assert sha == expected[name], (how, at, name, "is neither complete nor absent")
        again = run(folder)
        assert again.returncode == 0, (how, at, again.stdout, again.stderr)
        assert files(folder) == expected, (how, at, files(folder), expected)
        left = {f.name for f in folder.iterdir()} - set(expected) - {n + ".provenance.json" for n in expected}
        assert not left, (how, at, left)
        outcomes[(how, done.returncode)] = outcomes.get((how, done.returncode), 0) + 1
print(f"{calls} writes, syncs and renames, a fault at each:", outcomes)
assert outcomes[("fail", 4)] > calls / 2, outcomes
