"""Reports of mail providers, in the shapes they really post."""

import base64
import hashlib
import hmac
import json

import pytest

from donations.models import Mail

pytestmark = pytest.mark.django_db
SECRET = "ns:a-password"
AUTHORIZATION = "Basic " + base64.b64encode(SECRET.encode()).decode()


@pytest.fixture
def sent(make_gift, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET, "MAILGUN_API_KEY": "key-x"}
    mail = make_gift().mails.get(template="receipt")
    Mail.objects.filter(pk=mail.pk).update(provider_id="883953f4-6105-42a2-a16a-77a8eac79483")
    mail.refresh_from_db()
    return mail


def postmark(mail, **changes):
    return {
        "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807,
        "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce", "Tag": "", "ServerID": 23,
        "MessageID": mail.provider_id, "Email": mail.to, "From": "gifts@northstar.example",
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1",
        "BouncedAt": "2026-11-21T16:33:54.9070259Z", "DumpAvailable": True, "Inactive": True,
        "CanActivate": True, "Subject": "Receipt", **changes,
    }  # fmt: skip


def test_a_hard_bounce_at_postmark(client, sent):
    body = json.dumps(postmark(sent))
    for _ in range(2):
        answer = client.post(
            "/webhooks/mail/postmark/",
            body,
            "application/json",
            headers={"authorization": AUTHORIZATION},
        )
        assert answer.status_code == 200
    sent.refresh_from_db()
    assert (sent.status, sent.problem) == ("bounced", "bounced")


def test_a_complaint_at_postmark(client, sent):
    body = postmark(sent, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=100001)
    client.post(
        "/webhooks/mail/postmark/", json.dumps(body), "application/json",
        headers={"authorization": AUTHORIZATION},
    )  # fmt: skip
    sent.refresh_from_db()
    assert sent.status == "complained"


def test_a_soft_bounce_changes_nothing(client, sent):
    body = postmark(sent, Type="Transient", TypeCode=2, Inactive=False)
    client.post(
        "/webhooks/mail/postmark/", json.dumps(body), "application/json",
        headers={"authorization": AUTHORIZATION},
    )  # fmt: skip
    sent.refresh_from_db()
    assert sent.status == "sent"


def mailgun(mail):
    token, timestamp = "06c96bafc3f42a66b9edd546347a2fe18dc23461fe80dc52f0", "1637512345"
    signature = hmac.new(b"key-x", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"token": token, "timestamp": timestamp, "signature": signature},
        "event-data": {
            "event": "failed", "severity": "permanent", "reason": "bounce",
            "id": "pVqXGJWhTzysS9GpwF2hlQ",
            "timestamp": 1637512345.5, "recipient": mail.to, "log-level": "error", "tags": [],
            "delivery-status": {"code": 550, "message": "No such user", "attempt-no": 1},
            "message": {"headers": {"message-id": mail.provider_id.strip("<>"), "to": mail.to}},
        },
    }  # fmt: skip


def test_a_bounce_at_mailgun(client, sent):
    Mail.objects.filter(pk=sent.pk).update(provider_id="<20261121.1@northstar.example>")
    sent.refresh_from_db()
    answer = client.post(
        "/webhooks/mail/mailgun/", json.dumps(mailgun(sent)), "application/json",
        headers={"authorization": AUTHORIZATION},
    )  # fmt: skip
    assert answer.status_code == 200
    sent.refresh_from_db()
    assert sent.status == "bounced"


@pytest.mark.parametrize("header", ["", "Basic bnM6d3Jvbmc="])
def test_a_report_without_our_password_changes_nothing(client, sent, header):
    headers = {"authorization": header} if header else {}
    answer = client.post(
        "/webhooks/mail/postmark/", json.dumps(postmark(sent)), "application/json", headers=headers
    )
    assert answer.status_code == 400
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_where_no_password_is_set_nothing_is_taken(client, sent, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": ""}
    assert client.post("/webhooks/mail/postmark/", "{}", "application/json").status_code == 404
