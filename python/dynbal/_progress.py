"""A bar that says how far the work is: by tqdm in notebooks where it is installed, else a line on standard error."""
import contextlib
import sys


class _Line:
    """One line that is written over."""

    def __init__(self, label):
        self.label, self.shown = label, -1

    def __call__(self, share):
        percent = int(100 * share)
        if percent > self.shown:
            self.shown = percent
            print(f"\r{self.label}: {percent} %", end="", file=sys.stderr, flush=True)

    def close(self):
        print(file=sys.stderr)


class _Bar:
    def __init__(self, bar):
        self.bar, self.shown = bar, 0.0

    def __call__(self, share):
        if share > self.shown:
            self.bar.update(share - self.shown)
            self.shown = share

    def close(self):
        self.bar.close()


def _made(label):
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line(label)
    return _Bar(tqdm(total=1.0, desc=label, bar_format="{l_bar}{bar}| {elapsed}<{remaining}"))


@contextlib.contextmanager
def reporter(progress, label):
    """A function of the share that is done, or None if none is wanted."""
    if not progress or callable(progress):
        yield progress or None
        return
    bar = _made(label)
    try:
        yield bar
    finally:
        bar.close()
