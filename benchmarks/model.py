"""The model beside its peers on the same rows, a gate that meets bad challengers, and what training costs.

python benchmarks/model.py peers --config conf/b2b_brazil/propension.yaml
python benchmarks/model.py uci ../shared/data/uci_default/credit_card_default.csv
python benchmarks/model.py simulator [--customers 100000]     # beside the truth's own AUC
python benchmarks/model.py gate [--customers 100000]
python benchmarks/model.py cost --rows 100000 1000000 [--customers 100000]
"""

import argparse
import dataclasses
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from propension.config import ModelSettings, Settings, Texts, load_settings
from propension.features import Feature, catalogue
from propension.model import assemble, build_training_data, split_in_time
from propension.model.bootstrap import ClusteredBootstrap
from propension.model.calibration import choose_calibration
from propension.model.curve import Curve
from propension.model.dataset import TrainingSet
from propension.model.encoding import Encoding
from propension.model.estimator import Sample, train_booster
from propension.model.fitting import fit_bundle
from propension.model.gate import calibration_checks, judge
from propension.model.honesty import bias, slope
from propension.model.metrics import evaluate
from propension.model.references import reference_probabilities
from propension.simulate import simulate_portfolio
from propension.snapshots import prepare_streams
from propension.sources import extract

SHOWN = ("auc", "log_loss", "brier", "calibration_error")
HEAD = f"| | {' | '.join(SHOWN)} | CPU s |\n|{'---|' * (len(SHOWN) + 2)}"
WORK = Path(tempfile.gettempdir()) / "propension-benchmarks"


def row(name, is_paid, probability, seconds):
    measured = evaluate(is_paid, probability)
    figures = " | ".join(f"{measured[key]:.4f}" for key in SHOWN)
    print(f"| {name} | {figures} | {seconds:.1f} |", flush=True)


def timed(work):
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def plain_lightgbm(train, paid, test, categorical):
    import lightgbm as lgb

    data = lgb.Dataset(train, paid, categorical_feature=categorical, params={"verbosity": -1})
    options = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 7}
    return np.asarray(lgb.train(options, data, num_boost_round=100).predict(test))


def plain_xgboost(train, paid, test, categorical):
    import xgboost as xgb

    kinds = ["c" if position in categorical else "float" for position in range(train.shape[1])]

    def matrix(values, label=None):
        return xgb.DMatrix(values, label, feature_types=kinds, enable_categorical=True, nthread=1)

    options = {"objective": "binary:logistic", "nthread": 1, "seed": 7, "verbosity": 0}
    return xgb.train(options, matrix(train, paid), num_boost_round=100).predict(matrix(test))


def portfolio(config, customers):
    """Settings, rows and windows of a portfolio; a simulated one is kept for the next call."""
    folder = WORK / (f"model_{customers}" if config is None else "model_real")
    if config is None:
        if not (folder / "truth").exists():
            simulate_portfolio(
                folder / "data", customers, 24, seed=7, truth=folder / "truth", truth_months=6
            )
        settings = Settings.model_validate(
            {
                "portfolio": {"name": "simulated"},
                "source": {"path": str(folder / "data")},
                "resources": {"threads": 1},
            }
        )
    else:
        settings = load_settings(config)
    snapshots = folder / "snapshots"
    if not snapshots.exists():
        extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
        streams = prepare_streams(extraction, settings.resources, settings.portfolio.country)
        build_training_data(settings, extraction, streams, None, snapshots)
    rows = assemble(snapshots, settings.target)
    return settings, rows, split_in_time(rows.dates, settings.target.horizon_days, settings.model)


def peers(settings, rows, windows):
    """Ours, the references and two libraries' defaults on the same test rows; ours last."""
    features = catalogue(settings.features)
    seen = rows.between((*windows.train, *windows.validation, *windows.calibration))
    test = rows.between(windows.test)
    print(f"{len(seen):,} rows to learn from, {len(test):,} to judge\n{HEAD}")
    references, seconds = timed(lambda: reference_probabilities(features, seen, test))
    for name, probability in references.items():
        row(name, test.is_paid, probability, seconds)
    encoding = Encoding.learn(features, seen.rows)
    categorical = [i for i, name in enumerate(encoding.names) if name in encoding.categories]
    learn, judge_rows = encoding.matrix(seen.rows), encoding.matrix(test.rows)
    for name, peer in (("LightGBM defaults", plain_lightgbm), ("XGBoost defaults", plain_xgboost)):
        found, seconds = timed(lambda peer=peer: peer(learn, seen.is_paid, judge_rows, categorical))
        row(name, test.is_paid, found, seconds)
    bundle, seconds = timed(lambda: fit_bundle(settings, features, rows, windows, "overdue"))
    found = bundle.propensity(bundle.encoding.matrix(test.rows))
    row("propension", test.is_paid, found, seconds)
    return bundle, test, found


