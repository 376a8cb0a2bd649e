from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "gifts"

    def ready(self) -> None:
        """What the floor below has to know of things: their mails, and their rules in the books."""
        from donations import books, mails  # noqa: PLC0415 - models, after Django's start
        from gifts.offers import letters, values  # noqa: PLC0415

        mails.CONTEXTS["offer"] = letters.of_offer
        mails.READDRESS["offer"] = letters.readdress
        books.CHECKS["given things are booked at their value"] = values.values_are_booked
