"""Browsers of the cast, signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from handsel.models import Member
from tests.flows.money.desk import Desk

Visitor = Callable[[Member], Client]


def signed_in(member: Member) -> Client:
    """A browser in which this member has signed in."""
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def as_alice(alice: Member) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: Member) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: Member) -> Client:
    return signed_in(charlie)
