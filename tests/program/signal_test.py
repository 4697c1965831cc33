# SPDX-License-Identifier: BSL-1.0
"""A signal ends a run cleanly: its exit code, no output, nothing left behind."""
import os
import pathlib
import signal
import subprocess
import time

import numpy as np

import support

FOLDER = pathlib.Path.cwd()
rng = np.random.default_rng(2)
selection = np.ones((6, 2), bool)
features = rng.normal(size=(4000, 20)).astype("f4") * 100
support.write_project(FOLDER / "p.ilp", rng, features, selection, [1.6, 3.5], [False, False],
                      forests=(100, 100), depth=10)
source = support.write_volume(FOLDER / "v.h5", rng.integers(0, 255, (160, 200, 200)).astype("u1"), "zyx",
                              chunks=(32, 32, 32))

for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
    words = [support.BINARY, "run", "--project", "p.ilp", source, "-o", "labels=out.h5", "--block", "32,64,64",
             "--chunk", "32,32,32", "--progress", "json"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not pathlib.Path("out.h5.job").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        assert process.poll() is None, "the run ended before it could be stopped"
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == code, (process.returncode, err)
    assert "stopped" in err, err
    left = {f.name for f in FOLDER.iterdir()} - {"p.ilp", "v.h5"}
    assert not left, left
    print(f"{number.name}: exit {process.returncode}, nothing left behind")
