#!/usr/bin/python3
"""Trains the CIFAR-10 network, a SqueezeNet of 3.9 M MACs, and writes cifar10.onnx next to this file.

Usage: train.py [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]
"""

import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from common import made_up, training  # noqa: E402  (models/common)

CARD = training.card(os.path.join(HERE, "cifar10.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]
SHAPE = (1, 3, 32, 32)
SUMS = {
    "x_train": "eca018082916537edd231346a571983e8bc3cf9f0ea78e719126cc82123dbc39",
    "y_train": "6c85ea9b2a4030c90f6e2d37b875b19a63468a3f9d7b589d31a7a63b071ea012",
    "x_test": "3768129026d8ac7b29d7e4d8bc566224bd3e07aefa3d596c28c2a76283599190",
    "y_test": "3c23516efa5ec10a5e1127d82ed8f93ac84f6a3c7a721bc81c7c1aeed64736d5",
}
RECIPE = training.Recipe(epochs=18, batch=128, peak=0.1, weight_decay=3e-4, sgd=True)
AGAIN = training.Recipe(epochs=10, batch=128, peak=0.03, weight_decay=3e-4, sgd=True)


def convolution(channels_in, channels_out, size):
    return [nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=False),
            nn.BatchNorm2d(channels_out), nn.ReLU()]


class Fire(nn.Module):
    """SqueezeNet's module: few channels, then a convolution 1x1 and one 3x3 of them side by side."""

    def __init__(self, channels_in, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Sequential(*convolution(channels_in, squeezed, 1))
        self.point = nn.Sequential(*convolution(squeezed, expanded, 1))
        self.square = nn.Sequential(*convolution(squeezed, expanded, 3))
        self.bypass = channels_in == 2 * expanded

    def forward(self, x):
        squeezed = self.squeeze(x)
        expanded = torch.cat([self.point(squeezed), self.square(squeezed)], 1)
        return x + expanded if self.bypass else expanded


def squeezenet():
    return nn.Sequential(
        *convolution(3, 16, 3), nn.MaxPool2d(2),
        Fire(16, 14, 32), nn.MaxPool2d(2),
        Fire(64, 24, 48), Fire(96, 20, 48), nn.MaxPool2d(2),
        Fire(96, 28, 64), Fire(128, 28, 64),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


def scaled(images):
    return images.float() * SCALE


def varied(images):
    """Half of the images mirrored; each moved by up to two pixels in both directions."""
    x = scaled(images)
    mirrored = torch.rand(len(x)) < 0.5
    x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
    padded = functional.pad(x, (2, 2, 2, 2))
    rows = torch.arange(32)[None, :, None] + torch.randint(0, 5, (len(x), 1, 1))
    columns = torch.arange(32)[None, None, :] + torch.randint(0, 5, (len(x), 1, 1))
    moved = padded[torch.arange(len(x))[:, None, None], :, rows, columns]
    return moved.permute(0, 3, 1, 2)  # channels last in memory: what convolutions like


def main():
    options = training.arguments(__doc__, os.path.join(HERE, "cifar10.onnx"), RECIPE)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    net = squeezenet().to(memory_format=torch.channels_last)
    for part, recipe in (("", RECIPE), (".again", AGAIN)):
        checkpoint = options.checkpoint and options.checkpoint + part
        training.fit(net, x_train, y_train.long(), recipe, varied, checkpoint)
    training.export(net, SHAPE, options.output, "CIFAR-10, RGB pixels divided by 255; made by train.py")
    samples, labels = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 50, np.uint8, SCALE)
    np.save(training.beside(options, "calibrate.npy"), samples)
    few = len(NAMES)
    training.note(net, options, arrays[2:], (samples[:few], labels[:few]), scaled, NAMES)


if __name__ == "__main__":
    main()
