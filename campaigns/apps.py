from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """The floors below know no readers, learners, sponsors: what concerns them joins theirs."""
        from campaigns.challenges import matching  # noqa: PLC0415 - models are not loaded before
        from campaigns.comments import danger  # noqa: PLC0415
        from campaigns.impact_statements import along  # noqa: PLC0415
        from campaigns.letters import sending  # noqa: PLC0415
        from campaigns.news import reading, words  # noqa: PLC0415
        from campaigns.training import learning  # noqa: PLC0415
        from campaigns.training import words as training_words  # noqa: PLC0415
        from donations import appeals, bounces, mails  # noqa: PLC0415
        from donations.receipts import enclosing  # noqa: PLC0415

        enclosing.ENCLOSED.append(along.ENCLOSURE)
        appeals.REMARKS.append(matching.remark)
        mails.CONTEXTS[reading.TEMPLATE] = words.of_news
        mails.CONTEXTS[danger.TEMPLATE] = danger.mail_of
        mails.CONTEXTS[sending.TEST] = sending.of_test
        mails.CONTEXTS[learning.TEMPLATE] = training_words.of_training
        mails.CAME_BACK[learning.TEMPLATE] = mails.leave_it
        bounces.RECORDS.append(sending.record_bounce)
        mails.CAME_BACK[reading.TEMPLATE] = reading.came_back
