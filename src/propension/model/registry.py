"""The model registry: MLflow, a local sqlite file unless a server is set."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from propension.config import Settings, Stage
from propension.errors import ModelError
from propension.features import Feature
from propension.model.bundle import Bundle
from propension.model.fitting import target_facts
from propension.model.judging import Evaluation
from propension.model.training import load_evaluation

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"


@dataclass(frozen=True)
class Version:
    """One registered model version, with the metrics of its test."""

    number: int
    aliases: tuple[str, ...]
    created_ms: int
    metrics: dict[str, float]
    source: str


class Registry:
    """Registered versions of one portfolio's model of a stage.

    Parameters
    ----------
    settings : Settings
    stage : Stage
    """

    def __init__(self, settings: Settings, stage: Stage = "overdue") -> None:
        self.name = settings.model_name + ("" if stage == "overdue" else f"_{stage}")
        self._folder = settings.resolve(settings.registry.path)
        self._portfolio = settings.portfolio.name
        self._uri = settings.registry.tracking_uri or f"sqlite:///{self._folder / 'mlflow.db'}"
        self._is_local = settings.registry.tracking_uri is None
        self.client = self._connect()

    def _connect(self) -> MlflowClient:
        # Nothing MLflow stores for us is a pickle, so it must not load one.
        os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
        from mlflow import MlflowClient
        from sqlalchemy.exc import DatabaseError

        if self._is_local:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ModelError(
                    f"registry.path: {self._folder} cannot hold models ({error.strerror}). "
                    "Correct it, or check who may write there."
                ) from None
        try:
            return MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)
        except DatabaseError as error:
            told = str(error.orig).splitlines()[0]
            raise ModelError(
                f"registry.path: {self._folder / 'mlflow.db'} is no registry of models ({told}). "
                "Put back the folder as it was."
            ) from None

    def register(self, bundle_folder: Path) -> tuple[int, Evaluation]:
        """Log a trained bundle, register it, and make it champion when its test allows.

        Returns
        -------
        (version number, evaluation)
        """
        from mlflow.exceptions import MlflowException

        evaluation = load_evaluation(bundle_folder)
        run = self.client.create_run(self._experiment(), run_name=f"train {self._portfolio}")
        for name, value in _flat(evaluation).items():
            self.client.log_metric(run.info.run_id, name, value)
        self.client.set_tag(run.info.run_id, "verdict", evaluation.verdict)
        self.client.set_tag(run.info.run_id, "stage", evaluation.stage)
        for name, value in evaluation.money.items():
            self.client.log_metric(run.info.run_id, f"test_money_{name}", value)
        for window, facts in evaluation.windows.items():
            self.client.log_param(run.info.run_id, f"window_{window}", str(facts))
        self.client.log_artifacts(run.info.run_id, str(bundle_folder), "bundle")
        self.client.set_terminated(run.info.run_id)
        try:
            self.client.create_registered_model(self.name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        version = self.client.create_model_version(
            self.name, source=f"{run.info.artifact_uri}/bundle", run_id=run.info.run_id
        )
        number = int(version.version)
        if evaluation.promotes:
            self.promote(number)
        else:
            self.client.set_registered_model_alias(self.name, CHALLENGER, str(number))
        return number, evaluation

    def log_monitoring(self, as_of: str, figures: Mapping[str, float], report: Path) -> None:
        """Keep the figures of a monitored date, and its report; what was kept of it before goes.

        Parameters
        ----------
        as_of : str
            yyyy-mm-dd.
        figures : mapping of str to float
        report : Path
        """
        experiment = self._experiment()
        same = f"tags.kind = 'monitoring' and tags.as_of = '{as_of}'"
        for run in self.client.search_runs([experiment], same):
            self.client.delete_run(run.info.run_id)
        run = self.client.create_run(experiment, run_name=f"monitor {self._portfolio} {as_of}")
        for tag, text in {"kind": "monitoring", "as_of": as_of}.items():
            self.client.set_tag(run.info.run_id, tag, text)
        for name, value in figures.items():
            self.client.log_metric(run.info.run_id, name, value)
        self.client.log_artifact(run.info.run_id, str(report))
        self.client.set_terminated(run.info.run_id)

    def champion(self) -> tuple[int, Bundle] | None:
        """Return the champion's number and bundle; None before the first training.

        Raises
        ------
        ModelError
            If the champion's files cannot be read.
        """
        version = self._by_alias(CHAMPION)
        return None if version is None else (int(version.version), self.load(int(version.version)))

    def load(self, number: int) -> Bundle:
        """Return the bundle of a version.

        Raises
        ------
        ModelError
            If the version does not exist or its files are gone.
        """
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        source = self._version(number).source
        try:
            folder = download_artifacts(artifact_uri=source, tracking_uri=self._uri)
        except (MlflowException, OSError) as error:
            raise ModelError(
                f"models: the files of version {number} are not at {source} ({error}). If the registry's folder "
                "was moved, move it back, or train again."
            ) from None
        return Bundle.load(Path(folder))

    def versions(self) -> list[Version]:
        """Return every version, newest first."""
        found = self.client.search_model_versions(f"name = '{self.name}'")
        aliases = self._aliases()
        rows = []
        for version in sorted(found, key=lambda version: -int(version.version)):
            run = self.client.get_run(str(version.run_id))
            number = int(version.version)
            names = tuple(sorted(alias for alias, at in aliases.items() if at == number))
            rows.append(
                Version(
                    number, names, version.creation_timestamp, run.data.metrics, str(version.source)
                )
            )
        return rows

    def promote(self, number: int) -> None:
        """Make a version the champion; the one before becomes ``previous``.

        Raises
        ------
        ModelError
            If the version does not exist.
        """
        self._version(number)
        current = self._by_alias(CHAMPION)
        if current is not None and int(current.version) != number:
            self.client.set_registered_model_alias(self.name, PREVIOUS, current.version)
        self.client.set_registered_model_alias(self.name, CHAMPION, str(number))
        if self._aliases().get(CHALLENGER) == number:
            self.client.delete_registered_model_alias(self.name, CHALLENGER)

    def rollback(self) -> int:
        """Make the previous champion the champion again; return its number.

        Raises
        ------
        ModelError
            If there is none.
        """
        previous = self._by_alias(PREVIOUS)
        if previous is None:
            raise ModelError(
                "models: there is no previous champion to go back to. See: propension models"
            )
        self.promote(int(previous.version))
        return int(previous.version)

    def _experiment(self) -> str:
        found = self.client.get_experiment_by_name(self._portfolio)
        if found is not None:
            return str(found.experiment_id)
        location = (self._folder / "artifacts").as_uri() if self._is_local else None
        return str(self.client.create_experiment(self._portfolio, artifact_location=location))

    def _by_alias(self, alias: str) -> Any:
        return self._found(lambda: self.client.get_model_version_by_alias(self.name, alias))

    def _version(self, number: int) -> Any:
        version = self._found(lambda: self.client.get_model_version(self.name, str(number)))
        if version is None:
            raise ModelError(
                f"models: version {number} of {self.name} does not exist. See: propension models"
            )
        return version

    def _aliases(self) -> dict[str, int]:
        model = self._found(lambda: self.client.get_registered_model(self.name))
        return (
            {} if model is None else {alias: int(number) for alias, number in model.aliases.items()}
        )

    @staticmethod
    def _found(ask: Callable[[], Any]) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            return ask()
        except MlflowException as error:
            # A missing alias answers INVALID_PARAMETER_VALUE, a missing model RESOURCE_DOES_NOT_EXIST.
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise


def read_champions(
    settings: Settings, features: Sequence[Feature]
) -> dict[Stage, tuple[int, Bundle]]:
    """Return the champion of every stage that has one, able to score; the first stage needs one.

    Raises
    ------
    ModelError
        If the first stage has none, or one does not fit the features or the target.
    """
    found = {}
    for stage in settings.target.stages:
        registry = Registry(settings, stage)
        champion = registry.champion()
        if champion is not None:
            champion[1].require(features, target_facts(settings.target, stage))
            found[stage] = champion
        elif stage == settings.target.stages[0]:
            raise ModelError(f"models: {registry.name} has no champion yet. Run: propension train")
    return found


def _flat(evaluation: Evaluation) -> dict[str, float]:
    """Every figure of the report, by a flat name."""
    flat = {}
    for who, contender in evaluation.test["contenders"].items():
        prefix = "test" if who == "model" else who
        for part, mark in (("metrics", ""), ("amount_weighted", "_by_amount")):
            for name, found in contender[part].items():
                values = found if isinstance(found, dict) else {"value": found}
                for bound, value in values.items():
                    if isinstance(value, float):
                        end = "" if bound == "value" else f"_{bound}"
                        flat[f"{prefix}_{name}{mark}{end}"] = value
    for row in evaluation.curve:
        for name in ("auc", "log_loss", "calibration_error"):
            flat[f"curve_{row['horizon_days']:.0f}d_{name}"] = row[name]
    for column, audited in evaluation.fairness.items():
        flat[f"fairness_{column}_calibration_gap"] = audited["calibration_gap"]
        flat[f"fairness_{column}_likely_gap"] = audited["likely_gap"]
    for feature in evaluation.stability["features"][:50]:
        flat[f"psi_{feature['name']}"] = feature["psi"] or 0.0
    return {name: value for name, value in flat.items() if not math.isnan(value)}
