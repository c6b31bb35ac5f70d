"""A model as files anyone can read: LightGBM's text and JSON. No pickle, no code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from propension.errors import ModelError
from propension.features import Feature
from propension.model.axes import DENIED_BY, AxisName
from propension.model.calibration import Calibration
from propension.model.curve import Curve
from propension.model.encoding import Encoding, Matrix
from propension.model.profile import Profile
from propension.model.recovery import Recovery

MODEL_FILE = "model.txt"
BUNDLE_FILE = "bundle.json"
BUNDLE_FORMAT = 3


@dataclass(frozen=True)
class Bundle:
    """Everything needed to score.

    Attributes
    ----------
    booster : Booster
    encoding : Encoding
    target : dict
        Stage, horizon, share and floor the model was trained for.
    facts : dict
        Training windows, metrics, versions: for people and the registry.
    calibration : Calibration
    curve : Curve
    recovery : Recovery
    usual : dict of str to float or str
        By feature, the middle number, or the most frequent name, of what was learnt from last.
    axes : mapping of str to Booster
        Models of ability and willingness, where there was evidence to learn them from.
    profile : Profile or None
        How the score and every feature were distributed; None in bundles from before it was kept.
    digest : str
        Hash of the files it was loaded from; empty before it is saved.
    """

    booster: lgb.Booster
    encoding: Encoding
    target: dict[str, Any]
    facts: dict[str, Any]
    calibration: Calibration = field(default_factory=Calibration)
    curve: Curve = field(default_factory=Curve)
    recovery: Recovery = field(default_factory=Recovery)
    usual: Mapping[str, float | str] = field(default_factory=dict)
    axes: Mapping[AxisName, lgb.Booster] = field(default_factory=dict)
    profile: Profile | None = None
    digest: str = ""

    def margin(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return raw log-odds of rows as encoded by ``encoding``."""
        return np.asarray(self.booster.predict(matrix, raw_score=True), dtype=np.float64)

    def propensity(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return calibrated propensities of rows as encoded by ``encoding``."""
        return self.calibration.apply(self.margin(matrix))

    @property
    def learnt_until(self) -> np.datetime64 | None:
        """Last as-of date whose outcome anything was fitted to; None where it is not recorded."""
        last = self.facts.get("windows", {}).get("calibration", {}).get("last")
        return None if last is None else np.datetime64(last)

    def can_score(self, features: Sequence[Feature], target: dict[str, Any]) -> bool:
        """Say whether the features and the target are still the ones learnt."""
        return not self.encoding.changed(features) and target == self.target

    def require(self, features: Sequence[Feature], target: dict[str, Any]) -> None:
        """Refuse to score with features or a target other than the ones learnt.

        Raises
        ------
        ModelError
        """
        changed = self.encoding.changed(features)
        if changed:
            raise ModelError(
                f"model: the declarations of {', '.join(changed[:5])} changed since it was trained. "
                "Train again: propension train.",
                changed=changed,
            )
        if target != self.target:
            raise ModelError(
                f"model: it was trained for {self.target}, the settings ask for {target}. "
                "Train again, or restore the target."
            )

    def save(self, folder: Path) -> Path:
        """Write the bundle into ``folder``; return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.booster.save_model(folder / MODEL_FILE)
        for axis, booster in self.axes.items():
            booster.save_model(_axis_file(folder, axis))
        content = {
            "format": BUNDLE_FORMAT,
            "features": [
                {"name": name, "digest": digest, "categories": self.encoding.categories.get(name)}
                for name, digest in zip(self.encoding.names, self.encoding.digests, strict=True)
            ],
            "calibration": asdict(self.calibration),
            "curve": {
                "main": self.curve.main,
                "scales": {str(days): asdict(scale) for days, scale in self.curve.scales.items()},
            },
            "target": self.target,
            "recovery": asdict(self.recovery),
            "usual": dict(self.usual),
            "axes": list(self.axes),
            "profile": self.profile and self.profile.as_dict(),
            "facts": self.facts,
        }
        text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
        (folder / BUNDLE_FILE).write_text(text, encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle.

        Raises
        ------
        ModelError
            If files are missing, damaged or of another format.
        """
        try:
            files = [(folder / name).read_bytes() for name in (BUNDLE_FILE, MODEL_FILE)]
            content = json.loads(files[0])
            if content.get("format") != BUNDLE_FORMAT:
                raise ModelError(
                    f"model: {folder} has bundle format {content.get('format')}, this version reads "
                    f"{BUNDLE_FORMAT}. Train again."
                )
            booster = lgb.Booster(model_file=folder / MODEL_FILE)
            axes: dict[AxisName, lgb.Booster] = {}
            for axis in DENIED_BY:
                if axis in content["axes"]:
                    files.append(_axis_file(folder, axis).read_bytes())
                    axes[axis] = lgb.Booster(model_file=_axis_file(folder, axis))
            return cls(
                booster,
                _encoding(content["features"]),
                content["target"],
                content["facts"],
                _calibration(content["calibration"]),
                _curve(content["curve"]),
                _recovery(content["recovery"]),
                content["usual"],
                axes,
                _profile(content.get("profile")),
                hashlib.sha256(b"".join(files)).hexdigest()[:16],
            )
        except (OSError, KeyError, TypeError, ValueError, lgb.basic.LightGBMError) as error:
            raise ModelError(
                f"model: {folder} cannot be read as a bundle ({error}). Train again."
            ) from None


def _axis_file(folder: Path, axis: AxisName) -> Path:
    return folder / f"{axis}.txt"


def _encoding(features: list[dict[str, Any]]) -> Encoding:
    categories = {one["name"]: one["categories"] for one in features}
    return Encoding(
        tuple(one["name"] for one in features),
        tuple(one["digest"] for one in features),
        {name: tuple(names) for name, names in categories.items() if names is not None},
    )


def _curve(content: dict[str, Any]) -> Curve:
    scales = {int(days): _calibration(scale) for days, scale in content["scales"].items()}
    return Curve(content["main"], scales)


def _profile(content: dict[str, Any] | None) -> Profile | None:
    return None if content is None else Profile.from_dict(content)


def _recovery(content: dict[str, Any]) -> Recovery:
    # Bundles from before there were steps have a line alone.
    lists = {name: tuple(content.get(name, ())) for name in ("propensities", "shares")}
    return Recovery(**{**content, **lists})


def _calibration(content: dict[str, Any]) -> Calibration:
    lists = {name: tuple(content[name]) for name in ("margins", "levels")}
    return Calibration(**{**content, **lists})
