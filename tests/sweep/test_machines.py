#!/usr/bin/python3
"""A sweep on many machines gives the bytes that it gives on one, whatever was killed.

Usage: test_machines.py (kills | parallel | tasks | slurm) PROGRAM WORK_FOLDER

  kills      a shard is killed twice in its work; no finished cell is computed again
  parallel   the shards by GNU parallel, or xargs where it is not installed
  tasks      --slurm with a stand-in for sbatch that loses a task: it is submitted again; if it is lost again, it is named
  slurm      2,000 cells on a real Slurm of one node (packages slurmctld, slurmd, slurm-client, munge; as root): one task is
             killed twice, one cancelled
"""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from steps import expect, run  # noqa: E402


def write_grid(program, work, seeds):
    """Four cells a seed: two policies, two supplies."""
    run(program, "zoo", "har", "-o", work / "har")
    run(program, "compile", work / "har/har.onnx", "-o", work / "har.dynbal", "--calibrate", work / "har/calibrate.npy")
    (work / "grid.toml").write_text(
        'policies = ["fixed", "best"]\nsupplies = ["random:{seed},20000,90000", "random:{seed},9000,30000"]\n'
        f'seeds = {list(range(1, seeds + 1))}\n[[model]]\nimage = "har.dynbal"\n')
    return work / "grid.toml"


def sweep_alone(program, grid, work):
    run(program, "sweep", grid, "-o", work / "alone")
    return results(work / "alone")


def results(folder):
    return (folder / "rows.csv").read_bytes() + (folder / "rows.jsonl").read_bytes()


def journal(folder):
    """Cells in the order in which they were finished; a last line may be cut off."""
    lines = (folder / "journal.jsonl").read_text().split("\n")[:-1] if (folder / "journal.jsonl").exists() else []
    return [json.loads(line)["cell"] for line in lines]


def check_journals(folder, cells):
    """Every cell was finished once. `known`: what journals began with before kills."""
    counts = collections.Counter(cell for shard in folder.glob("shard-*") for cell in journal(shard))
    expect(len(counts) == cells and set(counts.values()) == {1}, f"each of {cells} cells was finished once")


def wait_for(condition, what, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"{what} within {seconds} s")
        time.sleep(0.05)


def kills(program, work):
    seeds = 600  # so many that a quick machine is killed before the end, too
    grid = write_grid(program, work, seeds)
    alone = sweep_alone(program, grid, work)
    folder = work / "parts/shard-1-of-2"
    command = [program, "sweep", grid, "-o", work / "parts", "--shard", "1/2", "--jobs", "1"]
    for _ in range(2):
        before = journal(folder)
        child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: len(journal(folder)) > len(before) + 5 or child.poll() is not None, "rows appear")
        child.send_signal(signal.SIGKILL)
        child.wait()
        expect(journal(folder)[:len(before)] == before, "finished rows stay")
    expect(len(journal(folder)) < 2 * seeds, "the kills came before the end")
    said = run(*command)
    expect(f"{2 * seeds:,} rows ({len(before)}" not in said and "from before" in said, "it goes on where it was")
    run(program, "sweep", grid, "-o", work / "parts", "--shard", "2/2")
    check_journals(work / "parts", 4 * seeds)
    run(program, "sweep", "--merge", work / "parts")
    expect(results(work / "parts") == alone, "the bytes are those of one machine")


def parallel(program, work):
    grid = write_grid(program, work, 30)
    alone = sweep_alone(program, grid, work)
    words = [program, "sweep", grid, "-o", work / "parts", "--jobs", "1", "--shard"]
    if shutil.which("parallel"):
        run("parallel", "-j2", *words, "{}/6", ":::", *range(1, 7))
    else:
        run("xargs", "-P2", "-I{}", *words, "{}/6", input="\n".join(map(str, range(1, 7))))
    run(program, "sweep", "--merge", work / "parts")
    check_journals(work / "parts", 120)
    expect(results(work / "parts") == alone, "the bytes are those of one machine")


STAND_IN = """#!/bin/bash
# Runs what is submitted at once; task 2 is lost as often as the file `losses` has lines.
here=$(dirname "$0")
for word in "$@"; do case "$word" in --array=*) tasks=${word#--array=};; esac; done
echo "$*" >> "$here/calls"
if [ -n "${tasks-}" ]; then
    for task in ${tasks//,/ }; do
        if [ "$task" = 2 ] && [ -s "$here/losses" ]; then sed -i 1d "$here/losses"; continue; fi
        SLURM_ARRAY_TASK_ID=$task bash "${@: -1}" > /dev/null
    done
else
    bash "${@: -1}" >> "$here/merge.log" 2>&1
fi
echo 42
"""


