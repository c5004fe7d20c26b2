"""Inputs that no data set holds: made from a trained network, to calibrate and try it without its data.

Each begins as noise and is moved, by the gradient, to where the network names the class that it is made for, and
where the mean and the spread of every layer's sums are those over the training data. So all tensors get the ranges
that real inputs give them, which is what calibration asks for.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear)
STEPS = 300


class Statistics:
    """Mean and spread of each layer's sums, channel by channel, of the last batch that went through."""

    def __init__(self, net):
        self.now = {}
        layers = [layer for layer in net.modules() if isinstance(layer, LAYERS)]
        self.handles = [layer.register_forward_hook(self.hook) for layer in layers[:-1]]

    def hook(self, layer, _, output):
        axes = [axis for axis in range(output.dim()) if axis != 1]
        self.now[layer] = (output.mean(axes), output.std(axes, unbiased=False))

    def close(self):
        for handle in self.handles:
            handle.remove()


def wanted_statistics(net, statistics, inputs):
    with torch.no_grad():
        net(inputs)
    return {layer: (mean.detach(), spread.detach()) for layer, (mean, spread) in statistics.now.items()}


def distance(now, wanted):
    """How far the statistics are off, in spreads."""
    total = 0.0
    for layer, (mean, spread) in wanted.items():
        unit = spread.mean() + 1e-3
        total = total + (((now[layer][0] - mean) / unit) ** 2).mean() + (((now[layer][1] - spread) / unit) ** 2).mean()
    return total / len(wanted)


def made_up(net, real, classes, count, limits, held=lambda x: x):
    """`count` inputs, the classes by turns, and their classes. `real`: a few hundred training inputs, of which only
    means and spreads are taken; `limits`: of an input's values; `held`: what all inputs of the task have in common."""
    net.eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    statistics = Statistics(net)
    wanted = wanted_statistics(net, statistics, real)
    mean, spread = real.mean((0, *range(2, real.dim())), keepdim=True), real.std((0, *range(2, real.dim())), keepdim=True)
    labels = torch.arange(count) % classes
    x = torch.randn(count, *real.shape[1:]).mul_(0.3).requires_grad_(True)
    optimizer = torch.optim.Adam([x], lr=0.05)
    for _ in range(STEPS):
        optimizer.zero_grad()
        inputs = held((x * spread + mean).clamp(*limits))
        scores = net(inputs)
        loss = functional.cross_entropy(scores, labels) + 5 * distance(statistics.now, wanted)
        loss.backward()
        optimizer.step()
    statistics.close()
    with torch.no_grad():
        inputs = held((x * spread + mean).clamp(*limits))
        right = (net(inputs).argmax(1) == labels).float().mean().item()
        print(f"made-up inputs    {count}, {100 * right:.0f} % named as meant, statistics "
              f"{distance(statistics.now, wanted):.3f} spreads off")
    return inputs, labels.numpy().astype(np.uint8)


def as_integers(net, real, classes, count, kind, scale, held=lambda x: x):
    """The same as whole numbers, as raw inputs are; `kind`: their type."""
    limits = np.iinfo(kind)
    inputs, labels = made_up(net, real, classes, count, (limits.min * scale, limits.max * scale), held)
    return np.rint(inputs.numpy() / scale).clip(limits.min, limits.max).astype(kind), labels
