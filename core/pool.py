"""The same work on many things, a process for each core: for drawing, which holds Python's lock.

Processes are spawned, never forked: a worker has threads and open connections. They know Django's
settings and templates and need no database. When their parent dies, however it dies, so do they.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

import django

Item = TypeVar("Item")
Result = TypeVar("Result")
# Below this many for each process, starting them takes longer than the work.
LEAST = 16


def cores() -> int:
    """Cores that this process may use, which a container may limit."""
    return len(os.sched_getaffinity(0))


def each(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    count: int,
    processes: int | None = None,
) -> Iterator[tuple[Item, Result]]:
    """Every item with what `work` made of it, in order; few of them wait in memory at a time.

    Args:
        work: a function of a module, as it is looked up anew in the other process.
        count: how many items about; few are done right here.
        processes: as many as cores, if not said.
    """
    wanted = min(processes or cores(), count // LEAST)
    if wanted < 2:
        for item in items:
            yield item, work(item)
        return
    context = multiprocessing.get_context("spawn")
    rest = iter(items)
    with ProcessPoolExecutor(wanted, mp_context=context, initializer=_begin) as pool:
        under_way: deque[tuple[Item, Future[Result]]] = deque()
        for item in islice(rest, 4 * wanted):
            under_way.append((item, pool.submit(work, item)))
        try:
            while under_way:
                item, future = under_way.popleft()
                result = future.result()
                for following in islice(rest, 1):
                    under_way.append((following, pool.submit(work, following)))
                yield item, result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # spawned by `each`
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    django.setup()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """A killed parent cannot tell its children to go."""
    parent.join()
    os._exit(1)
