from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.flows.money.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def _nobody_failed_yet() -> None:
    cache.clear()
