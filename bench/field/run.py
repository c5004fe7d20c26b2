#!/usr/bin/env python3
"""What users bring, held against what is right: `bench/field/run.py [cases|models|recordings|sizes|head_room ...]`.

Needs build/release/dynbal (or --program). Data are optional, and what is missing is said: the small inputs of
$DYNBAL_SHARED/cases, the network or --models FOLDER for public models, onnxruntime-node (npm) for their right answers."""
import argparse
import os
import pathlib
import sys

import cases
import head_room
import models
import recordings
import sizes
from tools import Program

PARTS = {"cases": cases.run, "recordings": recordings.run, "sizes": sizes.run, "models": models.run,
         "head_room": head_room.run}


def main():
    repository = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all, if none is named")
    parser.add_argument("--program", default=repository / "build/release/dynbal", type=pathlib.Path)
    parser.add_argument("--models", type=pathlib.Path, help="a folder of .onnx files, instead of the public ones")
    parser.add_argument("--data", type=pathlib.Path, help="data sets of the networks in models/, a folder for each")
    parser.add_argument("--onnxruntime", type=pathlib.Path, help="the folder in which npm put node_modules")
    options = parser.parse_args()
    if not options.program.exists():
        sys.exit(f"{options.program} is missing; ./dev build makes it, --program names another")
    options.repository = repository
    options.shared = pathlib.Path(os.environ.get("DYNBAL_SHARED", repository.parent / "shared"))
    program = Program(options.program)
    good = [PARTS[part](program, options) for part in options.parts or PARTS]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
