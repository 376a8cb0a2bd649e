from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "gifts"

    def ready(self) -> None:
        from donations import books  # noqa: PLC0415 - needs the models
        from gifts.books import CHECKS  # noqa: PLC0415

        books.CHECKS.update(CHECKS)
