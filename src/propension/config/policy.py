"""The policy file (``policy.yaml``): who is in which segment, and what may be done; read by managers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from propension.config.agenda import Agenda
from propension.config.base import Amount, Language, Model, Name, Share, Stage, Texts
from propension.config.contact import ContactPolicy
from propension.config.experiment import Experiment, LearningPolicy, Strategy
from propension.config.feedback import FeedbackPolicy
from propension.config.limits import Budget, Capacity, Minutes, PressureLimit
from propension.config.messages import Messages, Tone, TreatmentChannel
from propension.config.offers import Offer, RecommendedDue
from propension.errors import nearest

Rule = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
NO_TREATMENT = "do_nothing"
# More than anybody reads, and no more than a run decides by in seconds.
MOST = 300
# How much is owed, how much is billed, for how long, how fast it grows, and its group's debts.
ValueMeasure = Literal[
    "open_amount", "billed_amount_365d", "tenure_days", "billed_growth", "group_balance_overdue"
]
Position = Literal["can_wants", "cannot_wants", "can_wont", "cannot_wont", "uncertain", "upcoming"]
Cause = Literal["dispute", "strategic", "liquidity", "forgetful"]


class RiskBands(Model):
    """Least propensity of each band; below D is E."""

    A: Share = 0.8
    """Least propensity of band A."""
    B: Share = 0.6
    """Least propensity of band B."""
    C: Share = 0.4
    """Least propensity of band C."""
    D: Share = 0.2
    """Least propensity of band D; what is below is E."""

    @model_validator(mode="after")
    def _falling(self) -> RiskBands:
        if not self.A > self.B > self.C > self.D:
            raise ValueError("risk bands must fall from A to D")
        return self


class ValueTiers(Model):
    """Shares of the portfolio below accounts of high and of medium value.

    What an account is worth is the mean of its ranks by the measures in ``by``, each with its weight.
    """

    high: Share = 0.9
    """Share of the portfolio below the accounts of high value."""
    medium: Share = 0.5
    """Share of the portfolio below the accounts of medium value; the rest are low."""
    by: Annotated[
        dict[ValueMeasure, Annotated[float, Field(gt=0, le=100)]], Field(min_length=1)
    ] = {"open_amount": 1.0}
    """Measures of an account's value, each with its weight."""

    @model_validator(mode="after")
    def _falling(self) -> ValueTiers:
        if not self.high > self.medium:
            raise ValueError("high must be above medium")
        return self


class Quadrants(Model):
    """Shares of the portfolio that count as unable, and as unwilling, to pay.

    Accounts nearer to a threshold than ``dead_zone`` are reported as uncertain.
    """

    ability: Share = 0.5
    """Share of the portfolio that counts as unable to pay."""
    willingness: Share = 0.5
    """Share of the portfolio that counts as unwilling to pay."""
    dead_zone: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Accounts nearer to a threshold than this share of the portfolio are `uncertain`."""


class Flag(Model):
    """A true-or-false mark on an account, by rule."""

    when: Rule
    """The rule: a condition over the columns of the list."""
    label: Texts
    """What people read for it."""


class Segment(Model):
    """A named group; the first whose rule holds takes the account.

    ``treatments`` are those considered, the preferred first: an account gets the one that its strategy
    chooses among what nothing forbids.
    """

    name: Name
    """What rules and lists call it."""
    when: Rule
    """The rule: a condition over the columns of the list and the flags."""
    label: Texts
    """What people read for it."""
    treatments: Annotated[tuple[Name, ...], Field(min_length=1, max_length=8)]
    """What is considered, the preferred first."""


class Treatment(Model):
    """One thing a team can do about an account.

    ``when`` is a rule of its own, on top of the segment's; it may use ``expected_cost``.
    ``effect`` is what the company believes it adds, as a share of what is at stake, by quadrant
    (``upcoming`` where nothing is overdue yet): a prior, until evidence says better. ``worth`` is what
    doing it is worth besides what it recovers: a dispute resolved, a file closed.
    """

    channel: TreatmentChannel
    """By which the customer is contacted; `none` where nobody is."""
    tone: Tone
    """How its messages speak, from friendly to legal."""
    manual: bool
    """Whether a person does it."""
    cost: Amount = 0
    """What doing it once costs, in the portfolio's currency."""
    minutes: Minutes = 0
    """How long it takes a person, in minutes."""
    service: bool = False
    """Whether it is a task owed to the customer, which the control group gets too."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)] = ("overdue", "upcoming")
    """In which it may be done."""
    when: Rule | None = None
    """A rule of its own, on top of the segment's; it may use `expected_cost`; always when empty."""
    offer: Name | None = None
    """The entry of `offers` that it makes; none when empty."""
    says: Name | None = None
    """The treatment whose messages it uses; its own when empty."""
    effect: dict[Position, Annotated[float, Field(ge=-1, le=1)]] = {}
    """What it is believed to add, as a share of what is at stake, by quadrant or `upcoming`; nothing where not named."""
    worth: Amount = 0
    """What doing it is worth besides what it recovers, in the portfolio's currency."""
    window_days: Annotated[int, Field(ge=1, le=365)] | None = None
    """Days after which its outcome is judged; the horizon's when empty."""
    explored: bool = True
    """Whether it may be drawn at random."""
    label: Texts
    """What people read for it."""


