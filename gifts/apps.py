from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "gifts"

    def ready(self) -> None:
        from donations import mails  # noqa: PLC0415 - models are not loaded before this
        from gifts.trace import telling  # noqa: PLC0415

        mails.CONTEXTS[telling.TEMPLATE] = telling.mail_of
