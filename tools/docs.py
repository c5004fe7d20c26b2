#!/usr/bin/env python3
"""Keeps docs/ true: runs the commands in it, checks its links, and makes or checks docs/reference. In models/ the files that are named must be there.

Usage: tools/docs.py --program build/release/dynbal (--write | --check)

Blocks after a line `<!-- run -->` are run, one shell a document; blocks between `<!-- file NAME -->` and `<!-- /file -->` are
files that they use. docs/reference/commands.md is what the commands' --help says, docs/reference/json.md what their --json gives.
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
DOCS = ROOT / "docs"
# What each command prints, for the reference of JSON; in one folder, in this order.
EXAMPLES = {
    "compile": "compile har/har.onnx -o har.dynbal --calibrate har/calibrate.npy --scale 0.00048828125 --weights int8",
    "inspect": "inspect har.dynbal",
    "diff": "diff har.dynbal har/har.onnx --input har/inputs.npy@0",
    "run": "run har.dynbal --input har/inputs.npy@0",
    "simulate": "simulate har.dynbal --input har/inputs.npy@0 --supply power:4mW --repeat 3 --again",
    "compare": "compare har.dynbal --input har/inputs.npy@0 --supply power:4mW",
    "evaluate": "evaluate har.dynbal --inputs har/inputs.npy --labels har/labels.npy --model har/har.onnx",
    "crash-test": "crash-test har.dynbal --input har/inputs.npy@0 --cuts sample:20",
    "soak": "soak har.dynbal --inputs har/inputs.npy --supply random:1,5000,90000 --count 20",
    "size": "size har.dynbal --input har/inputs.npy@0 --supply power:4mW --period 10s",
    "trace": "trace trace.csv",
    "sweep": "sweep grid.toml -o rows --jobs 1",
}
FILES = {
    "trace.csv": "time_s,power_mw\n" + "".join(f"{i},{2 + i % 3}\n" for i in range(20)),
    "grid.toml": 'supplies = ["power:4mW"]\n[[model]]\nimage = "har.dynbal"\n',
}


def run(program, words, folder, fails_with=(0,)):
    done = subprocess.run([program, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in fails_with:
        sys.exit(f"dynbal {' '.join(words)}\nended with exit code {done.returncode}:\n{done.stderr}")
    return done.stdout


def command_names(program, folder):
    text = run(program, ["--help"], folder)
    return re.findall(r"^  ([a-z][a-z-]+) +\S", text[text.index("Subcommands:"):].split("\nExample")[0], re.MULTILINE)


def commands_page(program, folder):
    parts = ["# Commands\n\nWritten by `tools/docs.py --write` from what the program says; a test checks that it is current.\n"]
    for name in command_names(program, folder):
        text = run(program, [name, "--help"], folder).rstrip()
        # The library that prints this orders them by where they lie in memory.
        text = re.sub(r"(?<=Excludes: ).*", lambda names: " ".join(sorted(names[0].split())), text)
        # Which boards were built is of this machine.
        text = re.sub(r"Board whose program.*", "Board whose program is taken: one of those that ./dev boards built", text)
        parts.append(f"## {name}\n```\n{text}\n```\n")
    parts.append("## Supplies\n```\n" + run(program, ["help", "supplies"], folder).rstrip() + "\n```\n")
    grids = run(program, ["help", "sweep"], folder)
    parts.append("## Grids\n```\n" + grids[grids.index("A grid is"):].rstrip() + "\n```\n")
    return "\n".join(parts)


KINDS = {bool: "true or false", int: "whole number", float: "number", str: "text", type(None): "nothing"}


def keys_of(value, path, found):
    """Each path with the kinds of values that stand there."""
    if isinstance(value, dict):
        for key, entry in value.items():
            keys_of(entry, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list):
        if not value:
            found.setdefault(path + "[]", set())
        for entry in value:
            keys_of(entry, path + "[]", found)
    else:
        found.setdefault(path, set()).add(KINDS[type(value)])


def json_page(program, folder):
    parts = ["# JSON\n\nWhat `--json` gives, by an example of each command; `x[]` is a list. Written by `tools/docs.py --write`; a test checks\n"
             "that it is current. What stays compatible: [embedding](../embedding.md). Errors are `{\"error\": text}`.\n"]
    run(program, ["zoo", "har", "-o", "har"], folder)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    for name, command in EXAMPLES.items():
        found = {}
        keys_of(json.loads(run(program, command.split() + ["--json"], folder)), "", found)
        lines = [f"| `{path}` | {' or '.join(sorted(kinds - {'number'} if kinds == {'number', 'whole number'} else kinds))} |"
                 for path, kinds in found.items() if not path.startswith("boards[]")]
        parts.append(f"## {name}\n`dynbal {command} --json`\n\n| key | value |\n|---|---|\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def check_document(path, program):
    """Runs the marked blocks of a document, and looks whether what it links to is there."""
    text = path.read_text()
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text):
        if not (path.parent / target).exists():
            sys.exit(f"{path.relative_to(ROOT)}: links to {target}, which is not there")
    script = "\n".join(re.findall(r"<!-- run -->\n```sh\n(.*?)```", text, re.DOTALL))
    if not script:
        return
    with tempfile.TemporaryDirectory() as name:
        for file, content in re.findall(r"<!-- file (\S+) -->\n```\w*\n(.*?)```", text, re.DOTALL):
            (pathlib.Path(name) / file).write_text(content)
        path_variable = f"{pathlib.Path(program).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(["bash", "-euc", script], cwd=name, env={**os.environ, "PATH": path_variable},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{path.relative_to(ROOT)}: its commands failed with exit code {done.returncode}:\n{done.stdout}")


def check_files(path):
    """Looks whether the files that a document of models/ names are there; NAME stands for each network, FOLDER for some folder."""
    text = path.read_text()
    words = [word for code in re.findall(r"`([^`\n]+)`|^    ([^#\n]+)", text, re.MULTILINE) for word in " ".join(code).split()]
    networks = [card.with_suffix("") for card in ROOT.glob("models/*/*.toml")]
    for word in words:
        if not re.fullmatch(r"[\w./*-]+\.(py|sh|toml|json|onnx|npy)", word) or word.startswith("/"):
            continue
        pattern = word.removeprefix("./").replace("FOLDER", "*")
        if "NAME" in pattern:
            missing = [network.name for network in networks if not any(network.parent.glob(pattern.replace("NAME", network.name)))
                       and not any(path.parent.glob(pattern.replace("NAME", network.name)))]
        else:
            missing = [] if any(any(place.glob(pattern)) for place in (path.parent, ROOT)) else [word]
        if missing:
            sys.exit(f"{path.relative_to(ROOT)}: names {word}, which is not there{f' for {missing[0]}' if missing != [word] else ''}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/release/dynbal"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        pages = {"commands.md": commands_page(program, pathlib.Path(name)), "json.md": json_page(program, pathlib.Path(name))}
    (DOCS / "reference").mkdir(exist_ok=True)
    for name, text in pages.items():
        path = DOCS / "reference" / name
        if arguments.write:
            path.write_text(text)
        elif arguments.check and (not path.exists() or path.read_text() != text):
            sys.exit(f"{path.relative_to(ROOT)} is not what the program gives; run tools/docs.py --write")
    for path in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        check_document(path, program)
    for path in [ROOT / "models/README.md", *ROOT.glob("models/*/README.md")]:
        check_document(path, program)
        check_files(path)
    print("docs: the commands run, the links lead somewhere" + (", the reference is current" if arguments.check else ""))


if __name__ == "__main__":
    main()
