"""Arrays become files, so that they are read, checked and refused by the same code, with the same words, as the program's."""
import contextlib
import os
import tempfile

import numpy

from ._dynbal import Error

_PREFIX = "dynbal-array-"


def _in_words_of_arrays(text, path):
    """The user has no such file, and cannot write `@`."""
    return text.replace(f"choose one of many with {path}@INDEX", "pass one of them, such as x[0]").replace(path, "array")


def in_words_of_arrays(texts, path):
    """What was said of as_file()'s file, said of the array; of a file of the user's nothing changes."""
    return [_in_words_of_arrays(text, path) if os.path.basename(os.path.dirname(path)).startswith(_PREFIX) else text
            for text in texts]


@contextlib.contextmanager
def as_file(data):
    """The path of `data`: a file's own, that of an array written for as long as the `with` lasts, "" for None."""
    if data is None:
        yield ""
        return
    if isinstance(data, (str, os.PathLike)):
        yield os.fspath(data)
        return
    array = numpy.asarray(data)
    if not numpy.issubdtype(array.dtype, numpy.number) or numpy.iscomplexobj(array):
        raise Error(f"array: its values are {array.dtype}, no real numbers")
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        path = os.path.join(folder, "array.npy")
        numpy.save(path, numpy.ascontiguousarray(array, dtype=numpy.float32))
        try:
            yield path
        except Error as error:
            raise Error(_in_words_of_arrays(str(error), path)) from None
