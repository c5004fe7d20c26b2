"""What tests in Python have in common: a command that must end well, and a fact that must be true."""
import subprocess
import sys


def run(*command, **options):
    """What the command prints; ends the test if it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nfailed with exit code {done.returncode}:\n{done.stdout}")
    return done.stdout


def expect(condition, what):
    """Ends the test if the condition does not hold."""
    if not condition:
        sys.exit(f"not true: {what}")
