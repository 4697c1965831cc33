#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Is the code in the documents the code that the tests build and run?

A region of docs/snippets/*.cpp begins with a line `//! [name]` and ends with the same line; in *.py and
*.sh the line is `#! [name]`. A code block of README.md or docs/*.md that follows `<!-- snippet: name -->`
must be that region, and every block of C++ or Python must follow such a marker.
Usage: snippets.py [--write]. With the option the blocks are brought up to date.
"""
import re
import sys
import textwrap
from pathlib import Path

REGION = re.compile(r"^[ \t]*(?://|#)! \[([\w-]+)\][ \t]*\n(.*?)^[ \t]*(?://|#)! \[\1\][ \t]*$", re.M | re.S)
BLOCK = re.compile(r"^(?:<!-- snippet: ([\w-]+) -->\n)?```(cpp|python|sh)\n(.*?)^```$", re.M | re.S)
LANGUAGES = {"cpp": "C++", "python": "Python"}  # whose blocks must be regions


def regions(folder):
    """Region name -> its code, without the indentation that all its lines share."""
    found = {}
    for source in sorted(f for f in folder.iterdir() if f.suffix in (".cpp", ".py", ".sh")):
        for name, code in REGION.findall(source.read_text()):
            if name in found:
                raise SystemExit(f"{source}: region '{name}' exists twice")
            found[name] = textwrap.dedent(code)
    return found


def check(document, code):
    """Complaints about one document, and its text with every block brought up to date."""
    complaints = []

    def replace(match):
        name, language, block = match.groups()
        line = document.read_text()[: match.start()].count("\n") + 1
        if name is None:
            if language in LANGUAGES:
                complaints.append(
                    f"{document}:{line}: a {LANGUAGES[language]} block without <!-- snippet: name -->")
            return match.group()
        if name not in code:
            complaints.append(f"{document}:{line}: no region '{name}' in docs/snippets")
            return match.group()
        if block != code[name]:
            complaints.append(f"{document}:{line}: differs from region '{name}' in docs/snippets")
        return f"<!-- snippet: {name} -->\n```{language}\n{code[name]}```"

    text = BLOCK.sub(replace, document.read_text())
    named = set(re.findall(r"<!-- snippet: ([\w-]+) -->", text))
    blocks = {name for name, _, _ in BLOCK.findall(text)}
    complaints += [f"{document}: no code block follows the marker '{n}'" for n in named - blocks]
    return complaints, text


def main():
    root = Path(__file__).resolve().parents[2]
    code = regions(root / "docs" / "snippets")
    documents = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    complaints = []
    for document in filter(Path.is_file, documents):
        found, text = check(document, code)
        if "--write" in sys.argv:
            document.write_text(text)
            found = check(document, code)[0]
        complaints += found
    print("\n".join(complaints) if complaints else f"{len(code)} regions, all quotes agree")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
