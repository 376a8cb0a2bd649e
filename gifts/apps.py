from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "gifts"

    def ready(self) -> None:
        """The floor below knows no things: their mails and their checks of the books join it."""
        from donations import books, mails  # noqa: PLC0415 - models are not loaded before this
        from donations.audit import sheets  # noqa: PLC0415
        from gifts import alarms, audit  # noqa: PLC0415
        from gifts.books import CHECKS  # noqa: PLC0415
        from gifts.offers import letters  # noqa: PLC0415
        from gifts.trace import telling  # noqa: PLC0415

        mails.CONTEXTS[telling.TEMPLATE] = telling.mail_of
        mails.CONTEXTS[alarms.TEMPLATE] = alarms.mail_of
        mails.CONTEXTS["offer"] = letters.of_offer
        mails.READDRESS["offer"] = letters.readdress
        books.CHECKS.update(CHECKS)
        sheets.SHEETS["gifts-in-kind"] = audit.sheet
