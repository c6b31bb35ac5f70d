"""Whatever the lists may show, nothing that is told about a run names a customer."""

import logging
import traceback

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from flows.conftest import FLOW_WARNINGS

from propension.errors import DataError
from propension.outputs import read_manifest

pytestmark = [pytest.mark.flows, *(pytest.mark.filterwarnings(text) for text in FLOW_WARNINGS)]
LOGGERS = ("", "prefect", "prefect.flow_runs", "prefect.task_runs", "propension")


@pytest.fixture(scope="module")
def scoring(prefect_server):
    from pipelines.scoring import scoring

    return scoring


@pytest.fixture
def told(caplog, capfd):
    """Everything that is logged or printed."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(caplog.handler)
        logger.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)

    def read():
        formatted = [caplog.handler.format(record) for record in caplog.records]
        return "\n".join([*formatted, *capfd.readouterr()])

    yield read
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(caplog.handler)
        logger.setLevel(level)


@pytest.fixture
def secrets(portfolio):
    """A portfolio that may show everything, with faults in rows of every kind; and what must not be told."""
    config, data = portfolio / "propension.yaml", portfolio / "data"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("personal_data: masked", "personal_data: full"), "utf-8")
    customers = pq.read_table(data / "customers.parquet")
    keys = customers["customer_id"]
    numbers = pc.utf8_slice_codeunits(keys, 1)
    made = {
        "name": pc.binary_join_element_wise(
            "Zoraida", pc.binary_join_element_wise("Quiroz", numbers, ""), " "
        ),
        "phone": pc.binary_join_element_wise("+5799", numbers, ""),
        "email": pc.binary_join_element_wise(
            "zoraida", pc.binary_join_element_wise(numbers, "@ejemplo.test", ""), ""
        ),
        "document": pc.binary_join_element_wise("CC-88", numbers, ""),
    }
    for name, values in made.items():
        if name in customers.column_names:
            customers = customers.drop_columns([name])
        customers = customers.append_column(name, values)
    # Delivered twice, once with another name; and one whose kind nobody knows.
    again = customers.slice(0, 3)
    other = again.set_column(
        again.schema.get_field_index("name"), "name", pa.array(["Zoraida Otra"] * 3)
    )
    odd = customers.slice(3, 1).set_column(
        customers.schema.get_field_index("kind"), "kind", pa.array(["Zoraida"])
    )
    rest = customers.slice(4)
    everybody = pa.concat_tables([again, other.cast(again.schema), odd.cast(again.schema), rest])
    pq.write_table(everybody, data / "customers.parquet")
    return config, ("Zoraida", "+5799", "@ejemplo", "CC-88")


def test_a_run_that_may_show_everything_tells_nothing(secrets, scoring, told) -> None:
    config, hidden = secrets
    result = scoring(config)
    listed = pq.read_table(f"{result['folder']}/scored.parquet")
    assert "Zoraida" in listed["customer_name"][0].as_py()
    assert listed["customer_phone"].null_count < listed.num_rows
    found = {
        finding["rule"] for finding in read_manifest(config.parent / result["folder"])["findings"]
    }
    assert {"conflicting_key", "not_allowed"} <= found
    text = told()
    assert "Finished in state Completed" in text
    assert [word for word in hidden if word in text] == []


def test_a_run_that_fails_over_a_value_does_not_tell_it(secrets, scoring, told) -> None:
    config, hidden = secrets
    text = config.read_text(encoding="utf-8")
    query = "  tables: { customers: { sql: 'SELECT * REPLACE (name::INTEGER AS name) FROM customers' } }"
    config.write_text(text.replace("  path: data ", f"{query}\n  path: data "), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"source\.tables\.customers: .* string '\*\*\*' to INT32"
    ) as caught:
        scoring(config)
    text = told() + "".join(traceback.format_exception(caught.value))
    assert "Finished in state Failed" in text
    assert [word for word in hidden if word in text] == []
