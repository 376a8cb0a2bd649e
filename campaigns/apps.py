from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """The floors below know no readers: the mails to them join theirs."""
        from campaigns.news import reading, words  # noqa: PLC0415 - models are not loaded before
        from donations import mails  # noqa: PLC0415

        mails.CONTEXTS[reading.TEMPLATE] = words.of_news
        mails.CAME_BACK[reading.TEMPLATE] = reading.came_back
