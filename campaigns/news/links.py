"""Signed links in mails: to confirm, for a week; to leave, for ever."""

from django.core import signing

from campaigns.models import Reader
from campaigns.news.reading import CONFIRM_TIME
from core.links import public_url

CONFIRM, LEAVE = "news-confirm", "news-leave"


def to_confirm(reader: Reader) -> str:
    token = signing.dumps(reader.pk, salt=CONFIRM)
    return public_url("news_confirm", token, language=reader.language)


def to_leave(reader: Reader) -> str:
    token = signing.Signer(salt=LEAVE).sign(str(reader.pk))
    return public_url("news_leave", token, language=reader.language)


def to_show(language: str) -> str:
    """A link to leave as mails have it, that takes nobody off."""
    return public_url("news_leave", "preview", language=language)


def confirmable(token: str) -> Reader | None:
    """Whose link it is; None if it is not ours, too old, or she left since."""
    try:
        pk = signing.loads(token, salt=CONFIRM, max_age=CONFIRM_TIME)
    except signing.BadSignature:
        return None
    return Reader.objects.select_related("campaign").filter(pk=pk, left_at=None).first()


def leaver(token: str) -> Reader | None:
    """Whose link it is, also after she left; None if it is not ours or long erased."""
    try:
        pk = signing.Signer(salt=LEAVE).unsign(token)
    except signing.BadSignature:
        return None
    return Reader.objects.select_related("campaign").filter(pk=pk).first()
