#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""How did the tests go? Reads ctest's JUnit report; a program of Catch2 counts with all its test cases.

Usage: summary.py REPORT. The last line is "N passed, N failed, N skipped"; exit code 0 iff none failed
and some passed.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

ALL_PASSED = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
SOME_FAILED = re.compile(r"test cases:\s*\d+\s*(?:\|\s*(\d+) passed\s*)?(?:\|\s*(\d+) failed)?")
SKIPPED = re.compile(r"SKIPPED: .*")


def skipped_cases(output):
    """Catch2 2 knows no skipped test: one that says SKIPPED has passed without a look. Its name stands
    between the two lines of dashes before the message."""
    cases = re.split(r"^-{70,}\n(?=\S.*\n)", output, flags=re.M)
    return sum(1 for case in cases[1:] if SKIPPED.search(case))


def count_cases(output, passed):
    """Counts the test cases in the output of one test; a test that is no program of Catch2 is one."""
    if everything := ALL_PASSED.search(output):
        counts = Counter(passed=int(everything[1]))
    elif some := SOME_FAILED.search(output):
        counts = Counter(passed=int(some[1] or 0), failed=int(some[2] or 0))
    else:
        counts = Counter(passed=1) if passed else Counter(failed=1)
    skipped = min(counts["passed"], skipped_cases(output))
    counts += Counter(skipped=skipped)
    counts["passed"] -= skipped
    if not passed and not counts["failed"]:
        counts["failed"] = 1  # as when it crashes after its last test
    return counts


def main(report):
    total = Counter()
    reasons = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        status = case.get("status")
        if status == "notrun" or status == "disabled" or case.find("skipped") is not None:
            total["skipped"] += 1
            if not SKIPPED.search(output):
                reasons[case.get("name")] = {"ctest did not run it"}
        else:
            total += count_cases(output, status == "run")
        for reason in SKIPPED.findall(output):
            reasons.setdefault(case.get("name"), set()).add(reason.strip())
    for name, why in sorted(reasons.items()):
        print("\n".join(f"{name}: {reason}" for reason in sorted(why)))
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
