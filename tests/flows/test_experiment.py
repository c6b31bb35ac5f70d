"""Lists of the product itself are followed up: the report reads them, and a policy is tried on them."""

import datetime as dt

import pytest
import yaml

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LISTS = (dt.date(2026, 3, 31), dt.date(2026, 4, 30))
WINDOW = 30


def test_lists_of_the_product_are_read_and_other_policies_tried_on_them(portfolio):
    from pipelines.experiments import evaluate_policy_file, report_experiment
    from pipelines.scoring import scoring

    config = portfolio / "propension.yaml"
    for as_of in LISTS:
        scoring(config, as_of)
    found, followed = report_experiment(config, None, WINDOW, dt.date.min)
    assert [folder.name for folder in followed.lists] == [f"as_of={day}" for day in LISTS]
    # Over thirty days; plans and lawsuits are judged later.
    assert (found.lists.partial, found.lost_rows) == (2, 0)
    assert not found.ratios[0].is_alarm
    assert found.strategy[0].treated_rows > 100
    policy = yaml.safe_load((portfolio / "policy.yaml").read_text(encoding="utf-8"))
    quieter = {**policy, "experiment": policy["experiment"] | {"control_share": 0.5}}
    values = {}
    for name, content in (("same", policy), ("quieter", quieter)):
        file = portfolio / f"{name}.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        values[name], _ = evaluate_policy_file(config, file, None, WINDOW, dt.date.min)
    same, quiet = (values[name]["paid_30"] for name in ("same", "quieter"))
    assert same.mean_weight == pytest.approx(1, abs=0.2)
    assert abs(same.gain.value) < 0.05
    assert quiet.effective_rows < same.effective_rows
