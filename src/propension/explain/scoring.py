"""Score and explain in batches: a batch of features in, propensities and reasons out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from propension.config import HORIZONS, Settings
from propension.explain.axes import AXES, axis_groups, axis_values
from propension.explain.contributions import explainer_of
from propension.explain.reasons import REASON_TYPE, reason_families, write_reasons
from propension.features import Feature
from propension.model import Bundle

SCORE_SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("margin", pa.float64()),
        ("propensity", pa.float64()),
        *((f"propensity_{days}d", pa.float64()) for days in HORIZONS),
        ("recovery_share", pa.float64()),
        *((axis, pa.float64()) for axis in AXES),
        ("reasons", REASON_TYPE),
    ]
)


def score_batch(
    bundle: Bundle, rows: pa.RecordBatch, features: Sequence[Feature], settings: Settings
) -> pa.RecordBatch:
    """Return what ``SCORE_SCHEMA`` holds of a batch of feature rows.

    ``margin`` is the raw log-odds before calibration; ``recovery_share`` the part of the overdue balance expected within the horizon; ability and
    willingness are in log-odds, null where there is no telling.
    """
    matrix = bundle.encoding.matrix(rows)
    found = explainer_of(bundle.booster).top(
        matrix, settings.outputs.reasons, reason_families(features), axis_groups(features)
    )
    axes = axis_values(bundle, matrix, found.groups, features)
    propensity = bundle.calibration.apply(found.margin)
    reasons = write_reasons(found, rows, features, bundle.usual, settings.portfolio)
    share = bundle.recovery.share(propensity)
    curve = bundle.curve.probabilities(found.margin, propensity)
    columns = [
        rows.column("account_id"),
        pa.array(found.margin),
        pa.array(propensity),
        # A horizon the model's data were too short for stays empty.
        *(
            pa.array(curve[days]) if days in curve else pa.nulls(rows.num_rows, pa.float64())
            for days in HORIZONS
        ),
        pa.array(share),
        *(pa.array(values, from_pandas=True) for values in axes.T),
        reasons,
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCORE_SCHEMA)


def score_features(
    bundle: Bundle, file: Path, features: Sequence[Feature], settings: Settings, out: Path
) -> int:
    """Score a file of features into a file of scores, batch by batch; return the rows.

    Memory is bounded by ``resources.batch_rows`` and ``threads``, not by the portfolio.
    """
    threads, done = settings.resources.threads, 0
    with (
        pq.ParquetFile(file) as source,
        pq.ParquetWriter(out, SCORE_SCHEMA) as writer,
        ThreadPoolExecutor(threads) as pool,
        tqdm(
            total=source.metadata.num_rows, desc="scoring accounts", disable=None, leave=False
        ) as bar,
    ):
        batches = source.iter_batches(batch_size=settings.resources.batch_rows)
        for scored in _in_order(
            pool, lambda rows: score_batch(bundle, rows, features, settings), batches, threads
        ):
            writer.write_batch(scored)
            done += scored.num_rows
            bar.update(scored.num_rows)
    return done


def _in_order(
    pool: ThreadPoolExecutor,
    work: Callable[[pa.RecordBatch], pa.RecordBatch],
    batches: Iterable[pa.RecordBatch],
    ahead: int,
) -> Iterator[pa.RecordBatch]:
    """Yield what is made of every batch, in their order; no more than ``ahead`` wait for their turn."""
    waiting: deque[Future[pa.RecordBatch]] = deque()
    for batch in batches:
        waiting.append(pool.submit(work, batch))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
