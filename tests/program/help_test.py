# SPDX-License-Identifier: BSL-1.0
"""docs/command-line.md has a section for every command, and in it the options, defaults and exit codes of its --help,
no more and no less; every option in it is one that the command takes."""
import re
import subprocess

import support
from support import run

text = (support.ROOT / "docs" / "command-line.md").read_text()
sections = {}
for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
    heading, _, body = part.partition("\n")
    sections[heading] = re.sub(r"^```.*?^```$", "", body, flags=re.MULTILINE | re.DOTALL)

general, _ = run("--help")
commands = re.findall(r"^  voxstitch (\w+)", general, re.MULTILINE) + re.findall(r", (\w+) --job", general)
assert {"run", "plan", "split", "classify", "merge"} <= set(commands), commands
named = [heading.removeprefix("voxstitch ") for heading in sections if heading.startswith("voxstitch ")]
assert set(commands) == {name.split()[0] for name in named}, f"commands {commands}, sections {named}"
for command in commands:
    assert f"[{command}](#voxstitch-{command})" in text, f"the table of commands lacks {command}"


def options(words):
    return set(re.findall(r"(?<![\w-])(?:-o|--[a-z0-9][a-z0-9-]*)", words)) - {"--help", "--version"}


def help_of(name):
    shown, _ = run(*name.split(), "--help")
    return re.split(r"^Examples?\b", shown, flags=re.MULTILINE)[0]  # these have options of other commands


for name in named:
    shown, written = help_of(name), sections[f"voxstitch {name}"]
    if name == "plan":
        assert shown == help_of("run") and not options(written)
        continue
    lacking, wrong = options(shown) - options(written), options(written) - options(shown)
    assert not lacking, f"docs/command-line.md, voxstitch {name}: lacks {sorted(lacking)}"
    assert not wrong, f"docs/command-line.md, voxstitch {name}: {sorted(wrong)} are not in its --help"
    for default in re.findall(r"default:? (\d[\d,]*\d|\d)", shown):
        assert default in written, f"docs/command-line.md, voxstitch {name}: lacks the default {default}"
    for option in options(written):  # an option without its value, or one after which something else is missing
        done = subprocess.run([support.BINARY, *name.split(), option], capture_output=True, text=True)
        assert "unrecognised option" not in done.stderr, f"voxstitch {name} {option}: {done.stderr}"
    print(f"{name}: {len(options(shown))} options")

assert {"--class-names", "--halo", "--normalise", "--stack-along"} <= options(help_of("check"))
assert "[--classes mask|masked-raw|probability]" in help_of("classify --classic")

codes = re.search(r"Exit codes: (.*)", general, re.DOTALL).group(1)
for code in re.findall(r"\b(\d+)\b", codes):
    assert re.search(rf"^\|[\d, ]*\b{code}\b[\d, ]*\|", sections["Conventions"], re.MULTILINE), f"exit code {code} is not explained"

kinds = re.search(r"-o KIND=PATH +([\w, ]+);", help_of("run")).group(1)
for kind in kinds.split(", "):
    assert f"`{kind}`" in sections["voxstitch run"], kind
