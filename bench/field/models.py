"""Public networks: compiled with 40 random inputs, then 20 others held against onnxruntime. Without it the compiler's own comparison
with the float network counts."""
import json
import os
import pathlib
import struct
import subprocess
import urllib.error
import urllib.request

from tools import line, random_values, write_npy

CALIBRATE, HELD = 40, 20
NEEDED = 20  # of 26
HERE = pathlib.Path(__file__).resolve().parent
# Some have more weights than the boards have memory.
LARGE = 'base = "msp432p401r"\nname = "large"\ntitle = "Large memories"\n[limits]\nnvm_kib = 8192\n'


def fetched(folder):
    """Paths of the public models; those that cannot be fetched are named and left out."""
    paths = []
    for text in (HERE / "models.txt").read_text(encoding="utf-8").split("\n"):
        if not text or text.startswith("#"):
            continue
        where, *files = text.split()
        repository, _, branch = where.partition("@")
        to = pathlib.Path(folder) / repository.replace("/", "+")
        for file in files:
            path = to / file
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            url = f"https://raw.githubusercontent.com/{repository}/{branch or 'HEAD'}/{file}"
            try:
                with urllib.request.urlopen(url, timeout=20) as answer:
                    path.write_bytes(answer.read())
            except (urllib.error.URLError, OSError) as error:
                print(f"missing {repository}/{file}: {error}")
        if (to / files[0]).exists():
            paths.append(to / files[0])
    return paths


class Onnxruntime:
    def __init__(self, program, folder):
        self.program = program
        self.environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")} if folder else None

    def answers(self, model, values, dims):
        """A list of values for each sample; None if it does not run here."""
        if self.environment is None:
            return None
        inputs, out = self.program.file("inputs.f32"), self.program.file("answers.json")
        pathlib.Path(inputs).write_bytes(struct.pack(f"<{len(values)}f", *values))
        words = ["node", HERE / "onnxruntime.js", model, inputs, ",".join(map(str, dims)), out]
        done = subprocess.run(list(map(str, words)), env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"       onnxruntime: {done.stderr.strip()[:200]}")
            return None
        return json.loads(pathlib.Path(out).read_text(encoding="utf-8"))


def measure(program, runtime, model):
    """(does it compile, does it agree)"""
    name = "/".join(model.parts[-3:])
    device = program.file("large.toml")
    pathlib.Path(device).write_text(LARGE, encoding="utf-8")
    code, said_of_model, said = program.call("inspect", model, "--device", device)
    if code != 0:
        return line(True, name, "refused: " + said.replace(str(model), "")[:400]), False, False
    dims = said_of_model["input_dims"]
    size = 1
    for dim in dims:
        size *= dim
    values = random_values((CALIBRATE + HELD) * size, 1)
    inputs = values[CALIBRATE * size:]
    write_npy(program.file("calibrate.npy"), [CALIBRATE, *dims[1:]], values[:CALIBRATE * size])
    write_npy(program.file("inputs.npy"), [HELD, *dims[1:]], inputs)
    image = program.file("model.dynbal")
    code, answer, said = program.call("compile", model, "-o", image, "--calibrate", program.file("calibrate.npy"),
                                      "--device", device)
    if code != 0:
        return line(True, name, "refused: " + said.replace(str(model), "")[:400]), False, False
    right = runtime.answers(model, inputs, dims)
    if right is None:
        own = answer["against_float"]
        same = own.get("same_class", own["samples"])
        agrees = same == own["samples"]
        return line(agrees, name, f"same class as the float network {same} of {own['samples']}"), True, agrees
    same, worst, gap = 0, 0, 0
    most = max(max(map(abs, wanted)) for wanted in right)
    for index, wanted in enumerate(right):
        _, got, said = program.call("run", image, "--input", f"{program.file('inputs.npy')}@{index}")
        if "output" not in got:
            return line(False, name, said), True, False
        worst = max(worst, max(abs(a - b) for a, b in zip(got["output"], wanted)) / most)
        # Where two classes are the same to six digits, either is right.
        behind = (max(wanted) - wanted[got["argmax"]]) / most
        same += behind <= 1e-6
        gap = max(gap, behind)
    other = "" if same == HELD else f", the class taken instead {100 * gap:.3f} % of the range behind"
    return line(same == HELD, name, f"same class {same} of {HELD}, worst {100 * worst:.3f} % of the range{other}"), True, same == HELD


def run(program, options):
    paths = sorted(options.models.rglob("*.onnx")) if options.models else fetched(options.repository / "build/field")
    if not options.onnxruntime:
        print("models: --onnxruntime is not given, so the compiler's own float network is what they are held against")
    if not paths:
        print("models: none is here, and the network gave none")
        return True
    runtime = Onnxruntime(program, options.onnxruntime)
    results = [measure(program, runtime, path) for path in paths]
    compiled, agree = sum(result[1] for result in results), sum(result[2] for result in results)
    print(f"models: {compiled} of {len(paths)} compile, {agree} agree ({NEEDED} are needed of 26)")
    return agree >= min(NEEDED, len(paths)) and all(result[0] for result in results)
