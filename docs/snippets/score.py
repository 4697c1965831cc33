# SPDX-License-Identifier: BSL-1.0
# How well do labels agree with a truth? score.py LABELS.h5 TRUTH.h5

#! [score]
import sys
import h5py

with h5py.File(sys.argv[1]) as result, h5py.File(sys.argv[2]) as truth:
    labels = result["exported_data"][..., 0]  # z, y, x, and a channel
    names = result["exported_data"].attrs["class_names"]
    true = truth["exported_data"][()]  # z, y, x
for number, name in enumerate(names, 1):
    both = ((labels == number) & (true == number)).sum()
    dice = 2 * both / ((labels == number).sum() + (true == number).sum())
    print(f"{name:<12} Dice {dice:.3f}")
#! [score]
