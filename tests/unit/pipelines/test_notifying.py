"""Failures are told to the webhook, without secrets, and telling them fails nothing."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from builders import write_config

from propension.errors import ConfigurationError, ModelError


class Failed:
    """A flow run's last state."""

    name = "Failed"

    def __init__(self, error=None, message=""):
        self.error, self.message = error, message

    def is_crashed(self):
        return self.error is None

    def result(self, raise_on_failure):
        assert not raise_on_failure
        return self.error


@pytest.fixture
def told():
    """A web server on this machine, and what was posted to it."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if self.path == "/broken" else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", received=received)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def fail(tmp_path, monkeypatch):
    """Let a run fail; return the warnings that were logged."""
    from pipelines import notifying

    config = write_config(tmp_path)
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\nnotify: {{ webhook_env: HOOK }}\n", encoding="utf-8")
    warnings = []
    log = SimpleNamespace(warning=lambda text, *values: warnings.append(text % values))
    monkeypatch.setattr(notifying, "flow_run_logger", lambda *_: log)

    def call(state, address):
        monkeypatch.setenv("HOOK", address)
        run = SimpleNamespace(parameters={"config": str(config)})
        notifying.notify_failure(SimpleNamespace(name="scoring"), run, state)
        return warnings

    return call


def test_webhook_is_told_what_failed_where_and_why(told, fail) -> None:
    assert fail(Failed(ModelError("models: there is no champion yet.")), told.url) == []
    assert told.received == [
        {
            "flow": "scoring",
            "portfolio": "test",
            "state": "Failed",
            "reason": "models: there is no champion yet.",
        }
    ]


def test_run_that_was_killed_is_told_with_what_is_known(told, fail) -> None:
    fail(Failed(message="Process exited with status -9"), told.url)
    assert told.received[0]["reason"] == "Process exited with status -9"


def test_secrets_and_rows_are_not_told(told, fail) -> None:
    fail(Failed(ModelError("not at https://me:pass@mlflow/1")), told.url)
    fail(Failed(ValueError("cannot convert 'Ana Pardo'")), told.url)
    reasons = [post["reason"] for post in told.received]
    assert reasons == ["not at https://***@mlflow/1", "ValueError: see the log of the run."]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/secret", "{url}/broken", "http://127.0.0.1:9/a secret", "http://127.0.0.1:secret",
        "http://[127.0.0.1",
    ],
)  # fmt: skip
def test_webhook_that_does_not_answer_is_warned_of_without_its_address(told, fail, address) -> None:
    (warning,) = fail(Failed(ModelError("x")), address.format(url=told.url))
    assert warning.startswith("The webhook in HOOK cannot be reached (")
    assert "127.0.0.1" not in warning
    assert "secret" not in warning


def test_variable_without_an_address_is_warned_of(fail) -> None:
    (warning,) = fail(Failed(ModelError("x")), "file:///etc/passwd")
    assert "HOOK holds no address" in warning
    assert "passwd" not in warning


def test_serving_is_refused_where_failures_could_not_be_told(fail, tmp_path) -> None:
    from pipelines.serving import planned_deployments

    fail(Failed(ModelError("x")), "")
    with pytest.raises(ConfigurationError, match="HOOK holds no address"):
        planned_deployments(tmp_path / "propension.yaml")
