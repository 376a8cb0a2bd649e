"""Receipts for whoever holds the link or the paper."""

import pytest

from donations.models import Mail, Receipt, ReceiptLink
from donations.receipts import book, links
from tests.giving import later


@pytest.fixture
def receipt(giving, run_jobs):
    donation = giving.paid()
    run_jobs()
    return donation.receipts.get()


@pytest.fixture
def link(receipt):
    return path_of(links.new_link(receipt, language="en"))


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_looking_changes_nothing_and_a_press_downloads(public_client, receipt, link):
    page = public_client.get(link)
    assert page.status_code == 200
    assert receipt.label in page.text
    newest = ReceiptLink.objects.latest("pk")
    assert newest.last_used_at is None

    answer = public_client.post(link)
    assert answer.content == book.stored_bytes(receipt)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{receipt.label}.pdf"'
    newest.refresh_from_db()
    assert newest.last_used_at


def test_no_download_is_kept_by_caches_or_search_engines(public_client, link):
    for answer in (public_client.get(link), public_client.post(link)):
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]


def test_only_a_hash_of_the_link_is_kept(link):
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(list(ReceiptLink.objects.values()))


def test_a_wrong_link_gives_nothing(public_client, receipt):
    for answer in (
        public_client.get("/receipts/made-up-token/"),
        public_client.post("/receipts/made-up-token/"),
    ):
        assert answer.status_code == 404
        assert receipt.label not in answer.text


def test_an_expired_link_gives_nothing_and_offers_another(public_client, receipt, link):
    with later(days=links.LINK_DAYS, minutes=1):
        assert public_client.get(link).status_code == 410
        answer = public_client.post(link)
    assert answer.status_code == 410
    assert b"%PDF" not in answer.content
    assert f"{link}again/" in answer.text


def test_a_revoked_link_gives_nothing(public_client, receipt, link):
    assert links.revoke(receipt) >= 1
    assert public_client.post(link).status_code == 410
    assert links.revoke(receipt) == 0


def test_links_to_a_void_receipt_are_closed(public_client, receipt, link):
    book.void(receipt, reason="duplicate")
    assert public_client.post(link).status_code == 410


def test_asking_for_another_link_answers_the_same_whether_known_or_not(
    public_client, receipt, link, run_jobs
):
    before = Mail.objects.count()
    known = public_client.post(f"{link}again/")
    unknown = public_client.post("/receipts/made-up-token/again/")
    token = link.strip("/").split("/")[1]  # of its own address, in the language switch
    assert known.text.replace(token, "made-up-token") == unknown.text
    assert known.status_code == unknown.status_code
    assert Mail.objects.count() == before + 1


def test_asked_for_many_times_one_mail_goes_out_an_hour(public_client, receipt, link):
    for _ in range(5):
        public_client.post(f"{link}again/")
    assert Mail.objects.filter(template="receipt_again").count() == 1
    with later(hours=1):
        public_client.post(f"{link}again/")
    assert Mail.objects.filter(template="receipt_again").count() == 2


def test_an_old_link_asks_for_the_receipt_that_stands_today(public_client, receipt, link, run_jobs):
    successor = book.replace(receipt, reason="name")
    public_client.post(f"{link}again/")
    assert not Mail.objects.filter(template="receipt_again").exists()  # its own mail is coming
    run_jobs()
    public_client.post(f"{link}again/")
    assert Mail.objects.get(template="receipt_again").receipt == successor


def test_no_link_to_a_void_receipt_is_sent(public_client, receipt, link):
    book.void(receipt, reason="duplicate")
    public_client.post(f"{link}again/")
    assert not Mail.objects.filter(template="receipt_again").exists()


def test_another_link_is_asked_for_by_a_press_alone(public_client, link):
    assert public_client.get(f"{link}again/").status_code == 405


def test_the_mailed_link_works(public_client, receipt, mailoutbox):
    (mail,) = [m for m in mailoutbox if receipt.label in m.body]
    url = next(word for word in mail.body.split() if "/receipts/" in word)
    assert public_client.post(path_of(url)).content == book.stored_bytes(receipt)


def test_the_code_on_the_paper_shows_state_and_amount_and_no_name(public_client, receipt):
    answer = public_client.get("/receipts/check/", {"code": receipt.code.lower()})
    assert "$50.00" in answer.text
    assert receipt.label in answer.text
    assert "Ruth" not in answer.text
    assert answer["Cache-Control"] == "no-store"


def test_the_code_of_a_replaced_receipt_names_its_successor(public_client, receipt):
    successor = book.replace(receipt, reason="name")
    answer = public_client.get("/receipts/check/", {"code": receipt.code})
    assert successor.label in answer.text


def test_a_code_nobody_issued_is_unknown(public_client, receipt):
    answer = public_client.get("/receipts/check/", {"code": "7KQ4-M2XD-9RTN"})
    assert answer.status_code == 200
    assert receipt.label not in answer.text
    assert Receipt.objects.count() == 1