class Suppression(Model):
    """Accounts nobody may press: refused treatments fall back to ``only``."""

    name: Name
    """What refusals call it."""
    when: Rule
    """The rule: a condition over the columns of the list and the flags."""
    only: Annotated[tuple[Name, ...], Field(min_length=1)] = (NO_TREATMENT,)
    """The treatments that it leaves."""
    citation: str = ""
    """The law or rule it follows, told with every refusal."""


class Policy(Model):
    """What a collections manager decides.

    Rules are SQL conditions over the columns of the scored list.
    """

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Told with every list; change it whenever anything changes."""
    risk_bands: RiskBands = RiskBands()
    value_tiers: ValueTiers = ValueTiers()
    quadrants: Quadrants = Quadrants()
    causes: dict[Cause, Rule] = {}
    """Rules of the likely causes of the delay, in order; the first that holds, else `unknown`."""
    flags: Annotated[dict[Name, Flag], Field(max_length=MOST)] = {}
    """Marks by name; later rules can use them."""
    suppressions: Annotated[tuple[Suppression, ...], Field(max_length=MOST)] = ()
    """Who must not be pressed; the first that holds decides."""
    segments: Annotated[tuple[Segment, ...], Field(min_length=1, max_length=MOST)]
    """The groups of the portfolio; the first whose rule holds takes the account."""
    treatments: Annotated[dict[Name, Treatment], Field(max_length=MOST)]
    """What can be done, by name; `do_nothing` must be among them."""
    offers: dict[Name, Offer] = {}
    """What may be negotiated, by name."""
    recommended_due: RecommendedDue = RecommendedDue()
    contact: ContactPolicy = ContactPolicy()
    messages: Messages = Messages()
    languages: tuple[Language, ...] = ()
    """Languages of customers who have said theirs, besides the portfolio's own."""
    capacities: dict[Name, Capacity] = {}
    """What teams can do in one run, by name; without limit when empty."""
    budgets: dict[Name, Budget] = {}
    """What may be spent in one run, by name; without limit when empty."""
    pressure: dict[Name, PressureLimit] = {}
    """How much any group may be pressed, by name; without limit when empty."""
    strategy: Strategy = Strategy()
    experiment: Experiment = Experiment()
    learning: LearningPolicy = LearningPolicy()
    agenda: Agenda = Agenda()
    feedback: FeedbackPolicy = FeedbackPolicy()

    @model_validator(mode="after")
    def _known_names(self) -> Policy:
        if NO_TREATMENT not in self.treatments:
            raise ValueError(f"treatments must hold {NO_TREATMENT}")
        names = [segment.name for segment in self.segments]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"segments are named twice: {', '.join(repeated)}")
        if len(self.limits) < len(self.capacities) + len(self.budgets) + len(self.pressure):
            raise ValueError("capacities, budgets and limits of pressure need names of their own")
        challengers = self.experiment.challengers.values()
        overridden = [segment for challenger in challengers for segment in challenger.treatments]
        _refuse_unknown("experiment.challengers", "segments", overridden, dict.fromkeys(names))
        tried = [n for challenger in challengers for t in challenger.treatments.values() for n in t]
        places = {
            "segments": [name for segment in self.segments for name in segment.treatments],
            "suppressions": [name for rule in self.suppressions for name in rule.only],
            "capacities, budgets or pressure": [
                name for limit in self.limits.values() for name in limit.treatments
            ],
            "experiment.challengers": tried,
            "feedback": list(self.feedback.treatments),
            "messages.templates": [t.treatment for t in self.messages.templates.values()],
        }
        for place, used in places.items():
            _refuse_unknown(place, "treatments", used, self.treatments)
        offered = [t.offer for t in self.treatments.values() if t.offer is not None]
        _refuse_unknown("treatments", "offers", offered, self.offers)
        return self

    @property
    def limits(self) -> dict[str, Capacity | Budget | PressureLimit]:
        """Everything of which there is only so much, by name."""
        return {**self.capacities, **self.budgets, **self.pressure}

    @property
    def limit_labels(self) -> dict[str, Texts]:
        """What readers call the limits that have words of their own, by name."""
        return {name: limit.label for name, limit in self.limits.items() if limit.label is not None}

    def digest(self) -> str:
        """Return the hash of everything the policy says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def _refuse_unknown(place: str, kind: str, used: Sequence[str], known: Mapping[str, Any]) -> None:
    unknown = sorted(set(used) - set(known))
    if unknown:
        named = ", ".join(name + nearest(name, known) for name in unknown)
        raise ValueError(f"{place} name {kind} that do not exist: {named}")
