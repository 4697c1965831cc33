#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Prints Google Benchmark's JSON as one table: what a voxel costs, here and in the baseline.

Usage: table.py benchmarks.json. Benchmarks are called part/case/who. Times are medians of the
repetitions, in nanoseconds of one thread's CPU time; ratios are those of the medians of one run.
"""
import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

OURS = "voxstitch"


def repetitions(report):
    """(part, case) -> who -> list of measurements, in the order of registration."""
    groups = defaultdict(lambda: defaultdict(list))
    for entry in sorted(report["benchmarks"], key=lambda entry: entry["family_index"]):
        if entry["run_type"] != "iteration":
            continue
        if entry.get("error_occurred"):
            sys.exit(f'{entry["name"]}: {entry["error_message"]}')
        part, case, who = entry["name"].split("/")[:3]
        groups[part, case][who].append(entry)
    return groups


def rate(entries):
    return median(entry["items_per_second"] for entry in entries)


def spread(entries):
    """Half the distance between the fastest and the slowest repetition, as a part of the median."""
    rates = [entry["items_per_second"] for entry in entries]
    return (max(rates) - min(rates)) / 2 / median(rates)


def machine_of(groups):
    """Operations and bytes per second of one core, and bytes per second of all."""
    return (rate(groups["machine", "fp32 operations"]["one core"]),
            rate(groups["machine", "bytes, triad"]["one core"]),
            rate(groups["machine", "bytes, triad"]["all cores"]))


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n")
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown processor"


def share_of_limit(entry, seconds, flops, bandwidth):
    """How near a part comes to what it cannot beat, and which limit that is."""
    if "flops_per_item" in entry:
        return f'{entry["flops_per_item"] / flops / seconds:.0%} of the peak FLOP/s'
    if "bytes_per_item" in entry:
        return f'{entry["bytes_per_item"] / bandwidth / seconds:.0%} of the memory\'s rate'
    if "comparisons" in entry:
        return f'{entry["comparisons"]:.0f} comparisons, {seconds * 1e9 / entry["comparisons"]:.2f} ns each'
    return "-"


def nanoseconds(seconds):
    return f"{seconds * 1e9:.3g}" if seconds < 1e-7 else f"{seconds * 1e9:.0f}"


def rows_of(groups):
    flops, bandwidth, _ = machine_of(groups)
    for (part, case), measured in groups.items():
        if OURS not in measured:
            continue
        entry = measured[OURS][0]
        ours = 1 / rate(measured[OURS])
        limit = share_of_limit(entry, ours, flops, bandwidth)
        nodes = f' ({entry["nodes"]:.0f})' if "nodes" in entry else ""
        for who in [name for name in measured if name != OURS] or [None]:
            theirs = 1 / rate(measured[who]) if who else None
            yield [f"{part}: {case}{nodes}", nanoseconds(ours), who or "-",
                   nanoseconds(theirs) if who else "-", f"{theirs / ours:.1f}" if who else "-", limit]


def print_table(head, rows):
    rows = [head, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")


def main():
    report = json.loads(Path(sys.argv[1]).read_text())
    groups = repetitions(report)
    flops, one, everything = machine_of(groups)
    print(f'{processor()}, {report["context"]["num_cpus"]} cores; one core: {flops / 1e9:.0f} GFLOP/s '
          f"(fp32), {one / 1e9:.0f} GB/s (triad); all cores: {everything / 1e9:.0f} GB/s\n")
    print_table(["part", "voxstitch, ns per voxel", "baseline", "ns per voxel", "times as fast",
                 "how near the limit"], rows_of(groups))
    largest = max(spread(entries) for measured in groups.values() for entries in measured.values())
    print(f"\nMedians of CPU time of one thread; repetitions differ by up to {largest:.0%} from them.")


if __name__ == "__main__":
    main()
