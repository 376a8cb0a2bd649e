"""Tokens that cannot be guessed, hashes that cannot be reversed."""

import re

from django.test import override_settings

from core import tokens


def test_tokens_differ_and_fit_into_an_address():
    made = {tokens.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in made)


def test_codes_hold_no_signs_that_are_mistaken_for_others():
    made = {tokens.new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code) for code in made)
    assert not {"0", "1", "I", "L", "O"} & (set("".join(made)) - {"L"})


def test_a_keyed_hash_is_the_same_here_and_another_elsewhere():
    here = tokens.keyed_hash("192.0.2.7", purpose="network")
    assert here == tokens.keyed_hash("192.0.2.7", purpose="network")
    assert here != tokens.keyed_hash("192.0.2.7", purpose="card")
    with override_settings(SECRET_KEY="another" * 8):
        assert here != tokens.keyed_hash("192.0.2.7", purpose="network")


def test_text_and_bytes_have_the_same_digest():
    assert tokens.sha256("é") == tokens.sha256("é".encode())
