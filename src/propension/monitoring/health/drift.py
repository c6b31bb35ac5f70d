"""How far lists moved from what their model learnt from, before any outcome is known."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from propension.config import Monitoring
from propension.model import SCORE, Bundle, Marginal, Profile
from propension.model.profile import psi_of_counts
from propension.monitoring.health.kept import read_profile
from propension.monitoring.health.matured import models_of
from propension.monitoring.health.measurement import Bundles, Measurement
from propension.monitoring.health.two_samples import missing_p_value, p_value
from propension.outputs import INPUTS_NAME, SCORED_NAME, list_date
from propension.segments import columns_from

MIX = (
    "stage", "dpd_bucket", "segment", "quadrant", "value_tier", "kind", "country", "region", "product_line",
)  # fmt: skip
# They follow from the policy: under another one they are another thing.
_MADE_BY_POLICY = frozenset({"segment", "quadrant", "value_tier"})
_POLICY = "policy_version"
_NAMES = (_POLICY, *MIX)
_KEPT = (SCORE, *sorted(columns_from("feature")))
_Columns = dict[str, pa.ChunkedArray]


def measure_drift(
    lists: Sequence[Path], bundles: Bundles, settings: Monitoring
) -> list[Measurement]:
    """Return how far lists are from what their model learnt from, and from the lists before them.

    Only the model of the newest list counts: what another one was used to says nothing of it. Score and features are
    held against the bundle's profile, as far as the list kept them; without one, and for the mix of the portfolio,
    against up to ``settings.lists`` lists before it.

    Parameters
    ----------
    lists : sequence of Path
        One as-of date each.
    bundles : Bundles
    settings : Monitoring
    """
    ordered = sorted(lists)
    present = models_of(ordered[-1]) if ordered else {}
    measured: list[Measurement] = []
    mixes: deque[tuple[dt.date, _Columns]] = deque(maxlen=settings.lists)
    for place, folder in enumerate(ordered):
        mix = _read(folder, _NAMES)
        measured += _mix(list_date(folder), mix, mixes, settings.min_lists)
        mixes.append((list_date(folder), mix))
        before = ordered[max(0, place - settings.lists) : place]
        for stage, version in models_of(folder).items():
            if present.get(stage) != version:
                continue
            bundle = bundles(stage, version)
            profile = bundle.profile if bundle else None
            now = Population(folder, stage, version)
            if profile is None:
                earlier = [one for one in before if models_of(one).get(stage) == version]
                if len(earlier) < settings.min_lists:
                    continue
                profile = _profile_of(earlier, stage)
            leaning = _leaning(bundle, settings.leaning_share)
            measured += _shifts(now, profile, leaning)
    return measured


class Population:
    """The accounts of one stage of a list."""

    def __init__(self, folder: Path, stage: str, version: str) -> None:
        self.folder, self.stage, self.version = folder, stage, version

    def count(self, profile: Profile) -> dict[str, NDArray[np.int64]]:
        """Return rows by bin: of what the list was decided by, and of what was counted when it was scored."""
        kept = ds.dataset(self.folder / INPUTS_NAME)
        names = sorted(profile.columns.keys() & set(kept.schema.names))
        chosen = ds.field("stage") == self.stage
        counted = profile.count(kept.to_batches(columns=names, filter=chosen)) if names else {}
        return counted | read_profile(self.folder, self.stage, profile)


def _shifts(
    now: Population, profile: Profile, leaning: frozenset[str] | None
) -> Iterator[Measurement]:
    as_of = list_date(now.folder)
    for name, counts in sorted(now.count(profile).items()):
        if not counts.sum():
            continue
        marginal = profile.columns[name]
        was = np.array(marginal.counts)
        weighs = leaning is None or name in leaning or name == SCORE
        missing = [float(part[-1] / part.sum()) for part in (was, counts)]
        facts = {
            "missing_before": missing[0], "missing_after": missing[1], "rows": int(counts.sum()),
            "before": was.tolist(), "after": counts.tolist(), "cuts": list(marginal.cuts),
        }  # fmt: skip
        yield Measurement(
            "score_shift" if name == SCORE else "feature_shift", now.stage, name, as_of,
            psi_of_counts(was, counts), marginal.usual, p_value(marginal, counts), weighs, facts,
        )  # fmt: skip
        yield Measurement(
            "missing_change", now.stage, name, as_of, abs(missing[1] - missing[0]),
            marginal.usual_missing, missing_p_value(marginal, counts), weighs,
            {"missing_before": missing[0], "missing_after": missing[1]},
        )  # fmt: skip


def _mix(
    as_of: dt.date, now: _Columns, before: Collection[tuple[dt.date, _Columns]], least: int
) -> Iterator[Measurement]:
    for name in sorted(now.keys() & set(MIX)):
        earlier = [
            (day, mix[name])
            for day, mix in before
            if name in mix and (name not in _MADE_BY_POLICY or _policy_of(mix) == _policy_of(now))
        ]
        marginal = _marginal(earlier) if len(now[name]) and len(earlier) >= least else None
        if marginal is None:
            continue
        counts = marginal.count(now[name])
        was = np.array(marginal.counts)
        facts = {"cuts": list(marginal.cuts), "before": was.tolist(), "after": counts.tolist()}
        yield Measurement(
            "mix_shift", "", name, as_of, psi_of_counts(was, counts), marginal.usual,
            p_value(marginal, counts), True, facts,
        )  # fmt: skip


def _policy_of(mix: _Columns) -> Any:
    return mix[_POLICY][0].as_py() if len(mix[_POLICY]) else None


def _profile_of(lists: Sequence[Path], stage: str) -> Profile:
    read = [(list_date(folder), _read(folder, _KEPT, stage)) for folder in lists]
    found = {
        name: _marginal([(day, columns[name]) for day, columns in read if name in columns])
        for name in _KEPT
    }
    return Profile({name: marginal for name, marginal in found.items() if marginal is not None})


def _marginal(parts: Sequence[tuple[dt.date, pa.ChunkedArray]]) -> Marginal | None:
    """One column of some lists; None where none of them has a row."""
    if not sum(len(column) for _, column in parts):
        return None
    days = [np.full(len(column), day, "datetime64[D]") for day, column in parts]
    chunks = [chunk for _, column in parts for chunk in column.chunks]
    return Marginal.learn(pa.chunked_array(chunks), np.concatenate(days))


def _read(folder: Path, wanted: Collection[str], stage: str = "") -> _Columns:
    """Those of some columns that a list has, all of them read at once."""
    found: _Columns = {}
    filters = [("stage", "=", stage)] if stage else None
    for file in (INPUTS_NAME, SCORED_NAME):
        names = [name for name in pq.read_schema(folder / file).names if name in wanted]
        named = [name for name in names if name in _NAMES]
        table = pq.read_table(folder / file, columns=names, filters=filters, read_dictionary=named)
        found |= dict(zip(names, table.columns, strict=True))
    return found


def _leaning(bundle: Bundle | None, least: float) -> frozenset[str] | None:
    """Features that carry enough of what the trees gained; None where that is not known."""
    if bundle is None:
        return None
    gain = bundle.booster.feature_importance("gain")
    shares = zip(bundle.encoding.names, gain / max(gain.sum(), 1e-12), strict=True)
    return frozenset(name for name, share in shares if share >= least)
