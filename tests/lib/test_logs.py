"""Logs are read by more people than the mail that a secret was sent in."""

import logging

import pytest

from lib.logs import hide_secrets


@pytest.mark.parametrize(
    ("request_line", "logged"),
    [
        ("GET /t/lakeside/join/s3cr3t-Secret_1/", "GET /t/lakeside/join/…/"),
        ("POST /password/reset/2f-c4a-1b2c3d/", "POST /password/reset/2f-…/"),
        ("GET /password/reset/sent/", "GET /password/reset/sent/"),
        ("GET /t/lakeside/catalog/?q=join", "GET /t/lakeside/catalog/?q=join"),
    ],
)
def test_secrets_in_addresses_are_not_logged(request_line, logged):
    assert hide_secrets(None, "info", {"request": request_line})["request"] == logged


def test_an_invitation_link_leaves_no_secret_in_the_log(client, cast, caplog):
    [written] = [
        handler.formatter for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler
    ]
    with caplog.at_level(logging.INFO):
        client.get("/t/lakeside/join/s3cr3t/")
    lines = [written.format(record) for record in caplog.records]
    assert any("request_finished" in line for line in lines)
    assert not any("s3cr3t" in line for line in lines)
