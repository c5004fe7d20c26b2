#!/usr/bin/python3
"""Makes the arrays of train.py and `dynbal evaluate` from the MIT-BIH Arrhythmia Database.

Usage: prepare.py RECORDS [FOLDER]    (FOLDER: data)

RECORDS holds the files 100.hea, 100.dat, 100.atr, ... of https://physionet.org/content/mitdb/1.0.0/. Writes x_train,
y_train, x_test, y_test and calibrate.npy: one row a beat, split between patients as by de Chazal et al. 2004; paced
patients, the first and last beat of each record, and the 15 beats of class Q are left out.
"""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import arrays  # noqa: E402  (models/common)

TRAIN = [101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122, 124, 201, 203, 205, 207, 208, 209, 215, 220, 223, 230]
TEST = [100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210, 212, 213, 214, 219, 221, 222, 228, 231, 232, 233, 234]
# AAMI's classes of the annotations' codes; 5 is no class but a beat all the same.
CLASSES = {1: 0, 2: 0, 3: 0, 34: 0, 11: 0, 8: 1, 4: 1, 7: 1, 9: 1, 5: 2, 10: 2, 6: 3, 12: 5, 38: 5, 13: 5}
BEFORE, LENGTH, NEIGHBOURS = 50, 128, 32


def samples_of(path, lead):
    """One of two leads, format 212: two values of 12 bits in three bytes."""
    raw = np.fromfile(path, np.uint8).reshape(-1, 3).astype(np.int32)
    value = (raw[:, 0] | ((raw[:, 1] & 0x0F) << 8)) if lead == 0 else (raw[:, 2] | ((raw[:, 1] & 0xF0) << 4))
    return np.where(value >= 2048, value - 4096, value) - 1024


def beats_of(path):
    """Sample and class of each annotated beat."""
    words = np.fromfile(path, "<u2")
    at, index, found = 0, 0, []
    while index < len(words):
        code, time = int(words[index]) >> 10, int(words[index]) & 0x3FF
        index += 1
        if code == 0 and time == 0:
            break
        if code == 59:  # a long step: two words, the high one first
            step = (int(words[index]) << 16) | int(words[index + 1])
            at += step - (1 << 32) if step >= 1 << 31 else step
            index += 2
        elif code == 63:  # text
            index += (time + 1) // 2
        elif code < 50:
            at += time
            if code in CLASSES:
                found.append((at, CLASSES[code]))
    return np.array(found)


def lead_of(header):
    """Where the lead MLII is: in record 114 it is the second."""
    with open(header, encoding="ascii") as file:
        lines = [line.split() for line in file if not line.startswith("#")]
    return next(index for index, line in enumerate(lines[1:]) if line[-1] == "MLII")


def halved(signal):
    """Low-pass at 80 Hz, then every second of 360 samples a second; in units of 5 uV."""
    at = np.arange(31) - 15
    taps = np.sinc(2 * 80 / 360 * at) * np.hamming(31)
    return np.convolve(signal, taps / taps.sum(), mode="same")[::2]


def record(folder, number):
    path = os.path.join(folder, str(number))
    signal = halved(samples_of(path + ".dat", lead_of(path + ".hea")))
    beats = beats_of(path + ".atr")
    at, labels = beats[:, 0], beats[:, 1]
    intervals = np.diff(at).astype(np.float64)
    rows, kept = [], []
    for index in range(1, len(beats) - 1):
        first = at[index] // 2 - BEFORE
        if first < 0 or first + LENGTH > len(signal) or labels[index] > 3:
            continue
        window = signal[first:first + LENGTH] / 200  # millivolts
        usual = intervals[max(0, index - NEIGHBOURS):index].mean()
        before, after = (min(interval / usual, 3.0) - 1 for interval in intervals[index - 1:index + 1])
        rows.append([window - np.median(window), np.full(LENGTH, before), np.full(LENGTH, after)])
        kept.append(labels[index])
    return np.clip(np.rint(np.array(rows) * 2048), -32768, 32767).astype(np.int16), np.array(kept, np.uint8)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    parts = {}
    for name, numbers in (("train", TRAIN), ("test", TEST)):
        records = [record(sys.argv[1], number) for number in numbers]
        parts["x_" + name] = np.concatenate([x for x, _ in records])
        parts["y_" + name] = np.concatenate([y for _, y in records])
    arrays.write(sys.argv[2] if len(sys.argv) == 3 else "data", **parts,
                 calibrate=arrays.calibration(parts["x_train"]))


if __name__ == "__main__":
    main()
