"""What the jobs of the tests do, in another process: a module that is quick to import."""

import os
from itertools import count
from time import sleep

import numpy as np

from rnnviz.document.values import DocumentError


def counting(last):
    yield from range(last)
    return last


def without_end():
    for number in count():
        yield number
        sleep(0.001)


def process_ids():
    yield os.getpid()


def refusing():
    yield 1
    raise DocumentError("layers: a network needs at least one recurrent layer")


def failing():
    yield 1
    raise KeyError("W_hh")


def dying():
    yield 1
    os._exit(3)


def summed(document):
    """Yield whether the arrays of the document are locked, and their sums."""
    arrays = [document.weight(place) for place in document.places()]
    yield [array.flags.writeable for array in arrays]
    yield [array.sum() for array in arrays]
    return document


def array_of(size):
    yield np.arange(size)


def square(number):
    return number * number
