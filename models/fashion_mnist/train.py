#!/usr/bin/python3
"""Trains the Fashion-MNIST model and writes fashion_mnist.onnx next to this file.

Usage: train.py [--output FILE.onnx] [--epochs N] [--threads N] [--seed N]

Needs the Debian packages python3-torch, python3-numpy, python3-onnx, dataset-fashion-mnist. The
recipe is fixed beforehand and the last epoch is kept: the test images choose nothing.
"""

import argparse
import os
import time

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

import data  # models/fashion_mnist/data.py

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 128
PEAK_LEARNING_RATE = 0.01
WEIGHT_DECAY = 5e-4


class Net(nn.Module):
    """Three times convolution, ReLU, max pooling; then one fully connected layer."""

    def __init__(self, channels=(12, 20, 40)):
        super().__init__()
        layers = []
        channels_in = 1
        for channels_out in channels:
            layers += [nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
                       nn.BatchNorm2d(channels_out), nn.ReLU(), nn.MaxPool2d(2)]
            channels_in = channels_out
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels_in * 3 * 3, len(data.CLASSES))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))

    def folded(self):
        """The same function with every batch normalisation inside its convolution."""
        result = Net.__new__(Net)
        nn.Module.__init__(result)
        layers = []
        for layer in self.features:
            if isinstance(layer, nn.BatchNorm2d):
                layers[-1] = fuse_conv_bn_eval(layers[-1], layer)
            else:
                layers.append(layer)
        result.features = nn.Sequential(*layers)
        result.classifier = self.classifier
        return result


def load(name):
    images, labels = data.read_split(name)
    x = np.frombuffer(images, np.uint8).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    y = np.frombuffer(labels, np.uint8).astype(np.int64)
    return torch.from_numpy(x), torch.from_numpy(y)


def augment(x):
    """Half of the images mirrored; each moved by up to one pixel in both directions."""
    mirrored = torch.rand(len(x)) < 0.5
    x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
    padded = functional.pad(x, (1, 1, 1, 1))
    dy = torch.randint(0, 3, (len(x), 1, 1))
    dx = torch.randint(0, 3, (len(x), 1, 1))
    rows = torch.arange(28)[None, :, None] + dy
    columns = torch.arange(28)[None, None, :] + dx
    batch = torch.arange(len(x))[:, None, None]
    return padded[batch, 0, rows, columns][:, None]


def accuracy(net, x, y):
    net.eval()
    with torch.no_grad():
        right = sum((net(a).argmax(1) == b).sum().item()
                    for a, b in zip(x.split(500), y.split(500)))
    return 100.0 * right / len(y)


def train(net, x, y, epochs):
    steps = epochs * ((len(y) + BATCH - 1) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK_LEARNING_RATE,
                                  weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, steps)
    start = time.monotonic()
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for batch in torch.randperm(len(y)).split(BATCH):
            optimizer.zero_grad()
            loss = functional.cross_entropy(net(augment(x[batch])), y[batch])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1:2}/{epochs}  loss {total / len(y):.4f}  "
              f"{time.monotonic() - start:.0f} s", flush=True)


def multiplications(net):
    """Multiply-accumulates of one inference, counted from the shapes of the layers run."""
    count = [0]

    def hook(layer, _, output):
        per_value = layer.weight[0].numel()
        count[0] += per_value * output[0].numel()

    handles = [layer.register_forward_hook(hook) for layer in net.modules()
               if isinstance(layer, (nn.Conv2d, nn.Linear))]
    net(torch.zeros(1, 1, 28, 28))
    for handle in handles:
        handle.remove()
    return count[0]


def export(net, path):
    temporary = f"{path}.tmp-{os.getpid()}"
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), temporary, opset_version=13,
                      input_names=["image"], output_names=["scores"])
    model = onnx.load(temporary)
    model.doc_string = "Fashion-MNIST, 28x28 grey pixels divided by 255; made by train.py"
    onnx.checker.check_model(model)
    onnx.save(model, temporary)
    os.replace(temporary, path)
    return sorted({node.op_type for node in model.graph.node})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default=os.path.join(HERE, "fashion_mnist.onnx"))
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    torch.use_deterministic_algorithms(True)
    net = Net()
    train(net, *load("train"), options.epochs)

    net.eval()
    folded = net.folded()
    folded.eval()
    parameters = sum(p.numel() for p in folded.parameters())
    operators = export(folded, options.output)
    print(f"parameters        {parameters}")
    print(f"MACs              {multiplications(folded)}")
    print(f"operators         {', '.join(operators)}")
    print(f"train accuracy    {accuracy(folded, *load('train')):.2f} %")
    print(f"test accuracy     {accuracy(folded, *load('t10k')):.2f} %")


if __name__ == "__main__":
    main()