def simulator(customers):
    settings, rows, windows = portfolio(None, customers)
    _, test, found = peers(settings, rows, windows)
    truth = pa.concat_tables(
        [
            pq.read_table(file)
            for file in (WORK / f"model_{customers}" / "truth").glob("propensity*.parquet")
        ]
    )
    truth = truth.rename_columns(
        ["account_id" if n == "customer_id" else n for n in truth.column_names]
    )
    keys = test.rows.select(["as_of", "account_id"]).append_column(
        "row", pa.array(np.arange(len(test)))
    )
    joined = keys.join(
        truth.select(["as_of", "account_id", "p_pay_30d"]),
        ["as_of", "account_id"],
        join_type="inner",
    )
    at = joined["row"].to_numpy()
    print(f"\n{len(at):,} of {len(test):,} test rows have a truth\n{HEAD}")
    row(
        "the truth's own chances", test.is_paid[at], joined["p_pay_30d"].to_numpy().astype(float), 0
    )
    row("propension, same rows", test.is_paid[at], found[at], 0)


def uci(path):
    """Five folds through the estimator alone; nothing in these data has a date."""
    table = pyarrow.csv.read_csv(path)
    paid = np.asarray(table["DEFAULT"].to_numpy(), np.int8)
    names = [name for name in table.column_names if name not in ("ID", "DEFAULT")]
    named = {"SEX", "EDUCATION", "MARRIAGE"}
    text = Texts(es="", pt="", en="")
    features = [
        Feature(name, "debts", "", "extra", "category" if name in named else "number", "none", text)
        for name in names
    ]
    matrix = np.column_stack([pc.cast(table[name], pa.float64()).to_numpy() for name in names])
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    categorical = [index for index, name in enumerate(names) if name in named]
    found = {
        name: np.empty(len(paid)) for name in ("logistic", "lightgbm", "xgboost", "propension")
    }
    spent = dict.fromkeys(found, 0.0)

    def ours(learn, judge_rows):
        grow, later = train_test_split(learn, test_size=0.2, random_state=7, stratify=paid[learn])
        booster = train_booster(
            features,
            Sample(matrix[grow], paid[grow]),
            Sample(matrix[later], paid[later]),
            ModelSettings(),
            1,
        )
        scale = choose_calibration(
            booster.predict(matrix[later], raw_score=True), paid[later], later.astype(object)
        )
        return scale.apply(booster.predict(matrix[judge_rows], raw_score=True))

    def logistic(learn, judge_rows):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        return model.fit(matrix[learn], paid[learn]).predict_proba(matrix[judge_rows])[:, 1]

    tasks = {
        "logistic": logistic,
        "lightgbm": lambda a, b: plain_lightgbm(matrix[a], paid[a], matrix[b], categorical),
        "xgboost": lambda a, b: plain_xgboost(matrix[a], paid[a], matrix[b], categorical),
        "propension": ours,
    }
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    for learn, judge_rows in folds.split(matrix, paid):
        for name, task in tasks.items():
            given, seconds = timed(lambda t=task: t(learn, judge_rows))  # noqa: B023
            found[name][judge_rows] = given
            spent[name] += seconds
    print(HEAD)
    for name, probability in found.items():
        row(name, paid, probability, spent[name])


