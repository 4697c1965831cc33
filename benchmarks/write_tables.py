#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Puts the tables that run.sh has printed into docs/performance.md.

Usage: write_tables.py BUILD_FOLDER. A table NAME.md of that folder replaces what stands between the lines
`<!-- table: NAME -->` and `<!-- end -->`; tables that were not made stay as they are.
"""
import re
import sys
from pathlib import Path

PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)


def main():
    folder = Path(sys.argv[1])
    document = Path(__file__).resolve().parents[1] / "docs" / "performance.md"

    def replace(match):
        table = folder / f"{match[2]}.md"
        return f"{match[1]}{table.read_text().strip()}\n{match[3]}" if table.is_file() else match[0]

    document.write_text(PLACE.sub(replace, document.read_text()))


if __name__ == "__main__":
    main()
