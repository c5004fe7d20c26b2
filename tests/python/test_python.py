#!/usr/bin/python3
"""The Python module: docs/tour.py with the module as it was built, then from a wheel in a clean virtual environment.

Usage: test_python.py (tour | errors | wheel) SOURCE_FOLDER BUILD_FOLDER WORK_FOLDER
"""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from steps import expect, run  # noqa: E402


def environment(build, with_module=True):
    values = {**os.environ, "PATH": f"{build}:{os.environ['PATH']}"}
    values.pop("PYTHONPATH", None)
    if with_module:
        values["PYTHONPATH"] = str(build / "python")
    return values


def tour(source, build, work):
    print(run("/usr/bin/python3", source / "docs/tour.py", work, env=environment(build)))


ERRORS = """
import pathlib, subprocess, sys
import numpy
import dynbal
folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
subprocess.run([program, "zoo", "har", "-o", folder / "har"], check=True)
x = numpy.load(folder / "har/inputs.npy")
image = dynbal.compile(folder / "har/har.onnx", calibrate=folder / "har/calibrate.npy", scale=1 / 2048)
image.save(folder / "har.dynbal")
def program_says(*words):
    done = subprocess.run([program, *map(str, words)], stderr=subprocess.PIPE, text=True, check=False)
    return done.stderr.split("dynbal: ", 1)[1].strip()
def module_says(call):
    try:
        call()
    except dynbal.Error as error:
        assert isinstance(error, ValueError)
        return str(error).strip()
    raise AssertionError("no error")
given = ["--input", folder / "har/inputs.npy@0"]
# Each method gives the same bits, and the image says which it has.
methods = {name: dynbal.compile(folder / "har/har.onnx", calibrate=folder / "har/calibrate.npy", scale=1 / 2048, preservation=name)
           for name in dynbal.preservations()}
assert [method.inspect()["preservation"] for method in methods.values()] == list(methods)
answers = [method.simulate(x[0]).output for method in methods.values()]
assert len(answers) >= 3 and all(numpy.array_equal(answer, answers[0]) for answer in answers)
assert "there is no preservation method 'luck'" in module_says(
    lambda: dynbal.compile(folder / "har/har.onnx", calibrate=folder / "har/calibrate.npy", preservation="luck"))
for supply in ("solar", "power:4", "trace:nothing.csv", "power:4mW,capacitance=red"):
    said = program_says("simulate", folder / "har.dynbal", *given, "--supply", supply)
    assert module_says(lambda: image.simulate(x[0], supply=supply)) == said, said
said = program_says("simulate", folder / "har.dynbal", *given, "--policy", "lucky")
assert module_says(lambda: image.simulate(x[0], policy="lucky")) == said, said
said = program_says("run", folder / "nothing.dynbal", *given)
assert module_says(lambda: dynbal.load(folder / "nothing.dynbal")) == said, said
# Where the system refuses a name, or a folder, too.
grid = folder / "long.toml"
grid.write_text(f'supplies = ["none"]\\n[[model]]\\nimage = "har.dynbal"\\ninput = "har/inputs.npy@{"1" * 300}"\\n')
said = program_says("sweep", grid, "-o", folder / "long")
assert "long.toml:4: input: " in said and module_says(lambda: dynbal.sweep(grid, folder=folder / "long")) == said, said
grid.write_text('supplies = ["none"]\\n[[model]]\\nimage = "har.dynbal"\\n')
said = program_says("sweep", grid, "-o", folder / ("n" * 300))
assert said.endswith(": File name too long") and module_says(lambda: dynbal.sweep(grid, folder=folder / ("n" * 300))) == said, said
grid.write_text('supplies = ["none"]\\n[[model]]\\nimage = "har.dynbal"\\n')
said = program_says("sweep", grid, "-o", folder / "har.dynbal/rows")
assert module_says(lambda: dynbal.sweep({"har": image}, supplies=["none"], folder=folder / "har.dynbal/rows")) == said, said
numpy.save(folder / "short.npy", x[0][:3])
said = program_says("run", folder / "har.dynbal", "--input", folder / "short.npy")
assert module_says(lambda: image.run(x[0][:3])) == said.replace(str(folder / "short.npy"), "array"), said
# The same names and figures as --json, of a run that ends and of one that never does.
import json
def program_json(*words):
    return json.loads(subprocess.run([program, *map(str, words), "--json"], capture_output=True, text=True, check=False).stdout)
for supply in ("power:4mW", "power:4mW,capacitance=1uF"):
    wanted = program_json("simulate", folder / "har.dynbal", *given, "--supply", supply)
    for name in ("output", "same_as_uninterrupted"):
        wanted.pop(name, None)
    found = image.simulate(x[0], supply=supply)
    assert dict(found) == wanted, {name for name in {**found, **wanted} if found.get(name) != wanted.get(name)}
assert "advice" in found and "energy_balance" in found, found
wanted = program_json("inspect", folder / "har.dynbal")
del wanted["boards"]
assert image.inspect() == wanted, set(image.inspect()) ^ set(wanted)
timed = image.simulate(x[0], timing_only=True)
assert timed["completed"] and timed["argmax"] is None and timed.output is None
# As many values in other dimensions are a mistake; ones more or fewer are none; what is flat is taken as the program takes it.
turned = numpy.ascontiguousarray(x[0].reshape(x[0].shape[-2:]).T) if x[0].ndim > 1 else x[0]
numpy.save(folder / "turned.npy", turned)
said = program_says("run", folder / "har.dynbal", "--input", folder / "turned.npy").replace(str(folder / "turned.npy"), "array")
for call in (image.run, image.simulate, lambda wrong: dynbal.compile(folder / "har/har.onnx", calibrate=numpy.stack([wrong] * 3))):
    assert module_says(lambda: call(turned)) == said, said
assert "array: a sample has the shape [" in said, said
for same in (x[0][None], x[:1], numpy.squeeze(x[0])):
    assert image.run(same).warnings == [] and numpy.array_equal(image.run(same).raw, image.run(x[0]).raw)
flat = image.run(x[0].ravel())
assert numpy.array_equal(flat.raw, image.run(x[0]).raw) and "array: samples of shape" in flat.warnings[0], flat.warnings
assert "; pass one of them, such as x[0]" in module_says(lambda: image.run(x)), module_says(lambda: image.run(x))
assert "array" in module_says(lambda: image.run(numpy.full(x[0].shape, numpy.nan)))
assert "no real numbers" in module_says(lambda: image.run(numpy.array(["a"])))
# What the program warns of is said here, too: an input of another scale, and few samples.
import warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    result = image.run(x[0] * 100)
    assert result["input_values_outside"] > 0 and "are clipped" in result.warnings[0], result.warnings
    assert "most of their precision is lost" in image.run(x[0] / 1e4).warnings[0]
    assert image.run(x[0]).warnings == []
    few = dynbal.compile(folder / "har/har.onnx", calibrate=x[:2], scale=1 / 2048)
    assert any("calibration" in warning for warning in few.warnings), few.warnings
assert [str(warning.message) for warning in said][:1] == result.warnings and len(said) >= 3
assert {pathlib.Path(warning.filename).name for warning in said} == {"<string>"}, said[0].filename
# What a callback or a signal throws ends the work, and comes out, whichever thread is the first to say so.
import signal
class Stop(Exception):
    pass
def stop(*_):
    raise Stop
def is_stopped(**options):
    try:
        dynbal.sweep({"har": image}, supplies=["power:4mW"], folder=folder / "stopped", **options)
    except Stop:
        return True
for _ in range(20):
    assert is_stopped(progress=stop, jobs=4)
signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.5)
assert is_stopped(repetitions=1000000, restart=True)
"""


