"""`dynbal size` against a grid that tries every size: the least capacitor and the least power to 2 %."""
from tools import line, zoo

# network of `dynbal zoo`, watts, period in seconds
TASKS = [("har", 2e-3, 10), ("har", 4e-3, 3), ("ecg", 1e-3, 5)]
STEP = 1.004  # of the grid
SPAN = 173  # grid points on each side of what size says: from half of it to twice
COUNT = 4


def met(program, image, inputs, supply, period):
    _, answer, _ = program.call("simulate", image, "--input", inputs, "--supply", supply, "--repeat", COUNT, "--period",
                                f"{period}s")
    series = answer.get("repeated", {})
    return series.get("missed") == 0 and "stuck" not in series and series.get("ended") == COUNT


def brute(least, meets):
    """The smallest size on the grid that meets the period."""
    sizes = (least * STEP ** step for step in range(-SPAN, SPAN + 1))
    return next(filter(meets, sizes), None)


def check(program, network, name, watts, period):
    image, inputs, error = network
    if error:
        return line(False, name, error)
    supply = f"power:{watts:.9f}W"
    task = f"{name}, {1000 * watts:g} mW, every {period} s"
    code, sized, said = program.call("size", image, "--input", inputs, "--supply", supply, "--period", f"{period}s",
                                     "--repeat", COUNT)
    if code != 0 or not sized.get("capacitance_f") or not sized.get("power_factor"):
        return line(False, task, said or "no size is said")
    good = []
    for what, least, form in [("farads", sized["capacitance_f"], supply + ",capacitance={:.9f}F"),
                              ("watts", sized["power_factor"] * watts, "power:{:.9f}W")]:
        right = brute(least, lambda value, form=form: met(program, image, inputs, form.format(value), period))
        good.append(line(right is not None and abs(least / right - 1) < 0.02, task,
                         f"{least:.4g} {what}, the grid {right if right is None else format(right, '.4g')}"))
    return all(good)


def run(program, options):
    return all([check(program, zoo(program, options, name), name, watts, period) for name, watts, period in TASKS])
