#!/usr/bin/python3
"""Trains a keyword network, kws_dnn or kws_ds_cnn, and writes its .onnx next to this file.

Usage: train.py dnn|ds_cnn [--data FOLDER] [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]

Both learn from the clips and from a larger network, their teacher, which is trained first: FOLDER/teacher.pt.
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
RECIPES = {"teacher": training.Recipe(epochs=30, batch=128, peak=0.004, weight_decay=0.05, smoothing=0.1),
           "dnn": training.Recipe(epochs=60, batch=128, peak=0.004, weight_decay=0.02, taught=0.7),
           "ds_cnn": training.Recipe(epochs=40, batch=128, peak=0.006, weight_decay=0.02, taught=0.7)}
AGAIN = {"dnn": training.Recipe(epochs=30, batch=128, peak=0.0015, weight_decay=0.02, taught=0.7)}


def dense(values_in, values_out):
    return [nn.Linear(values_in, values_out, bias=False), nn.BatchNorm1d(values_out), nn.ReLU()]


def dnn():
    return nn.Sequential(nn.Flatten(), *dense(220, 384), nn.Dropout(0.1), *dense(384, 256), nn.Dropout(0.1),
                         *dense(256, 128), nn.Linear(128, len(NAMES)))


def convolution(channels_in, channels_out, size, groups=1):
    return [nn.Conv1d(channels_in, channels_out, size, padding=size // 2, groups=groups, bias=False),
            nn.BatchNorm1d(channels_out), nn.ReLU()]


def separable(channels):
    """Each channel over time, then all channels at each moment."""
    return [*convolution(channels, channels, 3, channels), *convolution(channels, channels, 1)]


def classifier(channels):
    return [nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels, len(NAMES))]


def ds_cnn(channels=144):
    return nn.Sequential(*convolution(20, channels, 3), *separable(channels), *separable(channels),
                         *separable(channels), *separable(channels), *classifier(channels))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.change = nn.Sequential(*convolution(channels, channels, 3), *convolution(channels, channels, 3)[:2])

    def forward(self, x):
        return torch.relu(x + self.change(x))


def teacher(channels=128):
    return nn.Sequential(*convolution(20, channels, 3), Residual(channels), Residual(channels), nn.Dropout(0.1),
                         Residual(channels), Residual(channels), *classifier(channels))


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


def turned_round(features, labels):
    """Words from their end to their beginning; "no" and "on" would become one another."""
    fit = labels > UNKNOWN
    for name in ("no", "on"):
        fit &= labels != NAMES.index(name)
    return features[fit].flip(2)


def joined(features, labels):
    """Beginnings of words with ends of other ones, one fading into the other."""
    other = torch.randperm(len(labels))
    differ = (labels != labels[other]) & (labels > 0) & (labels[other] > 0)
    one, other = features[differ], features[other][differ]
    middle = 3 + 5 * torch.rand(len(one), 1, 1)
    share = ((torch.arange(SHAPE[2])[None, None] - middle) / 2 + 0.5).clamp(0, 1)
    return one * (1 - share) + other * share


def with_nonsense(features, labels, share=0.1):
    """More unknown words, made of the known ones: they have to be heard from end to end."""
    features = features.float()
    count = int(share * len(labels))
    made = torch.cat([turned_round(features, labels)[:count], joined(features, labels)[:count]])
    return torch.cat([features, made]), torch.cat([labels, torch.full((len(made),), UNKNOWN, dtype=labels.dtype)])


def trained_teacher(options, pairs):
    path = os.path.join(options.data, "teacher.pt")
    net = teacher()
    if os.path.exists(path):
        net.load_state_dict(torch.load(path))
        return net.eval()
    training.fit(net, *pairs, RECIPES["teacher"], varied, path + ".part", with_nonsense)
    torch.save(net.state_dict(), path)
    return net


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("dnn", "ds_cnn"):
        sys.exit(__doc__.strip())
    kind = sys.argv.pop(1)
    recipe = RECIPES[kind]
    options = training.arguments(__doc__, os.path.join(HERE, f"kws_{kind}.onnx"), recipe)
    arrays = training.read_arrays(options.data, SUMS)
    x_train, y_train = (torch.from_numpy(values) for values in arrays[:2])
    pairs = (x_train, y_train.long())
    master = trained_teacher(options, pairs)
    print(f"teacher's test accuracy {training.accuracy(master, *map(torch.from_numpy, arrays[2:]), scaled):.2f} %")
    net = {"dnn": dnn, "ds_cnn": ds_cnn}[kind]()
    training.fit(net, *pairs, recipe, varied, options.checkpoint, with_nonsense, master)
    if kind in AGAIN:
        checkpoint = options.checkpoint and options.checkpoint + ".again"
        training.fit(net, *pairs, AGAIN[kind], varied, checkpoint, with_nonsense, master)
    training.export(net, SHAPE, options.output, "Ten words, Speech Commands; made by train.py")
    training.note(net, options, arrays[2:], training.two_of_each(*arrays[2:]), scaled, NAMES)
    samples, _ = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 96, np.int16, SCALE)
    np.save(training.beside(options, "calibrate.npy"), samples)


if __name__ == "__main__":
    main()
