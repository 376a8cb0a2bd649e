"""A job that another job defers belongs into that one's transaction, as those of pages do.

Procrastinate's worker defers by a connection of its own: the new job is seen, and taken up by
another worker, before the rows it is about are committed.
"""

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import utils
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.psycopg_connector import PsycopgConnector


class WorkerConnector(PsycopgConnector):
    """Takes jobs by its own connections; what jobs defer goes by Django's."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


class Connector(DjangoConnector):
    def get_worker_connector(self) -> WorkerConnector:
        return WorkerConnector(kwargs=utils.connector_params(self.alias))


def set_up(app: App) -> None:
    """Called by procrastinate when its app is ready (PROCRASTINATE_ON_APP_READY)."""
    app.connector = app.job_manager.connector = Connector()
