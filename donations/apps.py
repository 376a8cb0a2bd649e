from django.apps import AppConfig


class DonationsConfig(AppConfig):
    name = "donations"

    def ready(self) -> None:
        from donations import bounces  # noqa: F401, PLC0415 - connects once the models are there
