"""What tests in Python have in common: a command that must end as it should, and a fact that must be true."""
import subprocess
import sys


def run(*command, ends=0, **options):
    """What the command prints; ends the test if its exit code is another than `ends`."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != ends:
        sys.exit(f"{' '.join(map(str, command))}\nended with exit code {done.returncode}, not {ends}:\n{done.stdout}")
    return done.stdout


def expect(condition, what):
    """Ends the test if the condition does not hold."""
    if not condition:
        sys.exit(f"not true: {what}")
