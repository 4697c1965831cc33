#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Classifies one block: bright is what exceeds the mean of its 3 x 3 x 3 neighbourhood.

Usage: classify_block.py INPUT.npy OUTPUT.npy
"""
#! [script]
import sys
import numpy as np

block = np.load(sys.argv[1])  # float32; z, y, x (and c where the image has channels)
z, y, x = block.shape
padded = np.pad(block, 1, mode="edge")
mean = sum(padded[i:i + z, j:j + y, k:k + x] for i in range(3) for j in range(3) for k in range(3)) / 27
bright = block > mean
scores = np.stack([~bright, bright], axis=-1)  # z, y, x, class
np.save(sys.argv[2], scores.astype(np.float32))
#! [script]
