"""What the networks of this folder share when they are trained: arrays, loop, export, measures.

Needs the Debian packages python3-torch, python3-numpy and python3-onnx. A recipe is fixed before a run
and the last epoch is kept: test data choose none.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import sys
import time
import tomllib

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional


@dataclasses.dataclass
class Recipe:
    epochs: int
    batch: int
    peak: float             # learning rate at the height of the one-cycle schedule
    weight_decay: float
    sgd: bool = False       # SGD with Nesterov momentum; else AdamW
    smoothing: float = 0.0  # of the labels
    class_weights: tuple = None
    taught: float = 0.0     # what counts of the teacher's word; the rest is the label's


def arguments(document, default_output, recipe):
    parser = argparse.ArgumentParser(description=document.splitlines()[0])
    parser.add_argument("--data", default="data", help="folder that prepare.py has filled")
    parser.add_argument("--output", default=default_output)
    parser.add_argument("--epochs", type=int, default=recipe.epochs)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkpoint", help="file that training goes on from after an interruption")
    options = parser.parse_args()
    recipe.epochs = options.epochs
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    return options


def card(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def read_arrays(folder, sums):
    """The arrays NAME.npy of a folder; `sums` holds the SHA-256 of each one's values."""
    arrays = []
    for name, expected in sums.items():
        path = os.path.join(folder, name + ".npy")
        if not os.path.exists(path):
            sys.exit(f"{path} is missing: see README.md, Data")
        values = np.load(path)
        found = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
        if found != expected:
            print(f"{path}: other values than those that the network here was trained on; the result will differ")
        arrays.append(values)
    return arrays


def predictions(net, inputs, scaled):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(scaled(part)).argmax(1) for part in inputs.split(500)])


def accuracy(net, inputs, labels, scaled):
    return 100 * (predictions(net, inputs, scaled) == labels).float().mean().item()


def targets(teacher, x, labels, share):
    """The labels, or for `share` of it what the teacher thinks of the same x."""
    if teacher is None:
        return labels
    with torch.no_grad():
        thought = functional.softmax(teacher(x), 1)
    return share * thought + (1 - share) * functional.one_hot(labels, thought.shape[1])


def optimizer_of(net, recipe):
    if recipe.sgd:
        return torch.optim.SGD(net.parameters(), lr=recipe.peak, momentum=0.9, nesterov=True,
                               weight_decay=recipe.weight_decay)
    return torch.optim.AdamW(net.parameters(), lr=recipe.peak, weight_decay=recipe.weight_decay)


def fit(net, inputs, labels, recipe, varied, checkpoint=None, more=None, teacher=None):
    """Trains. `varied` makes the network's input of a batch of `inputs`: scaling and variations; `more` adds inputs to a
    batch beforehand; a `teacher` has a say in what is right: recipe.taught of it."""
    steps = (len(labels) + recipe.batch - 1) // recipe.batch
    optimizer = optimizer_of(net, recipe)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.peak, recipe.epochs * steps,
                                                   pct_start=0.25, cycle_momentum=False)
    first = 0
    if checkpoint and os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        torch.set_rng_state(saved["random"])
        first = saved["epoch"]
    weight = None if recipe.class_weights is None else torch.tensor(recipe.class_weights)
    start = time.monotonic()
    for epoch in range(first, recipe.epochs):
        net.train()
        total = 0.0
        for batch in torch.randperm(len(labels)).split(recipe.batch):
            optimizer.zero_grad()
            x, right = more(inputs[batch], labels[batch]) if more else (inputs[batch], labels[batch])
            x = varied(x)
            loss = functional.cross_entropy(net(x), targets(teacher, x, right, recipe.taught), weight=weight,
                                            label_smoothing=recipe.smoothing)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1:2}/{recipe.epochs}  loss {total / len(labels):.4f}  "
              f"{time.monotonic() - start:.0f} s", flush=True)
        if checkpoint:
            torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(),
                        "schedule": schedule.state_dict(), "random": torch.get_rng_state(),
                        "epoch": epoch + 1}, checkpoint + ".tmp")
            os.replace(checkpoint + ".tmp", checkpoint)
    net.eval()


def multiplications(net, shape):
    """Multiply-accumulates of one inference, counted from the shapes of the layers run."""
    count = [0]

    def hook(layer, _, output):
        count[0] += layer.weight[0].numel() * output[0].numel()

    handles = [layer.register_forward_hook(hook) for layer in net.modules()
               if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        net(torch.zeros(shape))
    for handle in handles:
        handle.remove()
    return count[0]


def export(net, shape, path, document):
    """Writes the ONNX file, batch normalisation folded where a convolution stands before it."""
    temporary = f"{path}.tmp-{os.getpid()}"
    net.eval()
    torch.onnx.export(net, torch.zeros(shape), temporary, opset_version=13,
                      input_names=["input"], output_names=["scores"])
    model = onnx.load(temporary)
    model.doc_string = document
    onnx.checker.check_model(model)
    onnx.save(model, temporary)
    os.replace(temporary, path)
    print(f"parameters        {sum(np.prod(t.dims) for t in model.graph.initializer):.0f}")
    print(f"MACs              {multiplications(net, shape)}, padding counted")
    print(f"operators         {', '.join(sorted({node.op_type for node in model.graph.node}))}")


def beside(options, kind):
    """NAME.kind beside NAME.onnx."""
    return os.path.splitext(options.output)[0] + "." + kind


def note(net, options, test, few, scaled, names):
    """Prints accuracy and recalls over `test`, and keeps them for tools/zoo.py in NAME.figures.json, with how many of
    the `few` inputs are named rightly; writes those. Both are pairs of raw inputs and labels."""
    inputs, labels = (torch.from_numpy(values) for values in test)
    right = (predictions(net, inputs, scaled) == labels).float()
    recalls = {name: round(100 * right[labels == index].mean().item(), 2) for index, name in enumerate(names)}
    inputs_right = (predictions(net, torch.from_numpy(few[0]), scaled) == torch.from_numpy(few[1])).sum().item()
    figures = {"float": {"accuracy": round(100 * right.mean().item(), 2), "samples": len(labels), "recalls": recalls,
                         "inputs_right": inputs_right}}
    with open(beside(options, "figures.json"), "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1, ensure_ascii=False)
        file.write("\n")
    np.save(beside(options, "inputs.npy"), few[0])
    np.save(beside(options, "labels.npy"), few[1])
    print(f"test accuracy     {figures['float']['accuracy']:.2f} % of {len(labels)}; {inputs_right} of the "
          f"{len(few[1])} inputs that are passed on")
    for name, recall in recalls.items():
        print(f"  recall of {name:16} {recall:6.2f} %")


def two_of_each(inputs, labels):
    """The first two of each class, for where the licence lets them be passed on."""
    chosen = np.concatenate([np.flatnonzero(labels == label)[:2] for label in np.unique(labels)])
    return inputs[chosen], labels[chosen]


def some(inputs, count=500):
    """A few of the training inputs, from all over."""
    return inputs[::max(1, len(inputs) // count)]
