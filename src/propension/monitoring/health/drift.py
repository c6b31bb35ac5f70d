"""How far lists moved from what their model learnt from, before any outcome is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from propension.config import Monitoring
from propension.model import SCORE, Bundle, Marginal, Profile
from propension.model.stability import psi_of_counts
from propension.monitoring.health.kept import read_profile
from propension.monitoring.health.matured import models_of
from propension.monitoring.health.measurement import Bundles, Measurement
from propension.monitoring.health.two_samples import missing_p_value, p_value
from propension.monitoring.outcomes import list_date
from propension.outputs import INPUTS_NAME, SCORED_NAME
from propension.segments import columns_from

MIX = (
    "stage", "dpd_bucket", "segment", "quadrant", "value_tier", "kind", "country", "region", "product_line",
)  # fmt: skip
# They follow from the policy: under another one they are another thing.
_MADE_BY_POLICY = frozenset({"segment", "quadrant", "value_tier"})
_KEPT = (SCORE, *sorted(columns_from("feature")))


def measure_drift(
    lists: Sequence[Path], bundles: Bundles, settings: Monitoring
) -> list[Measurement]:
    """Return how far every list is from what its model learnt from, and from the lists before it.

    Score and features are held against the bundle's profile, as far as the list kept them; without
    one, and for the mix of the portfolio, against up to ``settings.lists`` lists before it.

    Parameters
    ----------
    lists : sequence of Path
        One as-of date each.
    bundles : Bundles
    settings : Monitoring
    """
    ordered = sorted(lists)
    measured: list[Measurement] = []
    for place, folder in enumerate(ordered):
        before = ordered[max(0, place - settings.lists) : place]
        measured += _mix(folder, before, settings)
        for stage, version in models_of(folder).items():
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


def _mix(folder: Path, before: Sequence[Path], settings: Monitoring) -> Iterator[Measurement]:
    for name in MIX:
        column = _read(folder, name)
        earlier = [one for one in before if _is_comparable(name, folder, one)]
        if column is None or not len(column) or len(earlier) < settings.min_lists:
            continue
        marginal = _marginal(name, earlier)
        if marginal is None:
            continue
        counts = marginal.count(column)
        was = np.array(marginal.counts)
        facts = {"cuts": list(marginal.cuts), "before": was.tolist(), "after": counts.tolist()}
        yield Measurement(
            "mix_shift", "", name, list_date(folder), psi_of_counts(was, counts), marginal.usual,
            p_value(marginal, counts), True, facts,
        )  # fmt: skip


def _is_comparable(name: str, folder: Path, other: Path) -> bool:
    return name not in _MADE_BY_POLICY or _policy_of(folder) == _policy_of(other)


def _policy_of(folder: Path) -> Any:
    versions = pq.read_table(folder / SCORED_NAME, columns=["policy_version"])["policy_version"]
    return versions[0].as_py() if len(versions) else None


def _profile_of(lists: Sequence[Path], stage: str) -> Profile:
    found = {name: _marginal(name, lists, stage) for name in _KEPT}
    return Profile({name: marginal for name, marginal in found.items() if marginal is not None})


def _marginal(name: str, lists: Sequence[Path], stage: str = "") -> Marginal | None:
    """One column of earlier lists; None where none of them has it."""
    columns, days = [], []
    for folder in lists:
        column = _read(folder, name, stage)
        if column is not None:
            columns += column.chunks
            days.append(np.full(len(column), list_date(folder), "datetime64[D]"))
    if not sum(len(part) for part in columns):
        return None
    return Marginal.learn(pa.chunked_array(columns), np.concatenate(days))


def _read(folder: Path, name: str, stage: str = "") -> pa.ChunkedArray | None:
    for file in (SCORED_NAME, INPUTS_NAME):
        if name in pq.read_schema(folder / file).names:
            filters = [("stage", "=", stage)] if stage else None
            return pq.read_table(folder / file, columns=[name], filters=filters)[name]
    return None


def _leaning(bundle: Bundle | None, least: float) -> frozenset[str] | None:
    """Features that carry enough of what the trees gained; None where that is not known."""
    if bundle is None:
        return None
    gain = bundle.booster.feature_importance("gain")
    shares = zip(bundle.encoding.names, gain / max(gain.sum(), 1e-12), strict=True)
    return frozenset(name for name, share in shares if share >= least)
