#!/usr/bin/python3
"""Writes what belongs beside fashion_mnist.onnx: float accuracy, a few test pictures, made-up pictures to calibrate with.

Usage: samples.py

Needs what train.py needs, which has to have run.
"""

import argparse
import os
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import data  # noqa: E402  (models/fashion_mnist/data.py)
from common import made_up, training  # noqa: E402  (models/common)

CARD = training.card(os.path.join(HERE, "fashion_mnist.toml"))
NAMES, SCALE = CARD["classes"], CARD["scale"]


def trained(path):
    """The layers of train.py's folded network with the weights of the .onnx, which stand there in the same order."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    layers = []
    for node in onnx.load(path).graph.node:
        if node.op_type in ("Conv", "Gemm"):
            weights, bias = (torch.from_numpy(tensors[name].copy()) for name in node.input[1:3])
            layer = (nn.Conv2d(weights.shape[1], weights.shape[0], 3, padding=1) if node.op_type == "Conv"
                     else nn.Linear(weights.shape[1], weights.shape[0]))
            layer.weight.data, layer.bias.data = weights, bias
            layers.append(layer)
        else:
            layers.append({"Relu": nn.ReLU, "MaxPool": lambda: nn.MaxPool2d(2), "Flatten": nn.Flatten}[node.op_type]())
    return nn.Sequential(*layers)


def read(name):
    images, labels = data.read_split(name)
    return (np.frombuffer(images, np.uint8).reshape(-1, 1, 28, 28).copy(), np.frombuffer(labels, np.uint8).copy())


def scaled(images):
    return images.float() * SCALE


def main():
    options = argparse.Namespace(output=os.path.join(HERE, "fashion_mnist.onnx"))
    torch.manual_seed(1)
    net = trained(options.output)
    test = read("t10k")
    training.note(net, options, test, training.two_of_each(*test), scaled, NAMES)
    x_train = torch.from_numpy(read("train")[0])
    samples, _ = made_up.as_integers(net, scaled(training.some(x_train)), len(NAMES), 60, np.uint8, SCALE)
    np.save(training.beside(options, "calibrate.npy"), samples)


if __name__ == "__main__":
    main()
