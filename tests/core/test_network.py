"""Whose request it is, for the limits: as hard to forge as the proxies in front allow."""

import pytest
from django.test import RequestFactory, override_settings

from core.network import network_of


def network(remote: str = "192.0.2.1", forwarded: str = "", proxies: int = 0) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    with override_settings(TRUSTED_PROXIES=proxies):
        return network_of(request)


def test_the_hash_holds_no_address():
    assert "192.0.2.1" not in network("192.0.2.1")
    assert len(network()) == 32
    assert network("192.0.2.1") != network("192.0.2.2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::2"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("192.0.2.1:51000", "192.0.2.1"),
        ("nonsense", ""),
    ],
)
def test_addresses_of_one_line_are_one_network(one, other):
    assert network(one) == network(other)


def test_neighbouring_64s_are_two_networks():
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")


def test_without_a_trusted_proxy_the_header_is_not_believed():
    assert network("192.0.2.1", forwarded="198.51.100.9") == network("192.0.2.1")


def test_what_the_visitor_writes_left_of_the_proxies_is_not_believed():
    seen = network("10.0.0.1", forwarded="203.0.113.5, 198.51.100.9", proxies=1)
    assert seen == network("198.51.100.9")
    assert network("10.0.0.1", forwarded="1.1.1.1, 198.51.100.9, 10.0.0.2", proxies=2) == seen


def test_a_request_that_came_around_the_proxies_counts_by_its_socket():
    assert network("192.0.2.1", forwarded="198.51.100.9", proxies=2) == network("192.0.2.1")
    assert network("192.0.2.1", proxies=1) == network("192.0.2.1")
