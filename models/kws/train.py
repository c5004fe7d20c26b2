#!/usr/bin/python3
"""Trains a keyword network, kws_dnn or kws_ds_cnn, and writes its .onnx next to this file.

Usage: train.py dnn|ds_cnn [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]
"""

import os
import sys

import numpy as np
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import made_up, speech, training  # noqa: E402  (models/common)
import mfcc  # noqa: E402  (models/kws/mfcc.py)

CARD = training.card(os.path.join(HERE, "kws_dnn.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]
UNKNOWN = 1
SHAPE = (1, 20, 11)  # MFCC, moments
SUMS = {
    "x_train": "cf340acc86f3992352094e85fca0c8a0a90cf170654c90ccd1835fa78dd039ed",
    "y_train": "7cc19c06b1340dd937a7fa008d432761070c1fcb511e652aaaedd9c7ccc85a4f",
    "x_test": "8b2cfc0f125e22395dec7082a35c129785c7c4c6875f5985a9f0a7e5455a96e7",
    "y_test": "ad9ec6bc07ae423debee3e46ee04015312724a7ab8f864a3daf34c29886c7081",
}
RECIPES = {"dnn": training.Recipe(epochs=40, batch=128, peak=0.004, weight_decay=0.02, smoothing=0.1),
           "ds_cnn": training.Recipe(epochs=24, batch=128, peak=0.006, weight_decay=0.02, smoothing=0.1)}


def dense(values_in, values_out):
    return [nn.Linear(values_in, values_out, bias=False), nn.BatchNorm1d(values_out), nn.ReLU()]


def dnn():
    return nn.Sequential(nn.Flatten(), *dense(220, 192), nn.Dropout(0.1), *dense(192, 160), nn.Dropout(0.1),
                         *dense(160, 128), nn.Linear(128, len(NAMES)))


def convolution(channels_in, channels_out, size, groups=1):
    return [nn.Conv1d(channels_in, channels_out, size, padding=size // 2, groups=groups, bias=False),
            nn.BatchNorm1d(channels_out), nn.ReLU()]


def separable(channels):
    """Each channel over time, then all channels at each moment."""
    return [*convolution(channels, channels, 3, channels), *convolution(channels, channels, 1)]


def ds_cnn(channels=128):
    return nn.Sequential(*convolution(20, channels, 3), *separable(channels), *separable(channels),
                         *separable(channels), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.2),
                         nn.Linear(channels, len(NAMES)))


def scaled(features):
    return features.float() * SCALE


MEANS, DEVIATIONS = np.array(mfcc.MEANS), np.array(mfcc.DEVIATIONS)
VOICES = speech.warp_matrices(mfcc.band_hz(), mfcc.DCT, DEVIATIONS)
OFFSET = torch.tensor(MEANS / DEVIATIONS, dtype=torch.float32)


def varied(features):
    """Another voice, moment, speed, loudness; noise; up to two coefficients or a moment missing."""
    x = speech.other_voices(scaled(features), VOICES, OFFSET)
    x = speech.other_moments(x, 1.0, 0.1)
    count, coefficients, moments = x.shape
    x = x * (1 + 0.1 * torch.randn(count, coefficients, 1))
    x[:, 0] += 0.5 * torch.randn(count, 1)
    x = x + 0.15 * torch.randn_like(x)
    return x * speech.kept(count, coefficients, 2)[:, :, None] * speech.kept(count, moments, 1)[:, None]


def with_nonsense(features, labels, share=0.15):
    """More unknown words: the first half of one word with the second half of another."""
    words = features[labels > UNKNOWN]
    classes = labels[labels > UNKNOWN]
    count = int(share * len(words))
    one, other = torch.randperm(len(words))[:count], torch.randperm(len(words))[:count]
    differ = classes[one] != classes[other]
    one, other = one[differ], other[differ]
    middle = SHAPE[2] // 2
    joined = torch.cat([words[one][:, :, :middle], words[other][:, :, middle:]], 2)
    unknown = torch.full((len(joined),), UNKNOWN, dtype=labels.dtype)
    return torch.cat([features, joined]), torch.cat([labels, unknown])


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in RECIPES:
        sys.exit(__doc__.strip())
    kind = sys.argv.pop(1)
    recipe = RECIPES[kind]
    options = training.arguments(__doc__, os.path.join(HERE, f"kws_{kind}.onnx"), recipe)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    net = {"dnn": dnn, "ds_cnn": ds_cnn}[kind]()
    training.fit(net, *with_nonsense(x_train, y_train.long()), recipe, varied, options.checkpoint)
    training.export(net, SHAPE, options.output, "Ten words, Speech Commands; made by train.py")
    training.note(net, options, arrays[2:], training.two_of_each(*arrays[2:]), scaled, NAMES)
    samples, _ = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 96, np.int16, SCALE)
    np.save(training.beside(options, "calibrate.npy"), samples)


if __name__ == "__main__":
    main()
