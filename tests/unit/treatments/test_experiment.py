import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2, norm

from propension.errors import ConfigurationError, DataError
from propension.treatments.experiment import (
    Design,
    check_balance,
    check_sample_ratio,
    detectable_rate,
    power_for_rate,
    size_for_amount,
    size_for_rate,
)

EVEN = {"control": 0.5, "treatment": 0.5}


@pytest.mark.parametrize(("share", "control"), [(0.5, 8391), (0.1, 4596), (0.05, 4346)])
def test_two_points_on_thirty_take_as_many_accounts_as_the_books_say(share, control):
    size = size_for_rate(0.30, 0.02, Design(control_share=share))
    assert size.control == control
    assert size.treated == pytest.approx(control * (1 - share) / share, rel=1e-3)


def test_the_size_is_the_closed_form_of_two_proportions():
    reach = norm.isf(0.005) + norm.ppf(0.9)
    closed = reach**2 * (0.2 * 0.8 + 0.25 * 0.75) / 0.05**2
    assert size_for_rate(0.2, 0.05, Design(power=0.9, alpha=0.01)).control == np.ceil(closed)


def test_the_score_saves_its_share_of_the_variance():
    plain, adjusted = (size_for_rate(0.3, 0.02, Design(score_r2=r2)) for r2 in (0.0, 0.19))
    assert adjusted.accounts == pytest.approx(0.81 * plain.accounts, abs=2)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_the_stated_power_is_what_simulated_experiments_reach(share):
    design = Design(control_share=share)
    size = size_for_rate(0.3, 0.04, design)
    rng = np.random.default_rng(1)
    left = rng.binomial(size.control, 0.30, 20_000) / size.control
    right = rng.binomial(size.treated, 0.34, 20_000) / size.treated
    error = np.sqrt(left * (1 - left) / size.control + right * (1 - right) / size.treated)
    assert (np.abs(right - left) > 1.96 * error).mean() == pytest.approx(0.8, abs=0.015)


def test_power_and_detectable_lift_agree_with_the_size():
    size = size_for_rate(0.3, 0.02)
    assert power_for_rate(0.3, 0.02, size.accounts) == pytest.approx(0.8, abs=1e-3)
    assert detectable_rate(0.3, size.accounts) == pytest.approx(0.02, abs=1e-5)


def recoveries(accounts=20_000):
    rng = np.random.default_rng(5)
    return rng.lognormal(11, 1.3, accounts) * (rng.random(accounts) < 0.3)


def test_winsorised_money_takes_fewer_accounts_and_says_what_it_keeps():
    amounts = recoveries()
    plain, capped = (size_for_amount(amounts, 3000, winsorised_at=at) for at in (1.0, 0.98))
    assert capped.accounts < 0.8 * plain.accounts
    assert plain.kept_share == 1.0
    assert 0.7 < capped.kept_share < 1.0


def test_the_stated_power_holds_for_winsorised_money():
    amounts, rng = recoveries(), np.random.default_rng(2)
    size = size_for_amount(amounts, 0.15 * amounts.mean(), winsorised_at=0.99)
    cap, seen = np.quantile(amounts, 0.99), []
    for _ in range(600):
        left = np.minimum(rng.choice(amounts, size.control), cap)
        # 15% more accounts pay.
        paid = rng.choice(amounts[amounts > 0], size.treated)
        rate = 1.15 * (amounts > 0).mean()
        right = np.minimum(paid, cap) * (rng.random(size.treated) < rate)
        error = np.sqrt(left.var() / len(left) + right.var() / len(right))
        seen.append(abs(right.mean() - left.mean()) > 1.96 * error)
    assert np.mean(seen) == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: size_for_rate(0.3, 0.0), "lift is 0"),
        (lambda: size_for_rate(0.99, 0.02), "base_rate \\+ lift is 1.01"),
        (lambda: size_for_rate(0.0, 0.02), "base_rate is 0"),
        (lambda: Design(control_share=0), "control_share is 0"),
        (lambda: Design(power=0.04), "above alpha"),
        (lambda: Design(score_r2=1.0), "score_r2 is 1"),
        (lambda: size_for_amount([5.0], 1.0), "1 accounts"),
        (lambda: size_for_amount([5.0, 5.0], 1.0), "all the same"),
        (lambda: size_for_amount([5.0, np.nan], 1.0), "missing values"),
        (lambda: size_for_amount([-5.0, 5.0], 1.0), "0 on average"),
        (lambda: size_for_amount([0.0, 5.0], -2.5), "above -2.5, which leaves nothing"),
        (lambda: detectable_rate(0.3, 4), "show no rise"),
    ],
)
def test_impossible_plans_are_refused(call, message):
    with pytest.raises(ConfigurationError, match=message):
        call()


