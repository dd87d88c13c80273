"""T22: what every operation answers to data that fits its schema and to data that does not: no error of ours, nothing
that the OpenAPI document does not say. A small dose; `HANDSEL_DOSE` multiplies it.

Of the actions that take the same body the small dose asks one.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from handsel.models import Customer, Member, Partner, Product
from handsel.web.api.v1 import api
from handsel.web.wsgi import application
from tests.cast import acting, make_api_key, make_customer, make_member, make_order, make_partner, make_product
from tests.sandbox import SandboxServer

DOSE = int(os.environ.get("HANDSEL_DOSE", "1"))

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application
schema.config.update(base_url="http://127.0.0.1/")
ALIKE = r"/(withdraw|approve|convert-to-draft|refuse-cancellation|archive|unarchive|activate|cancel-payment|duplicate)$"
asked = (
    schema
    if DOSE > 1
    else schema.exclude(path_regex=ALIKE).exclude(path_regex=r"/(request-cancellation|ignore-errors)$")
)


@pytest.fixture(scope="module")
def key(sandbox_process: SandboxServer) -> str:
    partner: Partner = make_partner()
    alice: Member = make_member(partner)
    customer: Customer = make_customer(partner, acting(alice))
    product: Product = make_product(partner, acting(alice))
    make_order(partner, acting(alice), customer, [product])
    return make_api_key(partner, alice)


@asked.parametrize()
@settings(
    max_examples=2 * DOSE,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_keeps_to_its_schema(case: Any, key: str) -> None:
    cache.clear()
    case.call_and_validate(
        headers={"Authorization": f"Bearer {key}"},
        checks=(
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
        ),
    )


def test_the_document_is_openapi_3_1_and_names_every_refusal() -> None:
    document = api.get_openapi_schema()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            assert {"400", "401", "403", "404", "409", "413", "415", "422", "429"} <= {
                str(status) for status in operation["responses"]
            }, where
            assert operation["security"], where
