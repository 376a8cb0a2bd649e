from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """The floors below know no readers: the mails to them join theirs."""
        from campaigns.comments import danger  # noqa: PLC0415 - models are not loaded before
        from campaigns.letters import sending  # noqa: PLC0415
        from campaigns.news import reading, words  # noqa: PLC0415 - models are not loaded before
        from donations import bounces, mails  # noqa: PLC0415

        mails.CONTEXTS[reading.TEMPLATE] = words.of_news
        mails.CONTEXTS[danger.TEMPLATE] = danger.mail_of
        mails.CONTEXTS[sending.TEST] = sending.of_test
        bounces.RECORDS.append(sending.record_bounce)
        mails.CAME_BACK[reading.TEMPLATE] = reading.came_back
