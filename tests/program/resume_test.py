# SPDX-License-Identifier: BSL-1.0
"""Killed at random moments, the same command goes on where it stopped and ends with the same files.

VOXSTITCH_KILLS says how many times each way of working is killed."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np

import support

FOLDER = pathlib.Path.cwd()
KILLS = int(os.environ.get("VOXSTITCH_KILLS", "4"))
rng = np.random.default_rng(int(os.environ.get("VOXSTITCH_SEED", "3")))
selection = np.ones((6, 2), bool)
features = rng.normal(size=(4000, 20)).astype("f4") * 100
side = 96 if support.SMALL else 256
support.write_project(FOLDER / "p.ilp", rng, features, selection, [1.6, 3.5], [False, False], forests=(50, 50), depth=10)
source = support.write_volume(FOLDER / "v.h5", rng.integers(0, 255, (side, side, side)).astype("u1"), "zyx",
                              chunks=(32, 32, 32))
NAMES = ["labels.h5", "p.npy", "c_Label 1.tif", "c_Label 2.tif", "c_Label 3.tif"]


def job(folder):
    return ["--project", "p.ilp", source, "-o", f"labels={folder}/labels.h5", "-o", f"probabilities={folder}/p.npy",
            "-o", f"classes={folder}/c.tif", "--block", "64,64,32", "--chunk", "32,32,32"]


def files(folder):
    return {name: support.sha(folder / name) for name in NAMES if (folder / name).exists()}


def fresh(name):
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    (FOLDER / name).mkdir()
    return FOLDER / name


def killed(words, after):
    """Whether the program could be killed before its end; and what it printed."""
    with subprocess.Popen([support.BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as process:
        try:
            out, _ = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), process.returncode
        return process.returncode != 0, out


def resumed(out):
    found = re.search(r"^resumed     (\d+) of (\d+) blocks? were done before", out, re.MULTILINE)
    return int(found[1]) if found else 0


def journaled(folder):
    """Sound lines of all journals: what a rerun may leave out."""
    return sum(max(0, j.read_bytes().count(b"\n") - 1) for j in folder.glob("**/journal"))


def leave_unfinished(folder):
    """A job that was killed when a few blocks were done."""
    with subprocess.Popen([support.BINARY, "run", *map(str, job(folder))], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        while journaled(folder) < 2 and process.poll() is None:
            time.sleep(0.01)
        process.kill()


calm = fresh("calm")
begin = time.monotonic()
support.run("run", *job(calm))
seconds = time.monotonic() - begin
expected = files(calm)
assert len(expected) == len(NAMES), expected

# One process, killed again and again until it comes to its end.
kills = ends = 0
while kills < KILLS:
    folder = fresh("killed")
    before, going = 0, True
    while going:
        known = journaled(folder)
        going, out = killed(["run", *job(folder)], rng.uniform(0.02, 1.1) * seconds * rng.choice([0.1, 1]))
        kills += going
        assert not [n for n, sha in files(folder).items() if sha != expected[n]], "a half-written file"
        if "resumed" in out:
            assert before <= resumed(out) == known, (before, resumed(out), known)
            before = resumed(out)
    ends += 1
    assert files(folder) == expected, (files(folder), expected)
    left = {f.name for f in folder.iterdir()} - set(NAMES) - {n + ".provenance.json" for n in NAMES}
    assert not left, left
print(f"run: killed {kills} times in {ends} jobs of {seconds:.1f} s: every job ended with the same files")

# Three processes, of which one is killed.
for _ in range(max(1, KILLS // 8)):
    folder = fresh("three")
    support.run("split", *job(folder), "--job", folder / "job", "--shards", "8")
    classify = [support.BINARY, "classify", "--job", str(folder / "job"), "--threads", "1", "--shard"]
    workers = [subprocess.Popen([*classify, f"{i}/3"], stdout=subprocess.DEVNULL) for i in (1, 2, 3)]
    victim = int(rng.integers(3))
    time.sleep(rng.uniform(0.1, 0.8) * seconds)
    workers[victim].kill()
    codes = [w.wait() for w in workers]
    assert all(code == 0 for i, code in enumerate(codes) if i != victim), codes
    if codes[victim] != 0:
        _, err = support.run("merge", "--job", folder / "job", expect=4)
        assert "not complete" in err and "blocks)" in err, err
    support.run("classify", "--job", folder / "job", "--shard", f"{victim + 1}/3")
    support.run("merge", "--job", folder / "job")
    assert files(folder) == expected
    assert not (folder / "job").exists()
print("classify: three processes, one killed: the same files")

# Two processes at one shard: the second says who has it.
folder = fresh("held")
support.run("split", *job(folder), "--job", folder / "job", "--shards", "2")
with subprocess.Popen([support.BINARY, "classify", "--job", str(folder / "job")], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL) as first:
    lock = folder / "job" / "blocks-000000" / "lock"
    while not (lock.exists() and lock.read_text()) and first.poll() is None:
        time.sleep(0.01)
    assert first.poll() is None, "the first process ended before the second one came"
    _, err = support.run("classify", "--job", folder / "job", "--shard", "1/2", expect=4)
    assert f"process {first.pid}" in err and "shard 1 of 2" in err, err
    _, err = support.run("merge", "--job", folder / "job", expect=4)
    assert "in use" in err, err
    first.kill()

# Another job is never mixed in.
folder = fresh("other")
leave_unfinished(folder)
assert (folder / "labels.h5.job").exists()
for change, name in ((["--roi", "0:64,0:64,0:64"], "--roi"), (["--dtype", "uint8"], "--dtype"),
                     (["--classes", "masked-raw"], "--classes"), (["-o", f"raw={folder}/r.h5"], "-o raw")):
    _, err = support.run("run", *job(folder), *change, expect=2)
    assert name in err and "--fresh" in err, err
shutil.copy("p.ilp", "kept.ilp")
os.utime("p.ilp")  # only the time differs: it is the same project
support.run("plan", *job(folder))
stamp = os.stat("v.h5").st_mtime_ns
os.utime("v.h5")
_, err = support.run("run", *job(folder), expect=2)
assert "v.h5" in err and re.search(r"changed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} UTC", err), err
os.utime("v.h5", ns=(stamp, stamp))
with open("p.ilp", "ab") as f:
    f.write(b"x")
_, err = support.run("run", *job(folder), expect=2)
assert "project's content" in err, err
shutil.copy("kept.ilp", "p.ilp")
others = job(folder)
others[others.index("--block") + 1] = "32,32,32"
out, _ = support.run("run", *others, "--threads", "1", "--ram", "1G")  # threads, memory and --block may differ
assert "blocks of 64,64,32 voxels" in out and "of the unfinished job, which keeps its blocks" in out, out
assert "with --fresh it starts anew with --block 32,32,32" in out and "became whole chunks" not in out, out
assert files(folder) == expected
print("a changed option, input or project is named; threads and memory may change")

# Anew.
folder = fresh("anew")
leave_unfinished(folder)
out, _ = support.run("run", *job(folder), "--fresh", "--roi", f"0:{side // 2},0:64,0:64")
assert "resumed" not in out and not (folder / "labels.h5.job").exists()

# A signal drains, says how to go on, and the same command does.
for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
    folder = fresh("stopped")
    with subprocess.Popen([support.BINARY, "run", *map(str, job(folder))], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while journaled(folder) < 2 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == code, (process.returncode, err)
    assert "goes on" in err and "labels.h5.job" in err, err
    assert not files(folder), files(folder)
    out, _ = support.run("run", *job(folder))
    assert resumed(out) >= 2, out
    assert files(folder) == expected
    print(f"{number.name}: drained, exit {code}, the same command went on")

# A disk that fills, and is given room.
small = fresh("small")
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True).returncode == 0:
    try:
        rounds = 0
        for megabytes in ((1, 2, 4) if support.SMALL else ()) + (6, 20, 40, 80, 160, 320, 640, 1280):
            subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(small)], check=True)
            done = subprocess.run([support.BINARY, "run", *map(str, job(small))], capture_output=True, text=True)
            assert done.returncode in (0, 4), done.stderr
            rounds += 1
            if done.returncode == 0:
                break
            assert "space" in done.stderr, done.stderr
            assert not files(small), files(small)
        assert done.returncode == 0 and rounds > 2, (rounds, done.stderr)
        assert "resumed" in done.stdout, done.stdout
        assert files(small) == expected
        print(f"a full disk: room was made {rounds - 1} times, the same files")
    finally:
        subprocess.run(["umount", str(small)], check=True)
else:
    print("no tmpfs could be mounted here: the full disk was not tried")
