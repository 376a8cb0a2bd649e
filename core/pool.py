"""The same work on many things, a process for each core: for drawing, which holds Python's lock.

Processes are spawned, never forked: a worker has threads and open connections. They know Django's
settings, templates and translations, and none of our apps: models and desks would take as much
memory again, and drawing needs no database. When their parent dies, however it dies, so do they.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import django
from django.apps import apps
from django.conf import settings

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
        work: a function of a module, as it is looked up anew in the other process. Neither that
            module nor what it is given may know models.
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
    with ProcessPoolExecutor(
        wanted, mp_context=context, initializer=_begin, initargs=(_translations(),)
    ) as pool:
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


def _translations() -> list[str]:
    """Where they lie, in the order in which Django asks."""
    own = [Path(app.path) / "locale" for app in apps.get_app_configs()]
    return [*map(str, settings.LOCALE_PATHS), *(str(path) for path in own if path.is_dir())]


def _begin(translations: list[str]) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # spawned by `each`
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    settings.INSTALLED_APPS, settings.LOCALE_PATHS = [], translations
    django.setup()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """A killed parent cannot tell its children to go."""
    parent.join()
    os._exit(1)
