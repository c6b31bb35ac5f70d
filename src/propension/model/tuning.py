"""Search the estimator's settings by time, within a budget of minutes, and go on later."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from propension.config import ModelSettings, Settings, Stage
from propension.errors import ConfigurationError, DataError
from propension.features import Feature
from propension.model.dataset import TrainingSet
from propension.model.encoding import Encoding
from propension.model.estimator import Sample, train_booster
from propension.model.metrics import log_loss
from propension.model.split import Windows

if TYPE_CHECKING:
    import optuna

STUDIES_FILE = "tuning.db"
FOLDS = 3


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes
    ----------
    settings : dict of str to float
        Of ``model`` in the configuration, the best so far.
    log_loss : float
        Mean over the rolling windows, in nats.
    default_log_loss : float
        The configured settings on the same windows.
    trials, pruned : int
        Of all searches so far, this one and those it went on from.
    """

    settings: dict[str, float]
    log_loss: float
    default_log_loss: float
    trials: int
    pruned: int


def tune_model(
    settings: Settings,
    features: Sequence[Feature],
    cut: tuple[TrainingSet, Windows],
    minutes: float,
    stage: Stage = "overdue",
) -> Tuned:
    """Search until the minutes are over; what was tried before is kept and built upon.

    Trials are judged on windows that roll through the time before calibration and test, each a
    horizon after what it learnt from; neither of those two is looked at.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    cut : (TrainingSet, Windows)
        All rows, and how time was cut.
    minutes : float
    stage : Stage

    Raises
    ------
    ConfigurationError
        If optuna is not installed.
    DataError
        If there is too little history to roll through.
    """
    library = _optuna()
    folds = _folds(settings, features, cut, stage)
    study = _study(library, settings, stage, folds)
    if not study.trials:
        # The configured settings come first: the rest is measured against them.
        study.enqueue_trial({name: getattr(settings.model, name) for name in SEARCHED})

    def objective(trial: optuna.Trial) -> float:
        chosen = settings.model.model_copy(update=_suggested(trial))
        return _mean_log_loss(features, folds, chosen, settings.resources.threads, trial)

    budget, started = round(minutes * 60), time.monotonic()
    with tqdm(total=budget, unit="s", desc="tuning", disable=None, leave=False) as bar:

        def advance(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
            bar.update(min(budget, round(time.monotonic() - started)) - int(bar.n))
            bar.set_postfix(trials=len(study.trials), log_loss=f"{study.best_value:.4f}")

        study.optimize(objective, timeout=minutes * 60, callbacks=[advance])
    pruned = study.get_trials(states=[library.trial.TrialState.PRUNED])
    configured = study.trials[0].value
    return Tuned(
        dict(study.best_params),
        study.best_value,
        study.best_value if configured is None else configured,
        len(study.trials),
        len(pruned),
    )


# Settings of ``model`` that are searched, and how far. Depth stays small: exact reasons are made
# of tables that grow with it.
SEARCHED: dict[str, tuple[float, float, bool]] = {
    "learning_rate": (0.01, 0.15, True),
    "num_leaves": (4, 63, True),
    "max_depth": (2, 7, False),
    "min_rows_per_leaf": (10, 500, True),
    "feature_share": (0.2, 1.0, False),
    "row_share": (0.5, 1.0, False),
    "l2": (0.1, 100.0, True),
}


def _suggested(trial: optuna.Trial) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, (low, high, logarithmic) in SEARCHED.items():
        if isinstance(low, int):
            found[name] = trial.suggest_int(name, low, int(high), log=logarithmic)
        else:
            found[name] = trial.suggest_float(name, low, high, log=logarithmic)
    return found


def _mean_log_loss(
    features: Sequence[Feature],
    folds: Sequence[tuple[Sample, Sample]],
    chosen: ModelSettings,
    threads: int,
    trial: optuna.Trial,
) -> float:
    import optuna

    losses: list[float] = []
    for number, (train, later) in enumerate(folds):
        booster = train_booster(features, train, later, chosen, threads)
        margin = np.asarray(booster.predict(later.matrix))
        losses.append(log_loss(later.is_paid, margin))
        trial.report(float(np.mean(losses)), number)
        # The first trial is what the others are measured against.
        if trial.number and trial.should_prune():
            raise optuna.TrialPruned
    return float(np.mean(losses))


def _folds(
    settings: Settings,
    features: Sequence[Feature],
    cut: tuple[TrainingSet, Windows],
    stage: Stage,
) -> list[tuple[Sample, Sample]]:
    """Windows that roll through time, each a horizon after what it learns from."""
    rows, windows = cut
    dates = [*windows.train, *windows.validation]
    size = max(1, len(dates) // (2 * FOLDS + 1))
    gap = dt.timedelta(days=settings.target.outcome_days(stage))
    folds = []
    for number in range(FOLDS):
        end = len(dates) - number * size
        later = dates[max(0, end - size) : end]
        before = [date for date in dates if later and date + gap <= later[0]]
        train, judge = rows.between(before), rows.between(later)
        if not len(train) or judge.is_paid.min() == judge.is_paid.max():
            continue
        encoding = Encoding.learn(features, train.rows)
        folds.append(
            (
                Sample(encoding.matrix(train.rows), train.is_paid),
                Sample(encoding.matrix(judge.rows), judge.is_paid),
            )
        )
    if not folds:
        raise DataError(
            f"tuning: {len(dates)} as-of dates before calibration and test are too few to roll through. "
            "Load more history, or set snapshots.every: week."
        )
    return folds


def _study(
    library: Any, settings: Settings, stage: Stage, folds: Sequence[tuple[Sample, Sample]]
) -> optuna.Study:
    library.logging.set_verbosity(library.logging.ERROR)
    folder = settings.resolve(settings.registry.path)
    folder.mkdir(parents=True, exist_ok=True)
    # Trials are compared only where they answer the same question on the same rows.
    shapes = [
        (train.matrix.shape, later.matrix.shape, int(later.is_paid.sum())) for train, later in folds
    ]
    asked = f"{settings.digest()} {stage} {shapes}"
    name = f"{settings.model_name} {stage} {hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    study: optuna.Study = library.create_study(
        storage=f"sqlite:///{folder / STUDIES_FILE}",
        study_name=name,
        load_if_exists=True,
        direction="minimize",
        sampler=library.samplers.TPESampler(seed=settings.model.seed),
        pruner=library.pruners.MedianPruner(n_startup_trials=5),
    )
    return study


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ConfigurationError(
            "tuning needs optuna. Install it: pip install 'propension[tune]'"
        ) from None
    return optuna
