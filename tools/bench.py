#!/usr/bin/env python3
"""Counts that must not change unannounced: what networks of the zoo cost under supplies that fail, and what the boards' programs take.

Usage: tools/bench.py --program build/release/dynbal [--boards build/boards] (--write | --check)

--check compares with bench/baseline.json, prints each difference, and ends with 1 if there is one. A change that is meant is
announced by --write in the same commit. Times are in it only as simulated ones: the figures are those of any machine.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASELINE = ROOT / "bench/baseline.json"
NETWORKS = {"har": "0.00048828125", "ecg": None, "fashion_mnist": "0.00392156862745098"}
SUPPLIES = ["none", "budget:300000", "budget:100000", "power:4mW", "random:1,20000,90000"]
COUNTS = ["completed", "power_cycles", "reconfigurations", "shrinks", "nvm_read_bytes", "nvm_write_bytes", "nvm_transfers", "macs"]
SIZES = ["code_bytes", "constant_bytes", "static_ram_bytes", "worst_stack_bytes"]


def run(program, folder, *words):
    done = subprocess.run([program, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"dynbal {' '.join(words)}\nended with exit code {done.returncode}:\n{done.stderr}")


def counts(program):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        grid = f"supplies = {json.dumps(SUPPLIES)}\nrepetitions = 3\n"
        for network, scale in NETWORKS.items():
            run(program, folder, "zoo", network, "-o", network)
            run(program, folder, "compile", f"{network}/{network}.onnx", "-o", f"{network}.dynbal", "--calibrate",
                f"{network}/calibrate.npy", "--weights", "int8", *(["--scale", scale] if scale else []))
            grid += f'[[model]]\nimage = "{network}.dynbal"\n'
        (folder / "grid.toml").write_text(grid)
        run(program, folder, "sweep", "grid.toml", "-o", "rows")
        rows = [json.loads(line) for line in (folder / "rows/rows.jsonl").read_text().splitlines()]
    return {f"{row['model']} {row['supply']} {row['policy']}": {key: row[key] for key in COUNTS} for row in rows}


def sizes(boards):
    found = {}
    for path in sorted(boards.glob("*.size.json")):
        report = json.loads(path.read_text())
        found[path.name.split(".")[0]] = {key: report[key] for key in SIZES if key in report}
    return found


def differences(before, now):
    """One line each: what, from, to, and by how much."""
    for part in sorted(before.keys() | now.keys()):
        for name in sorted(before.get(part, {}).keys() | now.get(part, {}).keys()):
            old, new = before.get(part, {}).get(name), now.get(part, {}).get(name)
            if old is None or new is None:
                yield f"{part}: {name}: {'is new' if old is None else 'is gone'}"
                continue
            for key in sorted(old.keys() | new.keys()):
                a, b = old.get(key, 0), new.get(key, 0)
                if a != b:
                    yield f"{part}: {name}: {key} {a:,} -> {b:,} ({100 * (b - a) / a:+.2f} %)" if a else \
                        f"{part}: {name}: {key} {a:,} -> {b:,}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/release/dynbal"))
    parser.add_argument("--boards", default=str(ROOT / "build/boards"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    now = {"counts": counts(str(pathlib.Path(arguments.program).resolve())), "sizes": sizes(pathlib.Path(arguments.boards))}
    before = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if not now["sizes"]:  # no boards were built here
        now["sizes"] = before.get("sizes", {})
    found = list(differences(before, now))
    print("\n".join(found) if found else f"{len(now['counts'])} rows of counts and {len(now['sizes'])} boards are as committed")
    if arguments.write:
        BASELINE.write_text(json.dumps(now, indent=1) + "\n")
    elif arguments.check and found:
        sys.exit("the counts are not those of bench/baseline.json; if that is meant: tools/bench.py --write, in the same commit")


if __name__ == "__main__":
    main()
