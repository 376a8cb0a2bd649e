"""The WSGI entry point; started with `PYTHONPATH=.:site`."""

import gc
import os
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()
application: Callable[..., Iterable[bytes]] = django
if settings.ROLE == "public":
    from pages.serving import AtOnce  # once Django is set up

    application = AtOnce(django)
# All addresses with what they lead to, which the first visitor would wait for otherwise. None of
# it is ever garbage: looked through for it again and again, it made some request wait each time.
addresses = get_resolver().reverse_dict
gc.collect()
gc.freeze()
