#!/usr/bin/python3
"""Makes the arrays of train.py and `dynbal evaluate` from the Arabic Speech Commands.

Usage: prepare.py arabic-speech-commands-dataset [FOLDER]    (FOLDER: data)

A checkout of https://github.com/abdulkaderghandoura/arabic-speech-commands-dataset (12,000 clips, CC BY 4.0). Writes x_train, y_train,
x_test, y_test and calibrate.npy, in the order of the authors' train.csv and test.csv.
"""

import csv
import os
import sys
import wave

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import arrays  # noqa: E402  (models/common)
import mfcc  # noqa: E402  (models/arabic_kws/mfcc.py)


def samples_of(path):
    with wave.open(path) as file:
        if file.getframerate() != 16000 or file.getnchannels() != 1 or file.getsampwidth() != 2:
            sys.exit(f"{path} is not mono with 16 bits at 16 kHz")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def part(folder, name, words):
    with open(os.path.join(folder, name + ".csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    features = np.array([mfcc.mfcc(samples_of(os.path.join(folder, row["file"]))) for row in rows])
    return mfcc.standardised(features), np.array([words.index(row["class"]) for row in rows], np.uint8)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    words = sorted(os.listdir(os.path.join(sys.argv[1], "dataset")))
    x_train, y_train = part(sys.argv[1], "train", words)
    x_test, y_test = part(sys.argv[1], "test", words)
    arrays.write(sys.argv[2] if len(sys.argv) == 3 else "data", x_train=x_train, y_train=y_train, x_test=x_test,
                 y_test=y_test, calibrate=arrays.calibration(x_train))


if __name__ == "__main__":
    main()
