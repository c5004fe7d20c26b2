"""The small inputs of ../shared/cases: each gives onnxruntime's values within 1 % of their range, or the error that is stated here."""
import json
import os

from tools import line, share_of_range

# What is refused or answered otherwise: folder, file -> how, and a text that the error has.
TRACES = [("trace-empty-cell-shifts-columns", "r_missing.csv", "r_missing.csv:3"),
          ("trace-empty-cell-shifts-columns", "r_ok.csv", None),
          ("trace-pandas-index-shifts-columns", "r_index.csv", None),
          ("trace-voltage-and-current", "r_vi.csv", None),
          ("hdf5-one-byte-changed", "f.h5", "f.h5")]
POWER = {"r_ok.csv": 1e-3, "r_index.csv": 1e-3, "r_vi.csv": 2e-3}


def compiled(program, model, calibrate):
    """The image of the model, with the output named that holds classes where there are several."""
    arguments = ["compile", model, "-o", program.file("case.dynbal"), "--calibrate", calibrate]
    code, _, said = program.call(*arguments)
    if "choose one with --output: " in said:
        names = said.split("choose one with --output: ")[1].split("\n")[0].split(", ")
        code, _, said = program.call(*arguments, "--output", names[0])
    return (program.file("case.dynbal") if code == 0 else None), said


def network(program, model, expected):
    folder = model.parent
    inputs = folder / expected["input"].split()[0]
    image, said = compiled(program, model, inputs)
    name = f"{folder.name}/{model.name}"
    if image is None:
        return line(False, name, said)
    worst = 0
    for index, right in enumerate(expected["onnxruntime_1.30"]):
        _, answer, said = program.call("run", image, "--input", f"{inputs}@{index}")
        if "output" not in answer:
            return line(False, name, said)
        worst = max(worst, share_of_range(answer["output"], right))
    return line(worst < 0.01, name, f"{100 * worst:.3f} % of the range")


def others(program, folder):
    """Networks without stated values: compiled, and held against the float network by the compiler."""
    good = []
    for name, calibrate in [("concat-scales", "cal.npy"), ("pad-conv-same", "cal.npy"), ("price-saturation", "x.npy"),
                            ("insured-row-9pct", "x.npy"), ("need-limit-never-lifted", "x.npy")]:
        path = folder / name
        code, answer, said = program.call("compile", path / "m.onnx", "-o", program.file("case.dynbal"), "--calibrate",
                                          path / calibrate)
        error = answer.get("against_float", {}).get("output_largest_error", 1)
        warned = "scale" in said
        good.append(line(code == 0 and (error < 0.02 or warned), name,
                         f"{100 * error:.3f} % against the float network{', warned of' if warned else ''}"
                         if code == 0 else said))
    return all(good)


def traces(program, folder):
    good = []
    for name, file, error in TRACES:
        code, answer, said = program.call("trace", folder / name / file)
        if error is not None:
            good.append(line(code == 2 and error in said, f"{name}/{file}", said.split("\n")[-1]))
        else:
            mean = answer.get("mean_w", 0)
            good.append(line(code == 0 and abs(mean / POWER[file] - 1) < 0.01, f"{name}/{file}",
                             f"{1000 * mean:.4g} mW on average" if code == 0 else said))
    return all(good)


def run(program, options):
    folder = options.shared / "cases"
    if not folder.is_dir():
        print(f"cases: {folder} is missing; DYNBAL_SHARED names the folder that holds it")
        return True
    good = []
    for path in sorted(folder.glob("*/expected.json")):
        for name, expected in json.loads(path.read_text(encoding="utf-8")).items():
            if name.endswith(".onnx") and "onnxruntime_1.30" in expected and os.path.exists(path.parent / name):
                good.append(network(program, path.parent / name, expected))
    return all([*good, others(program, folder), traces(program, folder)])
