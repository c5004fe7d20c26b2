#!/usr/bin/python3
"""Makes the arrays of train.py and `dynbal evaluate` from CIFAR-10.

Usage: prepare.py cifar-10-batches-py [FOLDER]    (FOLDER: data)

cifar-10-python.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html (MD5 c58f30108f718f92721af3b95e74349a), unpacked.
Writes x_train, y_train, x_test, y_test and calibrate.npy. Pictures stand in the order of their SHA-256, so that the arrays are the
same wherever the pictures come from, and every part of them holds all classes.
"""

import hashlib
import os
import pickle
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import arrays  # noqa: E402  (models/common)


class Plain(pickle.Unpickler):
    """Reads what the batches hold, arrays of bytes, and calls nothing else that a file may name."""

    def find_class(self, module, name):
        if module in ("numpy.core.multiarray", "numpy") and name in ("_reconstruct", "ndarray", "dtype"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in CIFAR-10")


def batch(path):
    with open(path, "rb") as file:
        content = Plain(file, encoding="bytes").load()
    return np.asarray(content[b"data"], np.uint8).reshape(-1, 3, 32, 32), np.array(content[b"labels"], np.uint8)


def in_order(batches):
    x, y = (np.concatenate(parts) for parts in zip(*batches))
    order = sorted(range(len(x)), key=lambda index: hashlib.sha256(x[index].tobytes()).digest())
    return x[order], y[order]


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    folder = sys.argv[1]
    x_train, y_train = in_order([batch(os.path.join(folder, f"data_batch_{number}")) for number in range(1, 6)])
    x_test, y_test = in_order([batch(os.path.join(folder, "test_batch"))])
    arrays.write(sys.argv[2] if len(sys.argv) == 3 else "data", x_train=x_train, y_train=y_train, x_test=x_test,
                 y_test=y_test, calibrate=arrays.calibration(x_train))


if __name__ == "__main__":
    main()
