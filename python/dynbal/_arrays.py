"""Arrays become files, so that they are read, checked and refused by the same code, with the same words, as the program's."""
import contextlib
import os
import tempfile

import numpy

from ._dynbal import Error


@contextlib.contextmanager
def as_file(data, dims=None):
    """The path of `data`: a file's own, that of an array written for as long as the `with` lasts, "" for None. `dims`: of the
    model, where one input is wanted; an array without the batch is one input, too."""
    if data is None:
        yield ""
        return
    if isinstance(data, (str, os.PathLike)):
        yield os.fspath(data)
        return
    array = numpy.asarray(data)
    if not numpy.issubdtype(array.dtype, numpy.number) or numpy.iscomplexobj(array):
        raise Error(f"array: its values are {array.dtype}, no real numbers")
    if dims is not None and array.size == int(numpy.prod(dims)):
        array = array.reshape(dims)
    with tempfile.TemporaryDirectory(prefix="dynbal-") as folder:
        path = os.path.join(folder, "array.npy")
        numpy.save(path, numpy.ascontiguousarray(array, dtype=numpy.float32))
        try:
            yield path
        except Error as error:  # the user has no such file
            raise Error(str(error).replace(path, "array")) from None
