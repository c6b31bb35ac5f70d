"""``profile.json``: every feature of a list in the bins of its model, kept beside it when it is scored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from propension.model import Bundle, Profile

PROFILE_NAME = "profile.json"


def keep_profile(folder: Path, scored: Mapping[str, tuple[Bundle, Path]]) -> Path | None:
    """Count the features of a list in the bins of the bundles that scored it; return the file.

    A list keeps only the features that decisions read. With these counts all of them can be held
    against what the model learnt from. Nothing is written where no bundle has a profile.

    Parameters
    ----------
    folder : Path
        Of the list.
    scored : mapping of stage to (Bundle, Path)
        With the features, one Parquet file or a folder of them.
    """
    content = {
        stage: {
            name: {"cuts": list(bundle.profile.columns[name].cuts), "counts": counts.tolist()}
            for name, counts in bundle.profile.count(_batches(features, bundle.profile)).items()
        }
        for stage, (bundle, features) in scored.items()
        if bundle.profile is not None
    }
    if not content:
        return None
    path = folder / PROFILE_NAME
    path.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
    return path


def read_profile(folder: Path, stage: str, profile: Profile) -> dict[str, NDArray[np.int64]]:
    """Return the counts kept with a list, of the columns whose bins are the profile's; none where nothing was kept."""
    path = folder / PROFILE_NAME
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8")).get(stage, {})
    return {
        name: np.array(of["counts"], dtype=np.int64)
        for name, of in kept.items()
        if name in profile.columns and list(profile.columns[name].cuts) == of["cuts"]
    }


def _batches(features: Path, profile: Profile) -> Iterator[pa.RecordBatch]:
    data = ds.dataset(features)
    yield from data.to_batches(columns=sorted(profile.columns.keys() & set(data.schema.names)))
