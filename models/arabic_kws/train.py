#!/usr/bin/python3
"""Trains the network of 40 Arabic words and writes arabic_kws.onnx next to this file.

Usage: train.py [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]
"""

import os
import sys

import numpy as np
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import made_up, speech, training  # noqa: E402  (models/common)
import mfcc  # noqa: E402  (models/arabic_kws/mfcc.py)

CARD = training.card(os.path.join(HERE, "arabic_kws.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]
SHAPE = (1, 10, 49)  # MFCC, moments
SUMS = {
    "x_train": "14f80057241a48bac769bcdf1debb1725fe833b28a33cd43a72383e01ee9bbd0",
    "y_train": "9bfd8c986688bb206a7a4bcd90b6e9b279bab8853ae677250b7069a8af7802e2",
    "x_test": "a18c0cfe96f384891f5a0178c2020bee4cb5e6b39d8f5f58aef4a64d5802dc94",
    "y_test": "38a544e240c99e3f1cd22047dba12a2f31a08ab97d936ad7502664881a7d7a33",
}
RECIPE = training.Recipe(epochs=30, batch=64, peak=0.004, weight_decay=0.02, smoothing=0.1)


def convolution(channels_in, channels_out, size, groups=1):
    return [nn.Conv1d(channels_in, channels_out, size, padding=size // 2, groups=groups, bias=False),
            nn.BatchNorm1d(channels_out), nn.ReLU()]


def separable(channels, channels_out, size=5):
    """Each channel over time, then all channels at each moment."""
    return [*convolution(channels, channels, size, channels), *convolution(channels, channels_out, 1)]


def network():
    return nn.Sequential(*convolution(10, 64, 5), nn.MaxPool1d(2),
                         *separable(64, 96), *separable(96, 96), nn.MaxPool1d(2),
                         *separable(96, 128), *separable(128, 128),
                         nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(128, len(NAMES)))


def scaled(features):
    return features.float() * SCALE


MEANS, DEVIATIONS = np.array(mfcc.MEANS), np.array(mfcc.DEVIATIONS)
VOICES = speech.warp_matrices(mfcc.band_hz(), mfcc.DCT, DEVIATIONS)
OFFSET = torch.tensor(MEANS / DEVIATIONS, dtype=torch.float32)


def varied(features):
    """Another voice, moment, speed, loudness; noise; up to two coefficients and eight moments missing."""
    x = speech.other_voices(scaled(features), VOICES, OFFSET)
    x = speech.other_moments(x, 5, 0.15)
    count, coefficients, moments = x.shape
    x = x * (1 + 0.1 * torch.randn(count, coefficients, 1)) + 0.2 * torch.randn(count, coefficients, 1)
    x = x + 0.1 * torch.randn_like(x)
    return x * speech.kept(count, coefficients, 2)[:, :, None] * speech.kept(count, moments, 8)[:, None]


def main():
    options = training.arguments(__doc__, os.path.join(HERE, "arabic_kws.onnx"), RECIPE)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    net = network()
    training.fit(net, x_train, y_train.long(), RECIPE, varied, options.checkpoint)
    training.export(net, SHAPE, options.output, "40 words, Arabic Speech Commands; made by train.py")
    inputs, labels = training.two_of_each(*arrays[2:])
    training.note(net, options, arrays[2:], (inputs[::2], labels[::2]), scaled, NAMES)
    samples, _ = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 80, np.int16, SCALE)
    np.save(training.beside(options, "calibrate.npy"), samples)


if __name__ == "__main__":
    main()
