#!/usr/bin/python3
"""What `dynbal watch` draws on terminals: on one too low for all layers nothing is torn, on a dumb one nothing moves.

Usage: test_terminal.py PROGRAM WORK_FOLDER
"""
import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from steps import expect, run  # noqa: E402


def written(command, rows, term):
    """All that a command writes to a terminal with so many rows."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 120, 0, 0))
    with subprocess.Popen([str(word) for word in command], stdin=its, stdout=its, stderr=subprocess.STDOUT,
                          env={**os.environ, "TERM": term}) as process:
        os.close(its)
        parts = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux tells that nobody writes any more
                part = b""
            if not part:
                break
            parts.append(part)
    os.close(ours)
    expect(process.returncode == 0, f"{command} ends well")
    return b"".join(parts).decode()


def shown(text, rows):
    """What a terminal makes of it: the lines that have gone at its top, and those in sight."""
    gone, screen, at = [], [""] * rows, [0, 0]  # row, column
    for piece in re.findall(r"\x1b\[[?0-9]*[A-Za-z]|[^\x1b]", text):
        row, column = at
        if piece == "\n":
            if row == rows - 1:
                gone.append(screen.pop(0))
                screen.append("")
            else:
                at[0] = row + 1
        elif piece == "\r":
            at[1] = 0
        elif piece.endswith("A") and piece[0] == "\x1b":
            at[0] = max(0, row - int(piece[2:-1]))
        elif piece == "\x1b[K":
            screen[row] = screen[row][:column]
        elif piece == "\x1b[J":
            screen[row:] = [screen[row][:column]] + [""] * (rows - row - 1)
        elif piece[0] != "\x1b":
            screen[row] = screen[row][:column].ljust(column) + piece + screen[row][column + 1:]
            at[1] = column + 1
    return gone, screen


def has_terminals():
    """A bare chroot may have no pseudo-terminals: /dev/pts is not mounted there."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        return False
    return True


def main():
    if not has_terminals():
        print("skipped: there are no pseudo-terminals (/dev/pts) here")
        sys.exit(77)
    program, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    run(program, "zoo", "ecg", "-o", work / "ecg")
    run(program, "compile", work / "ecg/ecg.onnx", "-o", work / "ecg.dynbal", "--calibrate", work / "ecg/calibrate.npy")
    command = [program, "watch", work / "ecg.dynbal", "--input", work / "ecg/inputs.npy@0", "--supply", "power:4mW", "--speed", "2x"]
    title = "ecg on msp432p401r"
    for rows in (40, 7, 6, 4, 3, 2):
        text = written(command, rows, "xterm")
        expect(text.count("power cycle") > 2, f"{rows} rows: more than one picture is drawn")
        gone, screen = shown(text, rows)
        lines = gone + screen
        expect(sum("power cycle" in line for line in lines) == 1, f"{rows} rows: one picture is left:\n" + "\n".join(lines))
        expect(sum(title in line for line in lines) <= 1, f"{rows} rows: one title is left:\n" + "\n".join(lines))
        expect(any("Answer: " in line for line in lines), f"{rows} rows: the answer is told")
        left_out = any("layers have no room here" in line for line in lines)
        expect(left_out == (rows in (7, 6)), f"{rows} rows: it is said what is left out:\n" + "\n".join(lines))
    dumb = written(command, 7, "dumb")
    expect("\x1b" not in dumb, "a dumb terminal gets no control characters")
    expect(dumb.count("power cycle") == 1 and "Answer: " in dumb, f"it gets the last picture:\n{dumb}")
    print("terminals of several heights and a dumb one: right")


if __name__ == "__main__":
    main()
