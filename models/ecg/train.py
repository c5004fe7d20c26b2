#!/usr/bin/python3
"""Trains the network that tells heart beats apart, and writes ecg.onnx next to this file.

Usage: train.py [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]
"""

import os
import sys

import numpy as np
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import made_up, training  # noqa: E402  (models/common)

CARD = training.card(os.path.join(HERE, "ecg.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]
SHAPE = (1, 3, 128)  # lead MLII in mV; two intervals between beats
SUMS = {
    "x_train": "344ffd8f93c2d9725bd9b2f40cbf72dd6be7cc05a0845d4f56a7d0bd6cf74acd",
    "y_train": "5a83c2580a3307bf3f61219b6389acec16fc9017a95b92b5afb73288094c8b6c",
    "x_test": "e78cb603d23db6af56afd4d5f32be1a11f7e89284225669915239d5268d12ace",
    "y_test": "db4abd5af62c129287ee341fa451f3593b665e3e6165cf2e40aee0385808684d",
}
RECIPE = training.Recipe(epochs=15, batch=256, peak=0.003, weight_decay=0.05, smoothing=0.05,
                         class_weights=(1.0, 3.0, 1.5, 1.0))


def convolution(channels_in, channels_out, size):
    return [nn.Conv1d(channels_in, channels_out, size, padding=size // 2, bias=False),
            nn.BatchNorm1d(channels_out), nn.ReLU(), nn.MaxPool1d(2)]


def network():
    return nn.Sequential(*convolution(3, 12, 7), *convolution(12, 20, 5), *convolution(20, 32, 5),
                         *convolution(32, 32, 3), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.3),
                         nn.Linear(32, len(NAMES)))


def scaled(beats):
    return beats.float() * SCALE


def varied(beats):
    """Another electrode: stronger or weaker, drifting, with noise; intervals a little off."""
    x = scaled(beats)
    count = len(x)
    signal = x[:, 0:1] * (1 + 0.25 * torch.randn(count, 1, 1))
    slope = torch.linspace(-1, 1, x.shape[2])
    signal = signal + 0.1 * torch.randn(count, 1, 1) + 0.05 * torch.randn(count, 1, 1) * slope
    signal = signal + 0.02 * torch.randn_like(signal)
    return torch.cat([signal, x[:, 1:3] + 0.03 * torch.randn(count, 2, 1)], 1)


def steady(x):
    """Both intervals are the same all along a beat."""
    return torch.cat([x[:, 0:1], x[:, 1:3].mean(2, keepdim=True).expand(-1, -1, x.shape[2])], 1)


def main():
    options = training.arguments(__doc__, os.path.join(HERE, "ecg.onnx"), RECIPE)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    net = network()
    training.fit(net, x_train, y_train.long(), RECIPE, varied, options.checkpoint)
    training.export(net, SHAPE, options.output, "Heart beats, MIT-BIH; made by train.py")
    samples, labels = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 80, np.int16, SCALE, steady)
    np.save(training.beside(options, "calibrate.npy"), samples)
    few = 2 * len(NAMES)
    training.note(net, options, arrays[2:], (samples[:few], labels[:few]), scaled, NAMES)


if __name__ == "__main__":
    main()
