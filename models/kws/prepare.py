#!/usr/bin/python3
"""Makes the arrays of train.py and `dynbal evaluate` from Google's Speech Commands.

Usage: prepare.py speech_commands_v0.01 speech_commands_test_set_v0.02 [FOLDER]    (FOLDER: data)

Both unpacked from http://download.tensorflow.org/data/ (NAME.tar.gz). Writes x_train, y_train, x_test, y_test and
calibrate.npy. No speaker of the test is in the training set. README.md says how the clips of the networks here differ.
"""

import os
import sys
import wave

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import arrays  # noqa: E402  (models/common)
import mfcc  # noqa: E402  (models/kws/mfcc.py)

SILENCE, UNKNOWN = "_silence_", "_unknown_"
CLASSES = [SILENCE, UNKNOWN, "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
NOISE = "_background_noise_"
UNKNOWN_COUNT, SILENCE_COUNT, SECOND = 4800, 2000, 16000


def samples_of(path):
    with wave.open(path) as file:
        if file.getframerate() != SECOND or file.getnchannels() != 1 or file.getsampwidth() != 2:
            sys.exit(f"{path} is not mono with 16 bits at 16 kHz")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def clips(folder, word):
    """Paths of a word's clips."""
    names = sorted(name for name in os.listdir(os.path.join(folder, word)) if name.endswith(".wav"))
    return [os.path.join(folder, word, name) for name in names]


def speaker(path):
    return os.path.basename(path).split("_")[0]


def feature(samples):
    second = np.zeros(SECOND, np.int16)
    second[:len(samples)] = samples[:SECOND]
    return mfcc.standardised(mfcc.mfcc(second))


def silences(folder, random):
    """Pieces of the background recordings, as loud as they are or softer."""
    noises = [samples_of(path) for path in clips(folder, NOISE)]
    for index in range(SILENCE_COUNT):
        noise = noises[index % len(noises)]
        first = random.integers(0, len(noise) - SECOND)
        yield (noise[first:first + SECOND] * random.random()).astype(np.int16)


def training_clips(folder, test_speakers, random):
    """Samples and class of each."""
    others = []
    for word in sorted(os.listdir(folder)):
        if not os.path.isdir(os.path.join(folder, word)) or word == NOISE:
            continue
        own = [path for path in clips(folder, word) if speaker(path) not in test_speakers]
        if word in CLASSES:
            yield from ((samples_of(path), CLASSES.index(word)) for path in own)
        else:
            others += own
    for path in random.permutation(others)[:UNKNOWN_COUNT]:
        yield samples_of(path), CLASSES.index(UNKNOWN)
    for samples in silences(folder, random):
        yield samples, CLASSES.index(SILENCE)


def stacked(pairs, order=None):
    x, y = [], []
    for samples, label in pairs:
        x.append(feature(samples))
        y.append(label)
    order = range(len(x)) if order is None else order.permutation(len(x))
    return np.array([x[index] for index in order]), np.array([y[index] for index in order], np.uint8)


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip())
    test = [(path, label) for label, name in enumerate(CLASSES) for path in clips(sys.argv[2], name)]
    random = np.random.default_rng(1)
    x_test, y_test = stacked((samples_of(path), label) for path, label in test)
    x_train, y_train = stacked(training_clips(sys.argv[1], {speaker(path) for path, _ in test}, random), random)
    arrays.write(sys.argv[3] if len(sys.argv) == 4 else "data", x_train=x_train, y_train=y_train, x_test=x_test,
                 y_test=y_test, calibrate=arrays.calibration(x_train))


if __name__ == "__main__":
    main()
