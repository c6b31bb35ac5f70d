"""Twelve of the features as people compute them in pandas: vectorised, and group by group."""

from pathlib import Path

import numpy as np
import pandas as pd

NAMES = (
    "days_past_due", "overdue_debt_count", "balance_overdue", "balance_open", "settled_debt_count",
    "delay_mean_12", "late_share", "payment_days_since", "payment_count_90d", "paid_amount_90d",
    "contact_attempt_count_90d", "right_party_count_90d",
)  # fmt: skip
RIGHT_PARTY = ("right_party", "refused", "promise")


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Debts, payments and contacts with plain dtypes."""
    debts, payments, contacts = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("debts", "payments", "contacts")
    )
    for table in (debts, payments):
        table["amount"] = table["amount"].astype(float)
    for table, columns in ((debts, ["issued_on", "due_on"]), (payments, ["paid_on"])):
        table[columns] = table[columns].apply(pd.to_datetime)
    return debts, payments, contacts


def vectorised(folder: Path, as_of: pd.Timestamp) -> pd.DataFrame:
    """Merge and group by, whole columns at a time."""
    debts, payments, contacts = read(folder)
    end = as_of + pd.Timedelta(days=1)
    known = payments[(payments["paid_on"] <= as_of) & (payments["recorded_at"] < end)]
    paid = known.groupby("debt_id").agg(paid=("amount", "sum"), last=("paid_on", "max"))
    states = debts[debts["issued_on"] <= as_of].merge(paid, on="debt_id", how="left")
    states["balance"] = (states["amount"] - states["paid"].fillna(0)).clip(lower=0)
    states["dpd"] = (as_of - states["due_on"]).dt.days.where(states["balance"] > 0, 0).clip(lower=0)
    states["over"] = states["balance"].where(states["dpd"] > 0, 0)
    settled = states[states["balance"] == 0].copy()
    settled["delay"] = (settled["last"] - settled["due_on"]).dt.days
    settled = settled.sort_values(["customer_id", "last", "debt_id"])
    out = states.groupby("customer_id").agg(
        days_past_due=("dpd", "max"),
        balance_overdue=("over", "sum"),
        balance_open=("balance", "sum"),
    )
    out["overdue_debt_count"] = states[states["dpd"] > 0].groupby("customer_id").size()
    out["settled_debt_count"] = settled.groupby("customer_id").size()
    out["delay_mean_12"] = (
        settled.groupby("customer_id").tail(12).groupby("customer_id")["delay"].mean()
    )
    out["late_share"] = (settled["delay"] > 0).groupby(settled["customer_id"]).mean()
    paying = known.merge(debts[["debt_id", "customer_id"]], on="debt_id")
    recent = paying[paying["paid_on"] > as_of - pd.Timedelta(days=90)]
    out["payment_days_since"] = (as_of - paying.groupby("customer_id")["paid_on"].max()).dt.days
    out["payment_count_90d"] = recent.groupby("customer_id").size()
    out["paid_amount_90d"] = recent.groupby("customer_id")["amount"].sum()
    tried = contacts[(contacts["at"] < end) & (contacts["at"] >= end - pd.Timedelta(days=90))]
    attempts = tried[tried["direction"] == "out"]
    out["contact_attempt_count_90d"] = attempts.groupby("customer_id").size()
    reached = tried[tried["outcome"].isin(RIGHT_PARTY)]
    out["right_party_count_90d"] = reached.groupby("customer_id").size()
    return out[out["balance_overdue"] > 0].reindex(columns=list(NAMES))


def by_group(folder: Path, as_of: pd.Timestamp, accounts: int) -> pd.DataFrame:
    """The same with one Python function per customer, for the first ``accounts`` of them."""
    debts, payments, contacts = read(folder)
    chosen = set(debts["customer_id"].drop_duplicates().head(accounts))
    debts = debts[debts["customer_id"].isin(chosen)]
    payments = payments[payments["debt_id"].isin(set(debts["debt_id"]))]
    payments = payments.merge(debts[["debt_id", "customer_id"]], on="debt_id")
    of_payments = dict(list(payments.groupby("customer_id")))
    of_contacts = dict(list(contacts[contacts["customer_id"].isin(chosen)].groupby("customer_id")))
    none_paid, none_tried = payments.head(0), contacts.head(0)

    def features(own: pd.DataFrame) -> pd.Series:
        name = own["customer_id"].iloc[0]
        return _one(own, of_payments.get(name, none_paid), of_contacts.get(name, none_tried), as_of)

    return debts.groupby("customer_id")[debts.columns.tolist()].apply(features)


def _one(
    debts: pd.DataFrame, payments: pd.DataFrame, contacts: pd.DataFrame, as_of: pd.Timestamp
) -> pd.Series:
    end = as_of + pd.Timedelta(days=1)
    known = payments[(payments["paid_on"] <= as_of) & (payments["recorded_at"] < end)]
    debts = debts[debts["issued_on"] <= as_of]
    balance, delays = {}, []
    for debt in debts.itertuples():
        own = known[known["debt_id"] == debt.debt_id]
        balance[debt.debt_id] = max(0.0, debt.amount - own["amount"].sum())
        if balance[debt.debt_id] == 0:
            delays.append(
                (own["paid_on"].max(), debt.debt_id, (own["paid_on"].max() - debt.due_on).days)
            )
    overdue = [d for d in debts.itertuples() if balance[d.debt_id] > 0 and d.due_on < as_of]
    late = [delay for _, _, delay in sorted(delays)]
    recent = known[known["paid_on"] > as_of - pd.Timedelta(days=90)]
    tried = contacts[(contacts["at"] < end) & (contacts["at"] >= end - pd.Timedelta(days=90))]
    values = (
        max([(as_of - d.due_on).days for d in overdue], default=0),
        len(overdue),
        sum(balance[d.debt_id] for d in overdue),
        sum(balance.values()),
        len(late),
        np.mean(late[-12:]) if late else np.nan,
        np.mean([delay > 0 for delay in late]) if late else np.nan,
        (as_of - known["paid_on"].max()).days if len(known) else np.nan,
        len(recent),
        recent["amount"].sum(),
        (tried["direction"] == "out").sum(),
        tried["outcome"].isin(RIGHT_PARTY).sum(),
    )
    return pd.Series(values, index=list(NAMES))
