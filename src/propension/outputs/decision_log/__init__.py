"""The decision log: who decided what about every account, why and when; appended to, never edited."""

from propension.outputs.decision_log.audit import Fault, Verification, verify_decisions
from propension.outputs.decision_log.record import HEAD, DecisionLog
from propension.outputs.decision_log.story import account_story

__all__ = ["HEAD", "DecisionLog", "Fault", "Verification", "account_story", "verify_decisions"]