def tasks(program, work):
    grid = write_grid(program, work, 10)
    alone = sweep_alone(program, grid, work)
    for losses, merged in ((1, True), (2, False)):
        folder, bin_folder = work / f"lost-{losses}", work / f"bin-{losses}"
        bin_folder.mkdir()
        (bin_folder / "sbatch").write_text(STAND_IN)
        (bin_folder / "sbatch").chmod(0o755)
        (bin_folder / "losses").write_text("\n" * losses)
        run(program, "sweep", grid, "-o", folder, "--slurm", "--tasks", "3", "--attempts", "2", "--partition", "test",
            "--time", "10", "--sbatch=--nice=5", env={**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"})
        calls = (bin_folder / "calls").read_text().splitlines()
        expect("--array=1,2,3" in calls[0] and "--partition=test --time=10 --nice=5" in calls[0], f"options arrive: {calls[0]}")
        expect("--array=2 " in calls[2] and "--nice=5" in calls[2], f"only what was lost is submitted again: {calls[2]}")
        said = (bin_folder / "merge.log").read_text()
        expect("shard 2/3: 13 rows are missing" in said or "shard 2/3: 14 rows are missing" in said, f"it is named: {said}")
        expect((folder / "rows.csv").exists() == merged, "rows are there only if all are")
        if merged:
            check_journals(folder, 40)
            expect(results(folder) == alone, "the bytes are those of one machine")


class Cluster:
    """One node, as long as the `with` lasts."""

    def __init__(self, work):
        self.work = work
        self.daemons = []

    def __enter__(self):
        self.work.mkdir()
        for name in ("state", "spool"):
            (self.work / name).mkdir()
        values = {"HOST": socket.gethostname().split(".")[0], "PORT": "2681", "USER": "root", "WORK": str(self.work),
                  "CPUS": str(min(2, os.cpu_count()))}
        text = (HERE / "slurm.conf.in").read_text()
        (self.work / "slurm.conf").write_text(re.sub("@([A-Z]+)@", lambda match: values[match[1]], text))
        os.environ["SLURM_CONF"] = str(self.work / "slurm.conf")
        (self.work / "munge.key").write_bytes(os.urandom(128))
        (self.work / "munge.key").chmod(0o400)
        munged = shutil.which("munged", path="/usr/sbin:/usr/bin")
        self.start(munged, "--foreground", "--force", f"--key-file={self.work}/munge.key", f"--socket={self.work}/munge.socket",
                   f"--pid-file={self.work}/munged.pid", f"--log-file={self.work}/munged.log",
                   f"--seed-file={self.work}/munge.seed", "--num-threads=2")
        wait_for(lambda: (self.work / "munge.socket").exists(), "munged runs", 20)
        self.start("/usr/sbin/slurmctld", "-D")
        self.start("/usr/sbin/slurmd", "-D")
        wait_for(lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%T"], stdout=subprocess.PIPE, text=True,
                                                  stderr=subprocess.DEVNULL, check=False).stdout, "the node is idle", 60)
        return self

    def start(self, *command):
        log = open(self.work / (pathlib.Path(command[0]).name + ".out"), "w", encoding="utf-8")
        self.daemons.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            daemon.wait(timeout=30)


def processes_of(folder, shard):
    """Process ids of the programs (not the scripts) that run a shard of this sweep, and of no other on this machine."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("dynbal") and str(folder) in words and f"{shard}/8" in words:
            found.append(int(path.parent.name))
    return found


def slurm(program, work):
    if os.geteuid() != 0 or not all(map(shutil.which, ("sbatch", "munge"))) or not os.path.exists("/usr/sbin/slurmctld"):
        print("skipped: needs root and the packages slurmctld, slurmd, slurm-client, munge")
        sys.exit(77)
    grid = write_grid(program, work, 500)
    alone = sweep_alone(program, grid, work)
    folder = work / "parts"
    with Cluster(work / "cluster"):
        start = time.monotonic()
        print(run(program, "sweep", grid, "-o", folder, "--slurm", "--tasks", "8", "--jobs", "1", "--partition", "test"))
        shard = folder / "shard-1-of-8"
        done = 0
        for _ in range(2):  # killed, the task's script goes on
            wait_for(lambda: len(journal(shard)) > done + 10 and processes_of(folder, 1), "shard 1 runs")
            for process in processes_of(folder, 1):
                os.kill(process, signal.SIGKILL)
            done = len(journal(shard))
        wait_for(lambda: len(journal(folder / "shard-8-of-8")) > 5 and processes_of(folder, 8), "shard 8 runs", 300)
        jobs = run("squeue", "-h", "-r", "-o", "%A %F %K %j").splitlines()
        array = next(line.split()[1] for line in jobs if line.split()[2] == "8")
        run("scancel", f"{array}_8")  # lost: the merge job submits it again
        wait_for(lambda: (folder / "rows.jsonl").exists() and not run("squeue", "-h"), "the sweep ends", 600)
        print(f"{time.monotonic() - start:.0f} s on Slurm")
    log = (folder / "slurm/task-1.log").read_text()
    expect(log.count("was killed (signal 9)") == 2, f"the task was killed twice: {log}")
    expect("shard 8/8" in (folder / "slurm/merge.log").read_text(), "the lost task was named")
    check_journals(folder, 2000)
    expect(results(folder) == alone, "the bytes are those of one machine")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, work = pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    {"kills": kills, "parallel": parallel, "tasks": tasks, "slurm": slurm}[sys.argv[1]](program, work)


if __name__ == "__main__":
    main()
