#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Runs the whole program on synthetic brains and prints what a voxel costs from file to file.

Usage: whole.py [--large] BUILD_FOLDER. Threads from 1 to all, larger volumes, larger forests, more
channels: one of them varies at a time. Every run may use 2 GiB; it reads TIFF slices and writes
probabilities (uint8) and labels to HDF5. Volumes and projects stay in BUILD_FOLDER/whole.
"""
import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from math import prod
from pathlib import Path

from table import print_table

RAM = "2G"
SHAPES = [(256, 256, 256), (256, 512, 512), (256, 1024, 1024), (1024, 1024, 1024)]  # z, y, x


@dataclass(frozen=True)
class Run:
    shape: tuple
    threads: int
    project: str


def runs(threads, large):
    """What is run, each once; the usual case and from it one step in each direction."""
    powers = {1 << i for i in range(threads.bit_length())} | {threads}
    usual = Run(SHAPES[0], threads, "middle")
    chosen = [Run(usual.shape, t, usual.project) for t in sorted(powers)]
    chosen += [Run(usual.shape, threads, p) for p in ("small", "large", "few-channels")]
    chosen += [Run(shape, threads, usual.project) for shape in (SHAPES if large else SHAPES[:2])]
    return list(dict.fromkeys(chosen))


def phantom(program, folder, shape):
    """The pattern of a synthetic brain's slices; made when it is first asked for."""
    name = "x".join(map(str, shape))
    made = folder / name
    if not made.is_dir():
        part = folder / f"{name}.part"
        subprocess.run(["rm", "-rf", part], check=True)
        subprocess.run([program, "phantom", "-o", part, "--shape", ",".join(map(str, shape))],
                       check=True, stdout=subprocess.DEVNULL)
        part.rename(made)
    return made / "raw" / "slice_*.tif"


def measured(command):
    """Seconds on the clock, seconds of all processors, MiB at the peak."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"whole.py: exit code {child.returncode}: {' '.join(map(str, command))}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def planned(command):
    """Channels, nodes and how often the average voxel is read, from the program's own plan."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    channels, nodes = re.search(r"(\d+) features, \d+ trees, (\d+) nodes", text).groups()
    block = re.search(r"blocks? of ([\d,]+)", text)[1]
    halo = re.search(r"every voxel ([\d.]+) times with the halo", text)[1]
    return channels, nodes, block, halo


def row(program, folder, run):
    arguments = ["--project", folder / f"{run.project}.ilp", phantom(program, folder, run.shape),
                 "-o", f"probabilities={folder}/probabilities.h5", "--dtype", "uint8",
                 "-o", f"labels={folder}/labels.h5",
                 "--overwrite", "--ram", RAM, "--threads", str(run.threads)]
    channels, nodes, block, halo = planned([program, "plan", *arguments])
    clock, cpu, peak = measured([program, "run", *arguments, "--progress", "none"])
    voxels = prod(run.shape)
    return [f"2^{voxels.bit_length() - 1}", str(run.threads), channels, nodes,
            f"{clock / voxels * 1e9:.0f}", f"{cpu / voxels * 1e9:.0f}", f"{peak:.0f}", block, halo]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--large", action="store_true", help="volumes of up to 2^30 voxels")
    parser.add_argument("build_folder", type=Path)
    options = parser.parse_args()
    binaries = options.build_folder / "bin"
    folder = options.build_folder / "whole"
    subprocess.run([binaries / "voxstitch_benchmarks", "--write-projects", folder], check=True,
                   stderr=subprocess.DEVNULL)
    chosen = runs(len(os.sched_getaffinity(0)), options.large)
    print_table(["voxels", "threads", "channels", "nodes", "ns per voxel", "CPU ns per voxel",
                 "peak MiB", "block (z,y,x)", "reads with halo"],
                [row(binaries / "voxstitch", folder, run) for run in chosen])


if __name__ == "__main__":
    main()
