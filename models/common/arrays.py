"""Writing of the arrays that a network is trained on. Needs python3-numpy."""

import os

import numpy as np

CALIBRATION = 200


def write(folder, **arrays):
    os.makedirs(folder, exist_ok=True)
    for name, values in arrays.items():
        temporary = os.path.join(folder, f"{name}.tmp-{os.getpid()}.npy")
        np.save(temporary, np.ascontiguousarray(values))
        os.replace(temporary, os.path.join(folder, name + ".npy"))
        print(f"{os.path.join(folder, name)}.npy  {values.dtype} {list(values.shape)}")


def calibration(inputs, count=CALIBRATION):
    """Training inputs from all over, in a random order that is always the same."""
    order = np.random.default_rng(1).permutation(len(inputs))
    return inputs[order[:count]]
