#!/usr/bin/env python3
"""Measures the networks of models/, and keeps their figures and the tables of their README.md true.

Usage: tools/zoo.py --check [--program FILE]          are the sizes and the tables what the program gives?
       tools/zoo.py --write [--program FILE]          makes them so
       tools/zoo.py --measure NAME DATA [--program FILE]   also the accuracies over the whole test set, which
                                                      models/*/prepare.py has written into the folder DATA

Figures are kept in models/*/NAME.figures.json, from where the program has them.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTHS = ["int16", "int8"]
SIZES = {"image_bytes": "image, bytes", "nvm_bytes": "NVM in all, bytes", "sram_bytes": "SRAM, bytes"}


def run(program, *words):
    done = subprocess.run([program, *map(str, words), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"dynbal {' '.join(map(str, words))} failed:\n{done.stderr}")
    return json.loads(done.stdout)


class Network:
    def __init__(self, card):
        self.card = card
        self.name = card.stem
        self.scale = tomllib.loads(card.read_text(encoding="utf-8"))["scale"]
        self.figures_file = self.file("figures.json")
        self.figures = json.loads(self.figures_file.read_text(encoding="utf-8"))

    def file(self, kind):
        return self.card.with_name(f"{self.name}.{kind}")

    def compile(self, program, weights, image, samples=None):
        run(program, "compile", self.file("onnx"), "-o", image, "--weights", weights, "--scale", self.scale,
            "--calibrate", samples or self.file("calibrate.npy"))
        return run(program, "inspect", image)

    def sizes(self, program, folder):
        """What the program says of the network, as in the figures."""
        found = {}
        for weights in WIDTHS:
            facts = self.compile(program, weights, folder / "image")
            found["macs"] = facts["ideal_macs"]
            found[weights] = {size: facts[size] for size in SIZES}
        return found

    def measure(self, program, folder, data):
        for weights in WIDTHS:
            figures = self.figures.setdefault(weights, {})
            for key, samples in (("accuracy", None), ("accuracy_calibrated_with_data", data / "calibrate.npy")):
                self.compile(program, weights, folder / "image", samples)
                score = run(program, "evaluate", folder / "image", "--inputs", data / "x_test.npy",
                            "--labels", data / "y_test.npy")
                figures[key] = round(100 * score["accuracy"], 2)
                print(f"{self.name}, {weights}, {key}: {figures[key]} % of {score['samples']}", flush=True)

    def table(self):
        figures = self.figures
        count = figures["float"]["samples"]
        lines = ["| | float | int16 weights | int8 weights |", "|---|---:|---:|---:|",
                 f"| accuracy, % of {count:,} | {figures['float']['accuracy']:.2f} | "
                 + " | ".join(f"{figures[weights]['accuracy']:.2f}" for weights in WIDTHS) + " |",
                 "| calibrated with 200 training inputs | | "
                 + " | ".join(f"{figures[weights]['accuracy_calibrated_with_data']:.2f}" for weights in WIDTHS) + " |",
                 f"| MACs, padding counted | {figures['macs']:,} | | |"]
        for size, title in SIZES.items():
            lines.append(f"| {title} | | " + " | ".join(f"{figures[weights][size]:,}" for weights in WIDTHS) + " |")
        return "\n".join(lines) + "\n"

    def recalls(self):
        recalls = self.figures["float"]["recalls"]
        return (f"| {' | '.join(recalls)} |\n|{'---:|' * len(recalls)}\n"
                f"| {' | '.join(f'{recall:.2f} %' for recall in recalls.values())} |\n")

    def readme(self):
        """Path of the README.md, its text, and its text with the table as it should be."""
        path = self.card.with_name("README.md")
        text = path.read_text(encoding="utf-8")
        wanted = text
        for kind, made in (("figures", self.table()), ("recalls", self.recalls())):
            marks = re.compile(rf"(<!-- {kind} {self.name} -->\n).*?(<!-- /{kind} -->)", re.DOTALL)
            if kind == "figures" and not marks.search(text):
                sys.exit(f"{path} has no place for the figures of {self.name}")
            wanted = marks.sub(lambda match, made=made: match[1] + made + match[2], wanted)
        return path, text, wanted


def merged(figures, sizes):
    result = {**figures, "macs": sizes["macs"]}
    for weights in WIDTHS:
        result[weights] = {**figures.get(weights, {}), **sizes[weights]}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/dynbal"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "DATA"))
    options = parser.parse_args()
    stale = []
    for file in sorted(ROOT.glob("models/*/*.figures.json")):
        network = Network(file.with_name(file.name.replace(".figures.json", ".toml")))
        if options.measure and network.name != options.measure[0]:
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            if options.measure:
                network.measure(options.program, folder, pathlib.Path(options.measure[1]))
            figures = merged(network.figures, network.sizes(options.program, folder))
        if options.check and figures != network.figures:
            stale.append(f"models/{network.card.parent.name}/{network.name}.figures.json")
        network.figures = figures
        path, text, wanted = network.readme()
        if options.check and text != wanted:
            stale.append(f"models/{network.card.parent.name}/README.md")
        if options.write or options.measure:
            network.figures_file.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            path.write_text(wanted, encoding="utf-8")
    if stale:
        sys.exit(f"not what the program gives: {', '.join(stale)}; run tools/zoo.py --write")


if __name__ == "__main__":
    main()
