"""What every treatment adds for every account: priors, evidence, and the blend of both."""

from propension.treatments.effects.blend import EffectModel, Effects, Learning, learn_effects
from propension.treatments.effects.departures import Departures, fit_departures
from propension.treatments.effects.doubly_robust import fit_doubly_robust
from propension.treatments.effects.evidence import Evidence, read_evidence
from propension.treatments.effects.learners import fit_axes, fit_pooled
from propension.treatments.effects.priors import PriorTable, policy_priors, prior_effects
from propension.treatments.effects.qini import Qini, Trial

__all__ = [
    "Departures",
    "EffectModel",
    "Effects",
    "Evidence",
    "Learning",
    "PriorTable",
    "Qini",
    "Trial",
    "fit_axes",
    "fit_departures",
    "fit_doubly_robust",
    "fit_pooled",
    "learn_effects",
    "policy_priors",
    "prior_effects",
    "read_evidence",
]
