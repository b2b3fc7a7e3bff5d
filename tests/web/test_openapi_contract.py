"""Every operation keeps to its own description, whatever is sent (schemathesis)."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.web.app import create_app
from web.live import LiveServer

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

OPERATIONS = [
    (method.upper(), path)
    for path, methods in create_app(None).openapi()["paths"].items()
    for method in methods
    # Closing the group would take it from the others.
    if not path.endswith("/close")
]


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with LiveServer(tmp_path_factory.mktemp("contract")) as live:
        yield live


@pytest.fixture(scope="module")
def described(live):
    return schemathesis.openapi.from_url(f"{live.base}/openapi.json", timeout=60)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operations_keep_to_their_description(live, described, method, path):
    headers = {"Authorization": f"Bearer {live.owner}"}

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy())
    def check(case):
        if "group_id" in case.path_parameters:
            case.path_parameters["group_id"] = "tea"
        case.call_and_validate(headers=headers, checks=CHECKS)

    check()
