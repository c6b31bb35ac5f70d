"""What people ask for about accounts, as the decisions read it."""

from __future__ import annotations

import pyarrow as pa

# One row per account. ``treatment``: what is to be done, null where nobody said; ``refusal``: why the
# policy does not let people choose it, null where it does; ``not_before``: the first day on which the
# account's customer may be contacted again, null where nobody put it off.
WISHES_SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("treatment", pa.string()),
        ("refusal", pa.string()),
        ("not_before", pa.date32()),
    ]
)
