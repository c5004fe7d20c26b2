"""Neural networks on devices whose power fails at any moment: compile, run, simulate, sweep.

    import dynbal
    image = dynbal.compile("model.onnx", calibrate=samples)          # numpy, or files as for the program
    image.run(samples[0]).output                                     # steady power
    result = image.simulate(samples[0], supply="power:4mW")          # result["latency_s"], result.output, ...
    rows = dynbal.sweep({"model": image}, supplies=["power:4mW", "budget:40000"], folder="rows.sweep")
    pandas.DataFrame(rows)

Mistakes raise dynbal.Error, a ValueError, with the words that the program would say. `dynbal help supplies` of the program
lists the supplies.
"""
import hashlib as _hashlib
import json as _json
import os as _os
import pathlib as _pathlib
import sys as _sys
import warnings as _warnings

from . import _dynbal
from ._arrays import as_file as _as_file, in_words_of_arrays as _in_words_of_arrays
from ._progress import reporter as _reporter
from ._dynbal import Error

__version__ = _dynbal.version
__all__ = ["Error", "Image", "Result", "compile", "devices", "load", "policies", "preservations", "sweep"]


def _warned(texts):
    """The same, said at the line of the user's that called us."""
    for text in texts:
        _warnings.warn(text, stacklevel=_first_line_outside())
    return list(texts)


def _first_line_outside():
    frame, level = _sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__") == __name__:
        frame, level = frame.f_back, level + 1
    return level


class Result(dict):
    """What one inference took, as `dynbal simulate --json` names it. `output`: what the model gives, or None if it did not
    come to its end; `raw`: the engine's 15-bit values, the same to the bit whatever the supply; `warnings`: what is to be
    known of the input, also said through Python's warnings."""

    def __init__(self, facts, output, raw, warnings):
        super().__init__(facts)
        self.output = output
        self.raw = raw
        self.warnings = _warned(warnings)


class Image:
    """A compiled network. `warnings`: what the compiler found worth saying, also said through Python's warnings."""

    def __init__(self, file, warnings=()):
        self._file = file
        self.warnings = _warned(warnings)

    def save(self, path):
        self._file.save(_os.fspath(path))

    def inspect(self):
        """Sizes, shapes, and the list `stages`, as `dynbal inspect --json` names them."""
        return self._file.describe()

    def run(self, x, **options):
        """One input on steady power; see simulate()."""
        return self.simulate(x, supply="none", **options)

    def simulate(self, x, supply="none", policy=_dynbal.default_policy, device=None, scale=None, timing_only=False):
        """One input on a supply whose power fails. `x`: an array of the model's shape (dimensions of 1 may be there or not; what is
        flat is taken value by value, with a warning), or a file; None: zeros. `device`: a
        profile's name or file, if not that of the image. `timing_only`: count everything and compute nothing."""
        facts = self._file.describe()
        factor = facts["input_scale"] if scale is None else float(scale)
        with _as_file(x) as path:
            *answer, warnings = _dynbal.run(self._file, path, factor, supply, policy, _os.fspath(device or ""), timing_only)
            return Result(*answer, _in_words_of_arrays(warnings, path))

    def __repr__(self):
        facts = self._file.describe()
        return f"<dynbal.Image {facts['model']!r} for {facts['device']}: {facts['image_bytes']} bytes>"


def compile(model, calibrate, *, weights="int16", scale=1.0, device=_dynbal.default_device, output="", samples=500,
            preservation="stateful", progress=None):
    """Turns an ONNX network into an image. `calibrate`: typical inputs, an array [N, ...] or a file; `progress`: True for a
    bar, or a function that is called with the share that is done."""
    if weights not in ("int8", "int16"):
        raise Error(f"--weights: '{weights}' is neither int8 nor int16")
    request = _dynbal.CompileRequest()
    request.model = _os.fspath(model)
    request.name = _pathlib.Path(request.model).stem
    request.output, request.device = output, _os.fspath(device)
    request.scale, request.samples_max = float(scale), int(samples)
    request.weight_bytes = 1 if weights == "int8" else 2
    request.preservation = preservation
    with _as_file(calibrate) as path, _reporter(progress, "calibrating") as request.progress:
        request.calibrate = path
        file, warnings = _dynbal.compile(request)
        return Image(file, _in_words_of_arrays(warnings, path))


def load(path):
    """An image that was compiled before."""
    return Image(_dynbal.load(_os.fspath(path)))


def policies():
    """Names of the policies that choose tile sizes."""
    return _dynbal.policies()


def preservations():
    """Names of the methods that keep progress across power failures."""
    return _dynbal.preservations()


def devices():
    """Names of the device profiles that come with the program."""
    return _dynbal.devices()


def sweep(models, *, folder, supplies=None, policies=None, devices=None, seeds=None, repetitions=1, jobs=0, restart=False,
          progress=None):
    """Runs a grid and gives its rows, a list of dicts. A sweep that was interrupted goes on where it was.

    `models`: a dict of names and images or files, with what else the grid has as arguments; or a grid FILE.toml, alone."""
    folder = _pathlib.Path(folder)
    if isinstance(models, dict):
        grid = _write_grid(folder, models, {"supplies": supplies, "policies": policies, "devices": devices, "seeds": seeds,
                                            "repetitions": repetitions})
    else:
        grid = models
    with _reporter(progress, "sweep") as report:
        return _dynbal.sweep(_os.fspath(grid), str(folder), jobs, restart, _module_sha256(), report)


def _write_grid(folder, models, options):
    """The grid as a file in the sweep's folder, with images beside it."""
    try:
        (folder / "grid").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(f"{folder}: cannot create this folder: {error.strerror}") from None
    lines = [f"{key} = {_json.dumps(value if isinstance(value, int) else list(value))}"
             for key, value in options.items() if value is not None]
    for number, (name, model) in enumerate(models.items()):
        if isinstance(model, Image):
            path = folder / "grid" / f"{number}.dynbal"
            model.save(path)
        else:
            path = _pathlib.Path(model).resolve()
        kind = "onnx" if path.suffix == ".onnx" else "image"
        lines += ["[[model]]", f"name = {_json.dumps(name)}", f"{kind} = {_json.dumps(str(path.resolve()))}"]
    grid = folder / "grid" / "grid.toml"
    try:
        grid.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise Error(f"{grid}: cannot write: {error.strerror}") from None
    return grid


def _module_sha256():
    """Rows of different builds are never mixed."""
    return _hashlib.sha256(_pathlib.Path(_dynbal.__file__).read_bytes()).hexdigest()
