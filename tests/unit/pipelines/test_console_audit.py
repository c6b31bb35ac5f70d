"""What the audit's commands print is read on a narrow screen too."""

import pytest

from pipelines.console_audit import AuditConsole


def test_a_story_is_told_decision_by_decision_without_breaking_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    row = {
        "account_id": "C1", "customer_name": None, "as_of": "2026-05-31", "in_force": False, "segment": "dispute",
        "propensity": 0.1, "amount_at_stake": 4_673_000, "treatment": "resolve_dispute", "channel": "call",
        "offer": "none", "arm": "treatment", "feedback": None, "scheduled_at": None, "refusals": None,
        "reasons": "Open disputes: 1; the portfolio, 0 (against) | It is 102 days past due; the portfolio, 45 (against)",
        "stage": "overdue", "models": {"overdue": {"name": "propension_demo", "version": "1"}},
        "policy": {"version": "2026.1", "digest": "7ea130d20d780c76"}, "written_at": "2026-06-01T15:32:40+00:00",
        "run_id": "d6891abd2d4ec943",
    }  # fmt: skip
    AuditConsole(as_json=False).story([row, row | {"as_of": "2026-06-30", "in_force": True}], [])
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert printed.index("2026-05-31 (replaced)") < printed.index("2026-06-30")
    for line in (
        "  segment:   dispute",
        "  treatment: resolve_dispute, call",
        "  why:       Open disputes: 1; the portfolio, 0 (against)",
        "             It is 102 days past due; the portfolio, 45 (against)",
        "  policy:    2026.1 (7ea130d20d780c76)",
    ):
        assert printed.count(line) == 2
