#!/usr/bin/env python3
"""DynBal from Python, from a network to a table; a test runs it.

Give it a folder to work in: tour.py FOLDER. It needs the program `dynbal` for the example network, and the module.
"""
import pathlib
import subprocess
import sys

import numpy

import dynbal

folder = pathlib.Path(sys.argv[1])
subprocess.run(["dynbal", "zoo", "har", "-o", folder / "har"], check=True)
samples = numpy.load(folder / "har/calibrate.npy")
inputs = numpy.load(folder / "har/inputs.npy")
labels = numpy.load(folder / "har/labels.npy")

# 1. Compile. Calibration inputs are an array; progress may be a bar (True) or a function.
shares = []
image = dynbal.compile(folder / "har/har.onnx", calibrate=samples, scale=1 / 2048, weights="int8", progress=shares.append)
print(image)
assert shares[-1] == 1.0
facts = image.inspect()
print("least energy of a power cycle:", facts["least_units_per_cycle"], "units;", len(facts["stages"]), "stages")

# 2. Run all inputs on steady power.
answers = [int(numpy.argmax(image.run(x).output)) for x in inputs]
print("right:", sum(int(a == b) for a, b in zip(answers, labels)), "of", len(labels))

# 3. A supply that fails changes the cost and not one bit of the answer.
steady = image.run(inputs[0])
for supply in ("power:4mW", "budget:60000", "random:7,900,3000"):
    result = image.simulate(inputs[0], supply=supply)
    assert result["completed"] and numpy.array_equal(result.raw, steady.raw)
    print(f"{supply}: {result['power_cycles']} power cycles, {result['latency_s']:.2f} s, {1e3 * result['energy_j']:.2f} mJ")

# 4. A sweep: rows for pandas (pandas.DataFrame(rows)), or as they are.
rows = dynbal.sweep({"har": image}, supplies=["power:2mW", "power:4mW", "power:8mW"], policies=["fixed", "best"],
                    repetitions=3, folder=folder / "rows")
for row in rows:
    print(row["supply"], row["policy"], f"{row['latency_s'] / row['completed']:.2f} s an inference")
assert len(rows) == 6 and all(row["outcome"] == "completed" for row in rows)
again = dynbal.sweep({"har": image}, supplies=["power:2mW", "power:4mW", "power:8mW"], policies=["fixed", "best"],
                     repetitions=3, folder=folder / "rows")
assert again == rows  # nothing is computed twice

# 5. Mistakes say what is wrong, with the program's words.
for mistake in (lambda: image.simulate(inputs[0], supply="solar"), lambda: image.run(inputs[0][:5]),
                lambda: dynbal.load(folder / "nothing.dynbal"), lambda: image.simulate(inputs[0], policy="lucky")):
    try:
        mistake()
    except dynbal.Error as error:
        print("dynbal.Error:", error)
    else:
        raise AssertionError("a mistake was not noticed")

# 6. Images are files, too; the same bits come back.
image.save(folder / "har.dynbal")
assert numpy.array_equal(dynbal.load(folder / "har.dynbal").run(inputs[0]).raw, steady.raw)
print("dynbal", dynbal.__version__, "policies", dynbal.policies(), "devices", len(dynbal.devices()))