def gate(customers):
    """What the gate says to a good challenger and to three bad ones."""
    settings, rows, windows = portfolio(None, customers)
    features, test = catalogue(settings.features), rows.between(windows.test)
    champion = fit_bundle(settings, features, rows, windows, "overdue")
    rng = np.random.default_rng(3)

    def refitted(**changes):
        model = settings.model.model_copy(update=changes)
        return settings.model_copy(update={"model": model})

    def with_paid(values):
        position = rows.outcomes.column_names.index("is_paid")
        return TrainingSet(
            rows.rows, rows.outcomes.set_column(position, "is_paid", pa.array(values))
        )

    shuffled = with_paid(rng.permutation(rows.is_paid).astype(bool))
    told = rows.rows.append_column("outcome", pa.array(rows.is_paid.astype(float)))
    text = Texts(es="", pt="", en="")
    leaked_features = [
        *features,
        Feature("outcome", "attributes", "", "extra", "number", "none", text),
    ]
    leaked = TrainingSet(told, rows.outcomes)
    doubled = dataclasses.replace(
        champion,
        calibration=dataclasses.replace(
            champion.calibration,
            low=2 * champion.calibration.low,
            high=2 * champion.calibration.high,
        ),
    )
    challengers = {
        "the same settings, another seed": (
            fit_bundle(refitted(seed=8), features, rows, windows, "overdue"),
            features,
            rows,
        ),
        "trained on shuffled labels": (
            fit_bundle(settings, features, shuffled, windows, "overdue"),
            features,
            rows,
        ),
        "trained on a leaked label": (
            fit_bundle(settings, leaked_features, leaked, windows, "overdue"),
            leaked_features,
            leaked,
        ),
        "log-odds too sure by a factor of two": (doubled, features, rows),
        "propensities halved": (dataclasses.replace(champion, curve=Curve()), features, rows),
    }
    from propension.model.alarms import leak_alarms

    bootstrap = ClusteredBootstrap(test.accounts, settings.model.gate.draws, settings.model.seed)
    own = champion.propensity(champion.encoding.matrix(test.rows))
    for name, (bundle, _, given) in challengers.items():
        judged = given.between(windows.test)
        p = bundle.propensity(bundle.encoding.matrix(judged.rows))
        p = p / 2 if name == "propensities halved" else p
        stale = judged.rows
        if "outcome" in stale.column_names:
            empty = pa.nulls(stale.num_rows, pa.float64())
            stale = stale.set_column(stale.column_names.index("outcome"), "outcome", empty)
        alarms = leak_alarms(bundle, judged, p, stale, settings.model.alarms)
        paired = {m: bootstrap.paired(m, test.is_paid, p, own) for m in ("log_loss", "auc")}
        bounds = settings.model.gate
        honesty = calibration_checks(
            bias(test.accounts, test.is_paid, p), slope(test.accounts, test.is_paid, p), bounds
        )
        verdict = judge(honesty, alarms, paired, True, bounds)
        print(f"\n{name}: {verdict.kind}")
        for check in verdict.checks:
            print(f"  {'passed' if check.passed else 'FAILED'}  {check.texts['en']}")


def cost(rows_wanted, customers):
    """Training on a number of account-snapshots, drawn with return where there are fewer."""
    for wanted in rows_wanted:
        for threads in (1, 2):
            command = [sys.executable, __file__, "one", str(wanted), str(threads), str(customers)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print(done.stdout.splitlines()[-1], flush=True)


def one(wanted, threads, customers):
    settings, rows, windows = portfolio(None, customers)
    settings = settings.model_copy(
        update={"resources": settings.resources.model_copy(update={"threads": threads})}
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    drawn = np.sort(np.random.default_rng(1).integers(0, len(rows), wanted))
    many = TrainingSet(rows.rows.take(pa.array(drawn)), rows.outcomes.take(pa.array(drawn)))
    wall = time.monotonic()
    bundle, seconds = timed(
        lambda: fit_bundle(settings, catalogue(settings.features), many, windows, "overdue")
    )
    wall = time.monotonic() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"| {wanted:,} | {len(bundle.encoding.names)} | {threads} | {bundle.booster.num_trees()} | {wall:.0f} | "
        f"{seconds:.0f} | {peak:.2f} | {before:.2f} |"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task")
    parser.add_argument("values", nargs="*")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments = parser.parse_args()
    print(json.dumps(vars(arguments), default=str), file=sys.stderr)
    if arguments.task == "peers":
        peers(*portfolio(arguments.config, arguments.customers))
    elif arguments.task == "uci":
        uci(arguments.values[0])
    elif arguments.task == "simulator":
        simulator(arguments.customers)
    elif arguments.task == "gate":
        gate(arguments.customers)
    elif arguments.task == "cost":
        cost(arguments.rows, arguments.customers)
    elif arguments.task == "one":
        one(*map(int, arguments.values))


if __name__ == "__main__":
    main()
