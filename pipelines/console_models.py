"""What the commands of models print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.console import Console

# Measures, and the heads of their columns.
METRICS = {
    "auc": "AUC", "ks": "KS", "log_loss": "log-loss", "brier": "Brier", "calibration_error": "cal. error",
}  # fmt: skip


class ModelsConsole(Console):
    """Prints tests of models, settings that a search found, and registered versions."""

    def training(self, result: Mapping[str, Any]) -> None:
        """Print the test of every stage's model beside the references and the champion."""
        if self._json(dict(result)):
            return
        for model in result["models"]:
            self._model(model)
        self._findings_note(result["findings"])

    def _model(self, model: Mapping[str, Any]) -> None:
        if model["version"] is None:
            self._out.print(f"{model['model']}: no model. {model['reason']}", style="yellow")
            return
        test = model["windows"]["test"]
        title = (
            f"{model['model']} version {model['version']}: tested on {model['rows']['test']:,} "
            f"account-snapshots, {test['first']} to {test['last']}"
        )
        rows = [
            (name, *(_figure(metrics.get(column)) for column in METRICS))
            for name, metrics in model["metrics"].items()
        ]
        self._table(title, ["", *METRICS.values()], rows)
        money = model["money"]
        self._out.print(
            f"Money in the test window: {money['expected']:,.0f} expected, {money['collected']:,.0f} "
            f"collected, of {money['owed']:,.0f} owed."
        )
        for check in model["checks"]:
            self._out.print(
                f"  {'passed' if check['passed'] else 'FAILED'}  {check['texts']['en']}"
            )
        promoted = model["verdict"] in ("first", "better")
        self._out.print(
            f"Version {model['version']} {'is the champion' if promoted else 'stays a challenger'}."
        )
        self._out.print(f"Report: {model['report']}", soft_wrap=True)

    def tuning(self, result: Mapping[str, Any]) -> None:
        """Print the settings a search found, as lines of the configuration."""
        if self._json(dict(result)):
            return
        self._out.print(
            f"{result['trials']} trials, {result['pruned']} of them cut short. Log-loss {result['log_loss']:.4f}; "
            f"the configured settings {result['default_log_loss']:.4f}."
        )
        if result["log_loss"] >= result["default_log_loss"]:
            self._out.print("Nothing better was found: leave the settings as they are.")
            return
        self._out.print("Put these lines into propension.yaml, then run: propension train")
        self._out.print("model:")
        for name, value in result["settings"].items():
            self._out.print(
                f"  {name}: {value:.4g}" if isinstance(value, float) else f"  {name}: {value}"
            )

    def versions(self, name: str, versions: Sequence[Any]) -> None:
        """Print the registered versions, newest first."""
        if self._json([vars(version) for version in versions]):
            return
        rows = [
            (
                str(version.number),
                ", ".join(version.aliases),
                *(_figure(version.metrics.get(f"test_{metric}")) for metric in METRICS),
            )
            for version in versions
        ]
        if rows:
            self._table(name, ["version", "aliases", *METRICS.values()], rows)
        else:
            self._out.print(f"{name} has no version yet. Run: propension train")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
