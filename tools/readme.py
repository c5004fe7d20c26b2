#!/usr/bin/env python3
"""Keeps README.md true: runs its example, and makes or checks its tables of results.

Usage: tools/readme.py --program build/release/dynbal (--write | --check)
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SUPPLIES = ["none", "budget:300000", "budget:100000", "budget:60000", "budget:40000"]
POLICIES = ["fixed", "paper", "best"]
PRESERVATIONS = ["stateful", "hawaii", "none"]
PRESERVATION_SUPPLIES = ["none", "budget:300000", "budget:60000"]


def section(text, name):
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if not match:
        sys.exit(f"README.md has no section {name}")
    return match.group(1)


def run_example(program, folder):
    """Runs the commands as a user would, in a copy of nothing but the models."""
    script = re.search(r"```sh\n(.*?)```", section(README.read_text(), "example"), re.DOTALL).group(1)
    (folder / "models").symlink_to(ROOT / "models")
    path = f"{pathlib.Path(program).resolve().parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euc", script], cwd=folder, env={**os.environ, "PATH": path},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"README.md's example failed with exit code {done.returncode}:\n{done.stdout}")


def table(program, folder):
    """One row a supply, one column a policy, from `dynbal simulate --json`."""
    lines = ["| supply | " + " | ".join(f"`{policy}`" for policy in POLICIES) + " |",
             "|---|" + "---:|" * len(POLICIES)]
    for supply in SUPPLIES:
        cells = []
        for policy in POLICIES:
            out = subprocess.run([program, "simulate", "shirt.dynbal", "--input", "data/x_test.npy@0", "--supply",
                                  supply, "--policy", policy, "--json"],
                                 cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout
            result = json.loads(out)
            cells.append(f"{result['cost_units'] / 1000:,.0f} ({result['power_cycles']:,})")
        lines.append(f"| `{supply}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def preservations(program, folder):
    """One row a supply and method, from `dynbal compare --json`."""
    command = [program, "compare", "shirt.dynbal", "--input", "data/x_test.npy@0", "--policies", "best", "--json",
               "--preservations", ",".join(PRESERVATIONS)]
    for supply in PRESERVATION_SUPPLIES:
        command += ["--supply", supply]
    out = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = ["| supply | preservation | power cycles | NVM bytes read | written | energy, mJ | time, s |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for run in json.loads(out)["runs"]:
        cells = ["never ends", "", "", "", ""]
        if run["completed"]:
            cells = [f"{run['power_cycles']:,}", f"{run['nvm_read_bytes']:,}", f"{run['nvm_write_bytes']:,}",
                     f"{1000 * run['energy_j']:.2f}", f"{run['latency_s']:.2f}"]
        lines.append(f"| `{run['supply']}` | `{run['preservation']}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/release/dynbal"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run_example(program, folder)
        tables = {"results": table(program, folder), "preservations": preservations(program, folder)}
    text = README.read_text()
    for name, made in tables.items():
        if arguments.check and section(text, name) != made:
            sys.exit(f"README.md's {name} are not what the program gives; run tools/readme.py --write. It gives:\n{made}")
        text = text.replace(f"<!-- {name} -->\n{section(text, name)}", f"<!-- {name} -->\n{made}")
    if arguments.write:
        README.write_text(text)
    print("README.md: the example runs" + (", the results are true" if arguments.check else ""))


if __name__ == "__main__":
    main()
