#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Do the headers keep to the layers, and does each look as the house wants it?

Usage: layering.py [--write-umbrellas]. Prints one line per finding; exit code 1 if there is any.
With the option it first brings the umbrella headers up to date.
"""
import re
import sys
from pathlib import Path

# Modules from the lowest layer to the highest; modules in one row never include each other.
LAYERS = [
    ["core"],
    ["geometry"],
    ["view"],
    ["io", "features", "classify", "reduce", "stitch"],
    ["models", "objects", "synthetic"],
    ["pipeline", "ilastik"],
]
LEVEL = {module: level for level, row in enumerate(LAYERS) for module in row}

# Foreign headers that enter the library through one door: pattern -> (the door, where it may be).
DOORS = {
    r"hdf5\.h|H5\w*\.h": "io/detail/hdf5_calls.hpp",
    r"tiff(io)?\.h": "io/detail/tiff_calls.hpp",
    r"vigra/.*": "io/detail/impex_calls.hpp",
    r"boost/multi_array.*": "view/multi_array.hpp",
}
# What stands behind a door and is shared by those who would else go through it.
SHARED_DETAILS = {"io/detail/hdf5_stored_values.hpp"}
# Foreign headers that only some modules may use at all.
ONLY_IN = {
    r"z(lib|conf)\.h|libdeflate\.h": {"io"},
    r"nlohmann/.*": {"io", "ilastik", "pipeline"},
    r"boost/.*": {"view"},
    r"catch2?/.*|gtest/.*|benchmark/.*": set(),
}
# What a library for strangers does not speak of.
FORBIDDEN = [
    (r"\bissues? *#?\d+|(?<![&\w])#\d+\b", "mentions an issue by number"),
    (r"/(work|tmp)/\w", "mentions a path of somebody's machine"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "leaves a note to its author"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(text):
    return [(style == '"', path) for style, path in INCLUDE.findall(text)]


def check_own_include(module, path, root):
    """Complaints about an include of one of our own headers by a header of `module`."""
    if not path.startswith("voxstitch/"):
        return [f'includes "{path}" in quotes, which is not of the form "voxstitch/..."']
    if not (root / path).is_file():
        return [f'includes "{path}", which does not exist']
    parts = Path(path).parts
    if len(parts) == 2:
        return [f'includes "{path}": umbrella headers are for users']
    target = parts[1]
    if target == module:
        return []
    shared = Path(*parts[1:]).as_posix() in {*DOORS.values(), *SHARED_DETAILS}
    if "detail" in parts and target != "core" and not shared:
        return [f'includes "{path}": detail belongs to module {target} alone']
    if LEVEL[target] >= LEVEL[module]:
        where = "sideways" if LEVEL[target] == LEVEL[module] else "upwards"
        return [f'includes "{path}": {where}, from {module} to {target}']
    return []


def check_foreign_include(module, name, path):
    for pattern, door in DOORS.items():
        if re.fullmatch(pattern, path):
            return [] if name == door else [f"includes <{path}>, which enters through {door} only"]
    for pattern, modules in ONLY_IN.items():
        if re.fullmatch(pattern, path) and module not in modules:
            allowed = ", ".join(sorted(modules)) or "no header"
            return [f"includes <{path}>; allowed in: {allowed}"]
    return []


def check_form(text):
    lines = text.split("\n")
    if lines[0] != "// SPDX-License-Identifier: BSL-1.0":
        yield "does not begin with the SPDX line"
    if "#pragma once" not in lines[:4]:
        yield "has no #pragma once at its top"
    if not any(line.startswith("/// @file ") for line in lines[:6]):
        yield "has no /// @file sentence at its top"
    for pattern, complaint in FORBIDDEN:
        for number, line in enumerate(lines, 1):
            if re.search(pattern, line):
                yield f"line {number} {complaint}: {line.strip()}"


def check_header(header, root):
    text = header.read_text()
    name = header.relative_to(root / "voxstitch").as_posix()
    module = name.split("/")[0]
    yield from check_form(text)
    if "/" not in name:
        return  # an umbrella may include everything
    if module not in LEVEL:
        yield f"is in module {module}, which no layer holds"
        return
    for own, path in includes(text):
        if own:
            yield from check_own_include(module, path, root)
        else:
            yield from check_foreign_include(module, name, path)


def check_umbrella(umbrella, wanted, root):
    """An umbrella includes exactly the public headers it stands for."""
    path = root / "voxstitch" / umbrella
    have = {p for own, p in includes(path.read_text()) if own} if path.is_file() else set()
    for header in sorted(wanted - have):
        yield f'does not #include "{header}"'
    for header in sorted(have - wanted):
        yield f'includes "{header}", which it does not stand for'


def needs_c_library(path, root, seen=None):
    """Whether a header reaches, over its own includes, one that enters through a C door."""
    seen = set() if seen is None else seen
    if path in seen or not (root / path).is_file():
        return False
    seen.add(path)
    c_headers = [p for p in DOORS if not p.startswith("boost")] + list(ONLY_IN)[:2]
    return any(needs_c_library(p, root, seen) if own else any(re.fullmatch(c, p) for c in c_headers)
               for own, p in includes((root / path).read_text()))


def umbrellas(root):
    """Umbrella header -> the public headers it must include."""
    public = [h.relative_to(root).as_posix() for h in (root / "voxstitch").rglob("*/*.hpp")]
    public = [h for h in public if "/detail/" not in h]
    with_io = ("voxstitch/io/", "voxstitch/ilastik/", "voxstitch/pipeline/",
               "voxstitch/models/external_program.hpp")
    core_io = {"voxstitch/io/concepts.hpp", "voxstitch/io/any_source.hpp"}
    io = {h for h in public if h.startswith(with_io)} - core_io
    return {"voxstitch.hpp": set(public) - io, "io.hpp": io | {"voxstitch/voxstitch.hpp"}}


def write_umbrella(path, wanted):
    """Replaces the includes of an existing umbrella header; its comments stay."""
    kept = [line for line in path.read_text().split("\n") if not line.startswith("#include")]
    while kept and not kept[-1]:
        kept.pop()
    path.write_text("\n".join(kept + [""] + [f'#include "{h}"' for h in sorted(wanted)]) + "\n")


def findings(repository):
    root = repository / "include"
    headers = sorted((root / "voxstitch").rglob("*.hpp"))
    if not headers:
        yield f"{root}: no headers found"
    for header in headers:
        for complaint in check_header(header, root):
            yield f"{header.relative_to(repository)} {complaint}"
    for umbrella, wanted in umbrellas(root).items():
        for complaint in check_umbrella(umbrella, wanted, root):
            yield f"include/voxstitch/{umbrella} {complaint}"
    for header in sorted(umbrellas(root)["voxstitch.hpp"]):
        if needs_c_library(header, root):
            yield f"include/{header} needs a C library, but is part of voxstitch.hpp"
    for source in sorted((repository / "apps").rglob("*.?pp")):
        for complaint in check_app(source):
            yield f"{source.relative_to(repository)} {complaint}"


def check_app(source):
    """Programs use the library's words: no C library directly."""
    for own, path in includes(source.read_text()):
        if not own and any(re.fullmatch(p, path) for p in DOORS):
            yield f"includes <{path}>; programs go through voxstitch::io"


def main():
    repository = Path(__file__).resolve().parents[2]
    if "--write-umbrellas" in sys.argv:
        for umbrella, wanted in umbrellas(repository / "include").items():
            write_umbrella(repository / "include/voxstitch" / umbrella, wanted)
    found = list(findings(repository))
    print("\n".join(found) if found else "layers, doors and forms: nothing to complain about")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
