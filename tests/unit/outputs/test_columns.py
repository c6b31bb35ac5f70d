import pyarrow as pa
import pytest

from propension.outputs import SCORED_COLUMNS, SCORED_SCHEMA, labels_of_values
from propension.writing import VALUE_LABELS

CONTRACT = [
    "as_of",
    "account_id",
    "customer_id",
    "customer_name",
    "customer_phone",
    "stage",
    "days_past_due",
    "dpd_bucket",
    "overdue_amount",
    "amount_at_stake",
    "open_amount",
    "currency",
    "propensity",
    "margin",
    "propensity_7d",
    "propensity_15d",
    "propensity_30d",
    "propensity_60d",
    "propensity_90d",
    "expected_recovery",
    "risk_band",
    "ability",
    "willingness",
    "quadrant",
    "contactability",
    "value_tier",
    "likely_cause",
    "segment",
    "previous_segment",
    "flags",
    "reasons",
    "treatment",
    "channel",
    "tone",
    "offer",
    "message",
    "manual",
    "expected_uplift",
    "expected_cost",
    "priority",
    "scheduled_at",
    "starts_at",
    "team",
    "agent",
    "arm",
    "strategy",
    "feedback",
    "assignment_probability",
    "refusals",
    "model_name",
    "model_version",
    "policy_version",
    "run_id",
]

# Words that two languages write alike.
SAME_LABEL = {
    "agent",
    "customer_name",
    "previous_segment",
    "stage",
    "overdue_amount",
    "amount_at_stake",
    "open_amount",
    "expected_recovery",
}
SAME_LABEL |= {"segment", "reasons", "channel", "offer", "expected_uplift", "arm", "model_name"}


def test_columns_are_the_contract_in_order() -> None:
    assert [column.name for column in SCORED_COLUMNS] == CONTRACT
    assert SCORED_SCHEMA.names == CONTRACT


def test_types_follow_kinds() -> None:
    types = {
        "amount": pa.decimal128(18, 2),
        "share": pa.float64(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "text": pa.string(),
    }
    odd = [c.name for c in SCORED_COLUMNS if c.kind in types and c.type != types[c.kind]]
    assert odd == []
    assert SCORED_SCHEMA.field("as_of").type == pa.date32()
    assert SCORED_SCHEMA.field("scheduled_at").type == pa.timestamp("us")
    assert SCORED_SCHEMA.field("flags").type == pa.list_(pa.string())
    reason = SCORED_SCHEMA.field("reasons").type.value_type
    assert [(f.name, f.type) for f in reason] == [
        ("feature", pa.string()),
        ("value", pa.string()),
        ("effect", pa.float64()),
        ("text", pa.string()),
    ]
    refusal = SCORED_SCHEMA.field("refusals").type.value_type
    assert [f.name for f in refusal] == ["treatment", "rule", "citation"]


@pytest.mark.parametrize("column", SCORED_COLUMNS, ids=lambda column: column.name)
def test_column_is_explained_in_three_languages(column) -> None:
    helps = [column.help.es, column.help.pt, column.help.en]
    labels = [column.label.es, column.label.pt, column.label.en]
    assert all(labels)
    assert len(set(helps)) == 3
    assert all(text.endswith(".") and len(text) > 20 for text in helps)
    assert column.label.es != column.label.en
    assert (column.label.es == column.label.pt) <= (column.name in SAME_LABEL)


def test_labels_are_distinct_within_a_language() -> None:
    for language in ("es", "pt", "en"):
        labels = [column.label.in_language(language) for column in SCORED_COLUMNS]
        assert len(set(labels)) == len(labels)


def test_every_code_has_its_own_words() -> None:
    for column, values in VALUE_LABELS.items():
        assert column in CONTRACT
        for language in ("es", "pt", "en"):
            words = [label.in_language(language) for label in values.values()]
            assert all(words)
            assert len(set(words)) == len(words)


def test_policy_names_its_segments_flags_and_treatments(policy) -> None:
    words = labels_of_values(policy, "pt")
    assert words["segment"] == {"reminder_first": "Recordar (pt)", "rest": "Resto (pt)"}
    assert words["flags"]["new_customer"] == "Nuevo (pt)"
    assert words["treatment"]["do_nothing"] == "Sin gestión (pt)"
    assert words["manual"] == {"true": "Sim", "false": "Não"}