def test_sizes_are_told_in_three_languages():
    told = size_for_rate(0.3, 0.02, Design(control_share=0.1)).told()
    assert told["en"].startswith("4,596 control accounts")
    assert told["es"].startswith("4.596 cuentas")
    assert "+2,0 pontos" in told["pt"]


def test_52_to_48_of_a_hundred_thousand_raises_the_alarm():
    ratio = check_sample_ratio({"control": 52_000, "treatment": 48_000}, EVEN)
    assert ratio.is_alarm
    assert ratio.p_value == pytest.approx(chi2.sf(160, 1))
    assert "do not read" in ratio.told()["en"]
    assert "p < 0,0001" in ratio.told()["es"]


def test_even_arms_do_not():
    ratio = check_sample_ratio({"control": 50_040, "treatment": 49_960}, EVEN)
    assert not ratio.is_alarm
    assert "planned sizes" in ratio.told()["en"]


def test_sound_draws_rarely_raise_the_alarm():
    rng = np.random.default_rng(0)
    drawn = rng.binomial(5_000, 0.05, 3_000)
    shares = {"control": 0.05, "treatment": 0.95}
    alarms = [
        check_sample_ratio({"control": n, "treatment": 5_000 - n}, shares).is_alarm for n in drawn
    ]
    assert np.mean(alarms) < 0.004


def test_an_arm_that_got_nobody_counts_as_nobody():
    assert check_sample_ratio({"treatment": 10_000}, {"control": 0.05, "treatment": 0.95}).is_alarm


@pytest.mark.parametrize("found", [{}, {"control": 1}, {"control": 0, "treatment": 0}])
def test_too_few_accounts_say_nothing(found):
    ratio = check_sample_ratio(found, EVEN)
    assert np.isnan(ratio.p_value)
    assert not ratio.is_alarm
    assert "too few" in ratio.told()["en"]


def test_arms_and_shares_must_fit():
    with pytest.raises(ConfigurationError, match="arms without a share: explore"):
        check_sample_ratio({"explore": 5}, EVEN)
    with pytest.raises(ConfigurationError, match=r"add up to 0\.9000"):
        check_sample_ratio({"control": 5}, {"control": 0.5, "treatment": 0.4})


def drawn(shift=0.0, accounts=4_000, seed=0, control_share=0.2):
    rng = np.random.default_rng(seed)
    arm = np.where(rng.random(accounts) < control_share, "control", "treatment")
    return pa.table(
        {
            "account_id": [f"A{number}" for number in range(accounts)],
            "arm": arm,
            "days_past_due": rng.normal(60, 30, accounts) + 30 * shift * (arm == "treatment"),
            "has_phone": rng.random(accounts) < 0.8,
            "region": pa.array(np.where(rng.random(accounts) < 0.3, "north", "south")),
            "income": pa.array(rng.normal(size=accounts), mask=rng.random(accounts) < 0.1),
        }
    )


COVARIATES = ("days_past_due", "has_phone", "region", "income")


def test_a_sound_draw_is_balanced():
    balance = check_balance(drawn(), COVARIATES)
    assert balance.findings == ()
    assert [entry.covariate for entry in balance.covariates] == [
        "days_past_due", "has_phone", "region=north", "region=south", "income", "income=?",
    ]  # fmt: skip
    assert sum(balance.accounts.values()) == 4_000
    assert "alike before" in balance.told()["en"]


def test_sound_draws_rarely_raise_a_finding_even_when_an_arm_is_small():
    found = [
        bool(check_balance(drawn(0.0, 400, seed, 0.1), COVARIATES).findings) for seed in range(200)
    ]
    assert np.mean(found) <= 0.04


def test_a_shift_of_a_quarter_is_found_and_measured():
    balance = check_balance(drawn(0.25), COVARIATES)
    (finding,) = balance.findings
    assert (finding.arm, finding.covariate) == ("treatment", "days_past_due")
    assert finding.difference == pytest.approx(0.25, abs=0.08)
    assert "days_past_due" in balance.told()["es"]


def test_a_tiny_difference_is_no_finding_however_many_accounts_show_it():
    assert check_balance(drawn(0.06, 60_000), ("days_past_due",)).findings == ()


def test_a_covariate_that_splits_the_arms_is_found():
    table = drawn()
    split = pa.array(np.asarray(table["arm"]) == "control")
    assert check_balance(table.append_column("split", split), ("split",)).findings


def test_repeated_accounts_and_an_absent_reference_are_refused():
    table = drawn()
    with pytest.raises(DataError, match="4000 rows repeat an account"):
        check_balance(pa.concat_tables([table, table]), COVARIATES)
    with pytest.raises(
        DataError, match="no account is in the arm holdout, found are: control, treatment"
    ):
        check_balance(table, COVARIATES, reference="holdout")


def test_one_account_in_an_arm_does_not_break_the_check():
    table = pa.table({"arm": ["control", "treatment"], "days": [1.0, 5.0]})
    assert check_balance(table, ("days",)).findings == ()
