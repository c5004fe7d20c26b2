"""What wider ranges cost: accuracy on whole test sets with ranges 1, 2 and 4 times as wide as calibration has seen; and what few,
ordered calibration samples cost. Needs --data FOLDER, which has for each network of models/ a folder NAME, as its prepare.py
(data.py of fashion_mnist) makes it."""
import ast
import pathlib
import tomllib

from tools import line

ORDERED = [1, 3, 10]
FACTORS = [1, 2, 4]
LOSS = 0.001  # of accuracy, which head room may cost


class Network:
    def __init__(self, options, model):
        name, models = model.stem, model.parent
        self.name = name
        self.model = model
        self.calibrate = models / f"{name}.calibrate.npy"
        self.scale = tomllib.loads((models / f"{name}.toml").read_text(encoding="utf-8")).get("scale", 1)
        self.data = options.data / name

    def accuracy(self, program, *more, calibrate=None):
        """(share that is right, what compile warns of)"""
        image = program.file(f"{self.name}.dynbal")
        code, _, said = program.call("compile", self.model, "-o", image, "--calibrate", calibrate or self.calibrate,
                                     "--scale", self.scale, *more)
        if code != 0:
            raise RuntimeError(said)
        code, answer, error = program.call("evaluate", image, "--inputs", self.data / "x_test.npy", "--labels",
                                           self.data / "y_test.npy")
        if code != 0:
            raise RuntimeError(error)
        return answer["accuracy"], said


def factors(program, network, weights):
    """Widths, and what they lose."""
    figures = [network.accuracy(program, "--weights", weights, "--head-room", factor)[0] for factor in FACTORS]
    good = [factor for factor, figure in zip(FACTORS, figures) if figures[0] - figure <= LOSS]
    text = ", ".join(f"x{factor} {100 * figure:.2f} %" for factor, figure in zip(FACTORS, figures))
    print(f"       {network.name} {weights}, ranges {text}: widest that costs at most {100 * LOSS} points x{max(good)}", flush=True)


def first_of(path, count, to):
    """The first so many samples of an array file."""
    content = path.read_bytes()
    begin = 10 + int.from_bytes(content[8:10], "little")
    description = ast.literal_eval(content[10:begin].decode("latin1"))
    shape = description["shape"]
    size = len(content[begin:]) // shape[0]
    description["shape"] = (count, *shape[1:])
    header = (repr(description).encode().ljust(begin - 11) + b"\n")[:begin - 10]
    pathlib.Path(to).write_bytes(content[:10] + header + content[begin:begin + count * size])


def few(program, network):
    """Few windows, in the order of the file: within a point of many, or a warning."""
    inputs = network.data / "x_test.npy"
    many, _ = network.accuracy(program, calibrate=inputs)
    good = []
    for count in ORDERED:
        first_of(inputs, count, program.file("few.npy"))
        figure, said = network.accuracy(program, calibrate=program.file("few.npy"))
        warned = "calibration sample" in said
        good.append(line(warned or figure > many - 0.01, f"{network.name} calibrated with the first {count}",
                         f"{100 * figure:.2f} % right, with 500 {100 * many:.2f} %{', warned of' if warned else ''}"))
    return all(good)


def run(program, options):
    if not options.data:
        print("head_room: --data is not given: a folder with the data sets, one folder for each network of models/")
        return True
    good = []
    for path in sorted((options.repository / "models").glob("*/*.onnx")):
        if not (options.data / path.stem / "x_test.npy").exists():
            print(f"head_room: {options.data / path.stem} is missing")
            continue
        network = Network(options, path)
        for weights in ["int16", "int8"]:
            factors(program, network, weights)
        if network.name == "har":
            good.append(few(program, network))
    return all(good)
