"""Work that makes very many objects at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def looked_through_later() -> Iterator[None]:
    """Spare Python its search for dead cycles while what is made all lives on.

    The search goes over everything alive, again and again as the number grows: a sixth of the time
    of a big matching run. What dies without a cycle is freed at once all the same.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
