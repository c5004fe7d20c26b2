#!/usr/bin/python3
"""Builds the examples as their reader would, and runs them.

Usage: test_examples.py (engine | boards) SOURCE_FOLDER PROGRAM WORK_FOLDER

  engine   an engine in C that is not ours gains by the plugin's tile sizes
  boards   a board of one's own answers; the sensor node reports each sample once while it is killed

examples/host is built and run by tests/package, installed and from sources.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from steps import expect, run  # noqa: E402

NVM_BYTES = 16 << 20
SAMPLES = 12


def engine(source, _, work):
    run("cmake", "-S", source / "examples/foreign_engine", "-B", work, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror", "-DFETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER")
    run("cmake", "--build", work)
    print(run(work / "foreign_engine"))  # checks its own figures


def firmware(program, work, board, inferences):
    image = work / "har.dynbal"
    if not image.exists():
        run(program, "zoo", "har", "-o", work / "har")
        run(program, "compile", work / "har/har.onnx", "-o", image, "--calibrate", work / "har/calibrate.npy", "--scale",
            "0.00048828125", "--weights", "int8")
    run(program, "firmware", image, "--input", work / "har/inputs.npy@0", "--board", board, "--inferences", inferences, "-o",
        work / board, env={**os.environ, "DYNBAL_BOARDS": str(work / "build")})
    return image


def emulator(machine, elf, nvm, *console):
    nvm.touch()
    os.truncate(nvm, NVM_BYTES)
    return ["qemu-system-arm", "-display", "none", "-monitor", "none", "-object",
            f"memory-backend-file,id=nvm,share=on,size=16M,mem-path={nvm}", "-M", f"{machine},memory-backend=nvm",
            "-kernel", str(elf), *console]


def check_own_board(program, work):
    image = firmware(program, work, "own-board", 1)
    command = emulator("mps2-an500", work / "own-board.elf", work / "own.nvm", "-serial", "stdio")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as board:
        lines = [board.stdout.readline().strip() for _ in range(3)]  # it stops without ending
        board.kill()
    expected = json.loads(run(program, "run", image, "--input", work / "har/inputs.npy@0", "--json"))["argmax"]
    expect(lines[0] == "dynbal own-board" and lines[1] == "installed", f"the board says who it is: {lines}")
    expect(lines[2].startswith(f"inference 1 class {expected} "), f"it answers class {expected}: {lines[2]}")


def reports_of(program, image, nvm):
    """The reports behind the image's NVM: (number, class), as long as they are whole."""
    offset = (json.loads(run(program, "inspect", image, "--json"))["nvm_bytes"] + 3) // 4 * 4
    with open(nvm, "rb") as file:
        file.seek(offset)
        words = file.read(12 * (SAMPLES + 1))
    reports = []
    for number, largest, check in struct.iter_unpack("<3I", words):
        if number == 0 or check != ~(number ^ largest) & 0xFFFFFFFF:
            break
        reports.append((number, largest))
    return reports


def check_sensor_node(program, work):
    image = firmware(program, work, "sensor-node", SAMPLES)
    console = ["-serial", "none", "-chardev", "stdio,id=console,signal=off", "-semihosting-config",
               "enable=on,target=native,chardev=console"]
    undisturbed = work / "undisturbed.nvm"
    run(*emulator("mps2-an386", work / "sensor-node.elf", undisturbed, *console), stdin=subprocess.DEVNULL)
    expected = reports_of(program, image, undisturbed)
    expect([number for number, _ in expected] == list(range(1, SAMPLES + 1)), f"each sample is reported: {expected}")
    expect(len({largest for _, largest in expected}) > 2, "the samples differ")
    killed = work / "killed.nvm"
    command = emulator("mps2-an386", work / "sensor-node.elf", killed, *console)
    chance = random.Random(7)
    kills, longest = 0, 0.01
    while True:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as node:
            node.stdout.readline()
            time.sleep(chance.uniform(0, longest))
            node.send_signal(signal.SIGKILL)
            kills += node.wait() == -signal.SIGKILL
            if node.returncode == 0:
                break
        reports = reports_of(program, image, killed)
        expect(reports == expected[:len(reports)], f"after {kills} kills the reports are those without kills: {reports}")
        longest *= 1.05  # whatever the machine, it ends
    expect(reports_of(program, image, killed) == expected, "in the end there are all reports")
    print(f"{kills} kills, {SAMPLES} samples, each reported once")
    expect(kills >= 10, "it was killed often")


def check_length(file, most):
    """The book promises so many lines."""
    lines = file.read_text().splitlines()
    expect(len(lines) <= most and max(map(len, lines)) <= 120, f"{file.name} has at most {most} lines: {len(lines)}")


def boards(source, program, work):
    check_length(source / "examples/boards/own-board/board.cpp", 50)
    if shutil.which("arm-none-eabi-g++") is None or shutil.which("qemu-system-arm") is None:
        print("skipped: needs the packages of the group boards")
        sys.exit(77)
    run("cmake", "-S", source / "examples/boards", "-B", work / "build", "-G", "Ninja", "--toolchain",
        source / "cmake/arm-none-eabi.cmake", "-DCMAKE_BUILD_TYPE=Release",
        env={key: value for key, value in os.environ.items() if not key.endswith("COMPILER_LAUNCHER")})
    run("cmake", "--build", work / "build")
    check_own_board(program, work)
    check_sensor_node(program, work)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, program, work = (pathlib.Path(path).resolve() for path in sys.argv[2:])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    {"engine": engine, "boards": boards}[sys.argv[1]](source, program, work)


if __name__ == "__main__":
    main()
