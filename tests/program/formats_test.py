# SPDX-License-Identifier: BSL-1.0
"""docs/formats.md names the fields of provenance.json and training.json, the attributes of datasets and the groups of projects
that are written, no more and no less."""
import json
import pathlib
import re

import h5py
import numpy as np

import support
from support import run

text = (support.ROOT / "docs" / "formats.md").read_text()


def named(heading):
    """The names in code in the first column of the first table after a heading."""
    section = text[re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE).end():]
    rows = re.search(r"^\|---.*\n((?:\|.*\n)+)", section, re.MULTILINE).group(1).splitlines()
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def equal(heading, written):
    names = named(heading)
    assert sorted(names) == sorted(set(names)), names
    lacking, wrong = set(written) - set(names), set(names) - set(written)
    assert not lacking and not wrong, f"docs/formats.md, {heading}: lacks {sorted(lacking)}, has {sorted(wrong)} too many"
    print(f"{heading}: {', '.join(names)}")


run("phantom", "-o", "brain", "--shape", "24,48,56", "--strokes", "6")
run("run", "brain/raw", "-o", "raw=bare.h5")
with h5py.File("bare.h5") as bare, h5py.File("image.h5", "w") as image:
    image["image"] = bare["exported_data"][()]
    image["image"].attrs["axistags"] = bare["exported_data"].attrs["axistags"]
    image["image"].attrs["element_size_um"] = np.array([5.0, 2.0, 2.0])
run("train", "image.h5/image", "--labels", "brain/strokes", "-o", "p.ilp", "--trees", "5", "--features", "GaussianSmoothing:0.3,1.0",
    "--suggest")
run("run", "--project", "p.ilp", "image.h5", "-o", "labels=l.h5", "-o", "probabilities=p.h5", "-o", "classes=c.h5")

with h5py.File("l.h5") as labels, h5py.File("p.h5") as probabilities:
    equal("Attributes of HDF5 datasets", probabilities["exported_data"].attrs)
    assert set(labels["exported_data"].attrs) == set(probabilities["exported_data"].attrs) - {"drange"}
    assert labels["exported_data"].attrs["element_size_um"].tolist() == [5, 2, 2]
record = json.loads(pathlib.Path("l.h5.provenance.json").read_text())
equal("PATH.provenance.json", record)
described = dict(re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", text, re.MULTILINE))
for field in ("plan", "suggestion"):
    source = record if field in record else json.loads(pathlib.Path("p.ilp.training.json").read_text())
    keys = source[field]
    for key in keys:
        assert f"`{key}`" in described[f"`{field}`"], f"docs/formats.md: {field} lacks {key}"
equal("training.json", json.loads(pathlib.Path("p.ilp.training.json").read_text()))
with h5py.File("p.ilp") as project:
    equal("Projects", {name for name in project if isinstance(project[name], h5py.Group)})
    for name in re.findall(r"`(\w+)`", described["`PixelClassification`"]):
        assert name in project["PixelClassification"], name

# Names of classes become names of datasets and files as the document says.
EXAMPLES = {"a,a": ["a", "a_2"], "a/b,a_b": ["a_b", "a_b_2"], " ,b": ["class", "b"], ".,..": ["class_", "class__"],
            "a\nb, c ": ["a_b", "c"]}
paragraph = text[text.index("A class's name becomes"):]
for words in ("`a,a` makes `a` and `a_2`", "`a/b,a_b` makes `a_b`\nand `a_b_2`", "`..`: `class__`"):
    assert words in paragraph, words
for names, expected in EXAMPLES.items():
    for place, form in (("c.h5", "c.h5/{}"), ("maps/c.tif", "maps/c_{}.tif")):
        out, _ = run("plan", "image.h5", "--classifier", "exec:true {input} {output}", "--class-names", names, "-o",
                     f"classes={place}")
        for name in expected:
            assert f"classes -> {form.format(name)}  (" in out, (names, out)
with h5py.File("c.h5") as maps:
    true_names = list(maps[next(iter(maps))].attrs["class_names"])
    assert len(true_names) == len(maps) and true_names == record["classes"], true_names
