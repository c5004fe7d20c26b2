#!/usr/bin/python3
"""Trains the network that names what a person does, and writes har.onnx next to this file.

Usage: train.py [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]
"""

import math
import os
import sys

import numpy as np
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import made_up, training  # noqa: E402  (models/common)

CARD = training.card(os.path.join(HERE, "har.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]
SHAPE = (1, 9, 128)
SUMS = {
    "x_train": "a9297f748c8c59b64271fb3e8eded37db4a9e0c36e337c01da3a89d6f747cd52",
    "y_train": "fb765ccc4ebb2eff7f868a8a39121488ada16b410d646c455cba88576dd44fe9",
    "x_test": "1ed1d6ae8d74f0c103536071029b0d54e727189109fb54534c0125f1a3dcbe4f",
    "y_test": "719d9b740652ccb1ad4d271b4c2889a4093144bf155ed29473acf1eda2172a47",
}
RECIPE = training.Recipe(epochs=25, batch=128, peak=0.004, weight_decay=0.02, smoothing=0.05)


def convolution(channels_in, channels_out, size):
    return [nn.Conv1d(channels_in, channels_out, size, padding=size // 2, bias=False),
            nn.BatchNorm1d(channels_out), nn.ReLU()]


def network():
    return nn.Sequential(
        *convolution(9, 24, 5), nn.MaxPool1d(2),
        *convolution(24, 32, 5), nn.MaxPool1d(2),
        *convolution(32, 48, 3), nn.MaxPool1d(2),
        *convolution(48, 48, 3),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(48, len(NAMES)))


def scaled(windows):
    return windows.float() * SCALE


def rotations(count, degrees):
    """Random rotations by up to so many degrees about each axis: [count][3][3]."""
    angles = (torch.rand(3, count) * 2 - 1) * math.radians(degrees)
    result = torch.eye(3).repeat(count, 1, 1)
    for axis, angle in enumerate(angles):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn = torch.eye(3).repeat(count, 1, 1)
        turn[:, one, one] = turn[:, other, other] = torch.cos(angle)
        turn[:, one, other], turn[:, other, one] = -torch.sin(angle), torch.sin(angle)
        result = turn @ result
    return result


def varied(windows):
    """The telephone sits otherwise in the pocket, the person moves more or less strongly."""
    x = scaled(windows)
    count = len(x)
    x = (rotations(count, 30)[:, None] @ x.view(count, 3, 3, 128)).view(count, 9, 128)
    strength = 1 + 0.15 * torch.randn(count, 1, 1)
    gravity = x[:, 6:9] - x[:, 0:3]
    moving = x[:, 0:6] * strength
    x = torch.cat([moving, moving[:, 0:3] + gravity], 1)
    return x + 0.01 * torch.randn_like(x)


def with_gravity(x):
    """Total acceleration is that of the body and a gravity that stays within a window."""
    gravity = (x[:, 6:9] - x[:, 0:3]).mean(2, keepdim=True)
    return torch.cat([x[:, 0:6], x[:, 0:3] + gravity], 1)


def main():
    options = training.arguments(__doc__, os.path.join(HERE, "har.onnx"), RECIPE)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    net = network()
    training.fit(net, x_train, y_train.long(), RECIPE, varied, options.checkpoint)
    training.export(net, SHAPE, options.output, "Activity of a person, MotionSense; made by train.py")
    training.note(net, options, arrays[2:], training.two_of_each(*arrays[2:]), scaled, NAMES)
    samples, _ = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 60, np.int16, SCALE, with_gravity)
    np.save(training.beside(options, "calibrate.npy"), samples)


if __name__ == "__main__":
    main()
