# SPDX-License-Identifier: BSL-1.0
"""The demonstration runs to its end, finds no seams, and meets the truth."""
import os
import re
import subprocess

import support

if support.INSTRUMENTED:
    print("SKIPPED: the demonstration keeps a budget that this build's own size passes")
    raise SystemExit(77)

done = subprocess.run(["bash", support.ROOT / "apps" / "demo.sh", "demo"], capture_output=True, text=True,
                      stdin=subprocess.DEVNULL, env={**os.environ, "VOXSTITCH": support.BINARY})
print(done.stdout)
assert done.returncode == 0, done.stderr
dice = {name: float(value) for value, name in re.findall(r"Dice (\d\.\d+)  (\w+)$", done.stdout, re.MULTILINE)}
assert set(dice) == {"background", "tissue", "cell", "vessel", "axon"}, dice
assert dice["cell"] >= 0.9 and dice["vessel"] >= 0.9, dice
assert "the result is right: blocks agree, no seams" in done.stdout
for name in ("report.html", "slice.png", "brain.ilp", "labels.h5", "probabilities.h5", "classes.h5"):
    assert os.path.getsize(f"demo/result/{name}") > 1000, name
