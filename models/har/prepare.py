#!/usr/bin/python3
"""Makes the arrays of train.py and `dynbal evaluate` from the recordings of MotionSense.

Usage: prepare.py A_DeviceMotion_data [FOLDER]    (FOLDER: data)

The recordings: data/A_DeviceMotion_data.zip of https://github.com/mmalekzadeh/motion-sense, unpacked; 360 files
ACTIVITY_TRIAL/sub_PERSON.csv. Writes x_train, y_train, x_test, y_test and calibrate.npy: windows of 128 samples that
overlap by half and never reach over two recordings, people 3, 8, 13, 18, 23 for the test.
"""

import csv
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import arrays  # noqa: E402  (models/common)

CLASSES = ["dws", "ups", "wlk", "jog", "sit", "std"]
TEST_PEOPLE = {3, 8, 13, 18, 23}
WINDOW, STRIDE = 128, 64


def recording(path):
    """int16 [samples][9]: body's acceleration in g / 2048, rotation in (rad/s) / 1024, total acceleration in g / 2048."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def columns(sensor):
        return np.array([[float(row[f"{sensor}.{axis}"]) for axis in "xyz"] for row in rows])

    body, rotation, gravity = columns("userAcceleration"), columns("rotationRate"), columns("gravity")
    values = np.concatenate([body * 2048, rotation * 1024, (body + gravity) * 2048], 1)
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16)


def recordings(folder):
    """Class, person and path of each file, in the order of activity, trial and person."""
    found = []
    for trial in os.listdir(folder):
        activity, number = trial.split("_")
        for name in os.listdir(os.path.join(folder, trial)):
            person = int(name[len("sub_"):-len(".csv")])
            found.append((CLASSES.index(activity), int(number), person, os.path.join(folder, trial, name)))
    if len(found) != 360:
        sys.exit(f"{folder} holds {len(found)} recordings, expected 360")
    return sorted(found)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    windows, labels = {True: [], False: []}, {True: [], False: []}
    for label, _, person, path in recordings(sys.argv[1]):
        values = recording(path)
        test = person in TEST_PEOPLE
        for first in range(0, len(values) - WINDOW + 1, STRIDE):
            windows[test].append(values[first:first + WINDOW].T)
            labels[test].append(label)
    x_train = np.array(windows[False])
    arrays.write(sys.argv[2] if len(sys.argv) == 3 else "data", x_train=x_train,
                 y_train=np.array(labels[False], np.uint8), x_test=np.array(windows[True]),
                 y_test=np.array(labels[True], np.uint8), calibrate=arrays.calibration(x_train))


if __name__ == "__main__":
    main()
