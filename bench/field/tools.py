"""What the measurements of this folder share."""
import json
import random
import struct
import subprocess
import tempfile
import tomllib


class Program:
    def __init__(self, path):
        self.path = path
        self.folder = tempfile.TemporaryDirectory(prefix="dynbal_field_")

    def file(self, name):
        return f"{self.folder.name}/{name}"

    def call(self, *arguments):
        """(exit code, what --json gave or {}, what was said beside it)"""
        words = [str(self.path), *map(str, arguments), "--json"]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
        try:
            return done.returncode, json.loads(done.stdout), done.stderr.strip()
        except ValueError:
            return done.returncode, {}, done.stderr.strip()


def zoo(program, options, name):
    """(image, input, error) of a network of `dynbal zoo`"""
    folder, image = program.file(name), program.file(f"{name}.dynbal")
    card = tomllib.loads((options.repository / f"models/{name}/{name}.toml").read_text(encoding="utf-8"))
    code, _, said = program.call("zoo", name, "-o", folder)
    if code == 0:
        code, _, said = program.call("compile", f"{folder}/{name}.onnx", "-o", image, "--calibrate",
                                     f"{folder}/calibrate.npy", "--scale", card.get("scale", 1))
    return image, f"{folder}/inputs.npy@0", said if code != 0 else ""


def write_npy(path, shape, values):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},)}}"
    header = text.encode().ljust(117) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        file.write(struct.pack(f"<{len(values)}f", *values))


def random_values(count, seed):
    generator = random.Random(seed)
    return [generator.gauss(0, 1) for _ in range(count)]


def share_of_range(got, right):
    """The largest difference as a share of the largest value; of what is right the first values are enough."""
    most = max(max(map(abs, right)), max(map(abs, got)), 1e-9)
    return max(abs(a - b) for a, b in zip(got, right)) / most


def line(good, name, text):
    print(f"{'ok    ' if good else 'WRONG '} {name}: {text}", flush=True)
    return good