def errors(_, build, work):
    run("/usr/bin/python3", "-c", ERRORS, work, build / "dynbal", env=environment(build))


def wheel(source, build, work):
    """`pip` without a network and without any package but Debian's."""
    if subprocess.run(["/usr/bin/python3", "-c", "import pip, venv, ensurepip"], check=False, capture_output=True).returncode != 0:
        print("skipped: needs the packages python3-pip and python3-venv")
        sys.exit(77)
    check_configuration(source, work / "configured")
    values = environment(build, False)
    values["DYNBAL_BUILD_FOLDER"] = str(build)
    run("/usr/bin/python3", "-m", "pip", "wheel", "--no-index", "--no-deps", "-w", work, source, env=values)
    made = list(work.glob("dynbal-*.whl"))
    expect(len(made) == 1, f"one wheel is made: {made}")
    run("/usr/bin/python3", "-m", "venv", "--system-site-packages", work / "venv")
    python = work / "venv/bin/python"
    run(python, "-m", "pip", "install", "--no-index", made[0], env=environment(build, False))
    said = run(python, source / "docs/tour.py", work / "tour", env=environment(build, False), cwd=work)
    expect("is not there" not in said and str(work / "venv") in
           run(python, "-c", "import dynbal; print(dynbal.__file__)", env=environment(build, False), cwd=work),
           "the module is that of the wheel")


def check_configuration(source, folder):
    """As on a user's machine, where no build folder is there yet. Building it from nothing takes too long for a test."""
    run("/usr/bin/python3", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import wheel_builder; wheel_builder.configure(sys.argv[2])",
        source / "python", folder, env=environment(folder, False))
    commands = (folder / "compile_commands.json").read_text(encoding="utf-8")
    expect("-Wall" in commands and "-Werror" not in commands, "another compiler's warnings do not end `pip install`")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, build, work = (pathlib.Path(path).resolve() for path in sys.argv[2:])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    {"tour": tour, "errors": errors, "wheel": wheel}[sys.argv[1]](source, build, work)


if __name__ == "__main__":
    main()
