"""Settings and policy are refused whole, with every fault, its place and a way out."""

from __future__ import annotations

import datetime as dt
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import settings_of, write_config
from pydantic import BaseModel, ValidationError

from propension.config import Policy, Settings, load_policy, load_settings
from propension.errors import ConfigurationError

MINIMAL = "portfolio: { name: test }\nsource: { path: data }\n"


def config(folder: Path, text: str) -> Path:
    file = folder / "propension.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def template_policy() -> dict[str, Any]:
    with as_file(files("propension.config") / "template" / "policy.yaml") as file:
        return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def policy_file(folder: Path, **changes: Any) -> Path:
    file = folder / "policy.yaml"
    file.write_text(yaml.safe_dump(template_policy() | changes), encoding="utf-8")
    return file


# What is not written


def test_two_settings_are_enough(tmp_path: Path) -> None:
    settings = load_settings(config(tmp_path, MINIMAL))
    assert settings.target.horizon_days == 30
    assert settings.model_name == "propension_test"


@pytest.mark.parametrize("place", ["template", "demo", "b2b_brazil", "ibm_ar"])
def test_shipped_settings_are_accepted(place: str) -> None:
    root = Path(__file__).parents[3]
    folder = (
        root / "src/propension/config/template" if place == "template" else root / "conf" / place
    )
    settings = load_settings(folder / "propension.yaml")
    policy = settings.resolve(settings.policy)
    assert load_policy(policy).segments


def test_what_the_template_leaves_commented_out_is_accepted(tmp_path: Path) -> None:
    with as_file(files("propension.config") / "template" / "propension.yaml") as file:
        text = file.read_text(encoding="utf-8")
    text, uncommented = re.subn(r"(?m)^(\s*)# (\s*(?:- )?[a-z_]+:)", r"\1\2", text)
    assert uncommented > 15
    settings = load_settings(config(tmp_path, text))
    assert settings.source.csv.date_formats == ("%d/%m/%Y",)
    assert set(settings.source.tables) == {"customers", "debts", "payments"}
    assert settings.features.extra[0].name == "bureau_score"


@pytest.mark.parametrize("model", [Settings, Policy])
def test_every_setting_says_what_it_is(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    silent = [
        f"{part['title']}.{name}"
        for part in (schema, *schema["$defs"].values())
        for name, told in part.get("properties", {}).items()
        if "description" not in told and "$ref" not in told
    ]
    assert silent == []


# Faults of the file


def test_missing_file_names_itself_and_the_way_to_create_one(tmp_path: Path) -> None:
    missing = tmp_path / "propension.yaml"
    with pytest.raises(
        ConfigurationError, match=r"file not found.*-c.*propension init DIR"
    ) as told:
        load_settings(missing)
    assert str(missing) in str(told.value)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "# only a comment\n", "just words\n", "- a\n- b\n", "42\n"])
def test_file_without_settings_is_refused(tmp_path: Path, text: str) -> None:
    file = config(tmp_path, text)
    with pytest.raises(ConfigurationError, match=r"propension\.yaml: expected settings as 'key"):
        load_settings(file)


@pytest.mark.parametrize(
    "text", ["portfolio: {name: x", "portfolio:\n\tname: x\n", "a: 1\n---\nb: 2\n", "a: !!python/x 1\n"]
)  # fmt: skip
def test_what_is_not_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    file = config(tmp_path, text)
    with pytest.raises(
        ConfigurationError,
        match=r"propension\.yaml: not valid YAML: (line \d+, column \d+: |.* \(line \d\))",
    ):
        load_settings(file)


def test_a_tab_is_named_where_the_parser_stops_at_it(tmp_path: Path) -> None:
    file = config(tmp_path, "portfolio:\n\tname: x\n")
    with pytest.raises(
        ConfigurationError, match=r"line 2, column 1: .* Indent with spaces, not tabs"
    ):
        load_settings(file)


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "propension.yaml"
    file.write_bytes("portfolio: { name: Peñón }\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="cannot be read as UTF-8 text"):
        load_settings(file)


def test_anchor_that_holds_itself_is_refused(tmp_path: Path) -> None:
    file = config(tmp_path, "portfolio: &loop\n  name: *loop\n")
    with pytest.raises(ConfigurationError, match=r"propension\.yaml: not valid YAML"):
        load_settings(file)


# Faults of single settings


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("target:\n  horizn_days: 3\n", "target.horizn_days (line 4) is unknown (did you mean horizon_days?)"),
        ("targt:\n  horizon_days: 3\n", "targt (line 3) is unknown (did you mean target?)"),
        ("zzzzzz: 1\n", "zzzzzz (line 3) is unknown"),
        ("1: x\n", "1 (line 3) keys should be strings"),
        (
            "features:\n  extra:\n    - name: a\n      text: {es: a, pt: a, en: a}\n"
            "    - name: b\n      knd: number\n      text: {es: b, pt: b, en: b}\n",
            "features.extra.1.knd (line 8) is unknown (did you mean kind?)",
        ),
        ("features:\n  extra:\n    - name: a\n", "features.extra.0.text (line 5) is missing"),
        ("target:\n  horizon_days: 0\n", "target.horizon_days (line 4) should be greater than 0, found 0"),
        ("target: {horizon_days: 366}\n", "target.horizon_days (line 3) should be less than or equal to 365, found 366"),
        ("target: {horizon_days: soon}\n", "target.horizon_days (line 3) should be a valid integer"),
        ("target: {paid_share: 1.5}\n", "target.paid_share (line 3) should be less than or equal to 1, found 1.5"),
        ("target: {paid_share: .nan}\n", "target.paid_share (line 3) should be"),
        ("snapshots: {every: day}\n", "snapshots.every (line 3) should be 'week' or 'month', found 'day'"),
        ("target: 30\n", "target (line 3) should hold settings of its own, as 'key: value', found 30"),
        ("features: {extra: x}\n", "features.extra (line 3) should be a list, found 'x'"),
        ("registry: {name: 'my model'}\n", "registry.name (line 3) string should match pattern"),
    ],
)  # fmt: skip
def test_fault_has_its_dotted_key_its_line_and_what_was_found(
    tmp_path: Path, text: str, fault: str
) -> None:
    file = config(tmp_path, MINIMAL + text)
    with pytest.raises(ConfigurationError, match=r"^propension\.yaml: 1 setting refused: ") as told:
        load_settings(file)
    assert fault in str(told.value)


def test_misspelt_key_of_a_tables_mapping_is_found_inside_its_table(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        "portfolio: { name: test }\nsource:\n  path: data\n  tables:\n    debts:\n      tabel: facturas\n",
    )
    with pytest.raises(ConfigurationError, match="1 setting refused") as told:
        load_settings(file)
    assert "source.tables.debts.tabel (line 6) is unknown (did you mean table?)" in str(told.value)


def test_missing_required_setting_is_named(tmp_path: Path) -> None:
    file = config(tmp_path, "portfolio: { country: CO }\n")
    with pytest.raises(ConfigurationError, match="2 settings refused") as told:
        load_settings(file)
    assert "portfolio.name (line 1) is missing" in str(told.value)
    assert "source (line 1) is missing" in str(told.value)


def test_all_faults_come_in_one_message(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        MINIMAL
        + "target: {horizon_days: -1, paid_shar: 1}\nmodel: {seed: x}\nresources: {threads: 0}\n",
    )
    with pytest.raises(ConfigurationError, match="4 settings refused") as told:
        load_settings(file)
    assert len(told.value.facts["faults"]) == 4
    for key in ("target.horizon_days", "target.paid_shar", "model.seed", "resources.threads"):
        assert key in str(told.value)


def test_repeated_key_is_refused_rather_than_the_last_taken(tmp_path: Path) -> None:
    file = config(
        tmp_path, MINIMAL + "target:\n  horizon_days: 30\n  paid_share: 0.5\n  horizon_days: 60\n"
    )
    with pytest.raises(ConfigurationError, match=r"target\.horizon_days is given twice \(line 6\)"):
        load_settings(file)


@pytest.mark.parametrize(
    "mapping",
    [
        {"table": "facturas", "sql": "SELECT 1"},
        {"sql": "SELECT 1", "sql_file": "debts.sql"},
        {"columns": {"debt_id": "numero"}, "sql_file": "debts.sql"},
        {},
    ],
)
def test_table_comes_from_exactly_one_place(tmp_path: Path, mapping: dict[str, Any]) -> None:
    file = write_config(tmp_path, source={"tables": {"debts": mapping}})
    with pytest.raises(
        ConfigurationError,
        match=r"source\.tables\.debts \(line \d+\): give either table and columns, or sql, or sql_file",
    ):
        load_settings(file)


@pytest.mark.parametrize("written", ["dd/mm/yyyy", "%d/%m/%Q", "31/01/2026"])
def test_date_format_without_the_right_codes_is_refused(tmp_path: Path, written: str) -> None:
    file = write_config(tmp_path, source={"csv": {"date_formats": ["%Y-%m-%d", written]}})
    with pytest.raises(ConfigurationError, match=r"date_formats\.1 .*for example %d/%m/%Y, found"):
        load_settings(file)


# Using settings


def test_settings_cannot_be_changed_after_loading(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        settings.target.horizon_days = 5  # type: ignore[misc]


def test_relative_paths_are_read_from_the_configurations_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path / "cartera", outputs={"path": "../lists"})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert settings.resolve(settings.source.path) == tmp_path / "cartera" / "data"
    assert settings.outputs_folder == tmp_path / "lists"


def test_configuration_given_by_a_relative_path_keeps_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path / "cartera")
    monkeypatch.chdir(tmp_path / "cartera")
    settings = load_settings(Path("propension.yaml"))
    monkeypatch.chdir(tmp_path)
    assert settings.resolve(settings.source.path) == tmp_path / "cartera" / "data"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "cartera", source={"path": str(tmp_path / "far")})
    assert settings.resolve(settings.source.path) == tmp_path / "far"


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"path": "elsewhere"}},
        {"policy": "other.yaml"},
        {"outputs": {"path": "lists"}},
        {"registry": {"path": "registry"}},
        {"resources": {"threads": 8, "memory_gb": 16, "batch_rows": 500}},
    ],
)
def test_where_files_lie_and_how_fast_it_runs_is_not_in_the_digest(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    plain, changed = settings_of(tmp_path / "a"), settings_of(tmp_path / "b", **change)
    assert plain != changed
    assert plain.digest() == changed.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"target": {"horizon_days": 31}},
        {"target": {"paid_share": 0.81}},
        {"snapshots": {"every": "week"}},
        {"model": {"test_from": dt.date(2026, 1, 1)}},
        {"source": {"csv": {"decimal": ","}}},
        {"source": {"tables": {"debts": {"sql": "SELECT 1"}}}},
        {"outputs": {"reasons": 3}},
        {"outputs": {"column_names": "localised"}},
    ],
)
def test_what_decides_the_results_is_in_the_digest(tmp_path: Path, change: dict[str, Any]) -> None:
    assert settings_of(tmp_path / "a").digest() != settings_of(tmp_path / "b", **change).digest()


# The policy


def test_bands_must_fall(tmp_path: Path) -> None:
    file = policy_file(tmp_path, risk_bands={"A": 0.5, "B": 0.6})
    with pytest.raises(
        ConfigurationError, match=r"risk_bands \(line \d+\): risk bands must fall from A to D"
    ):
        load_policy(file)


def test_equal_bands_do_not_fall(tmp_path: Path) -> None:
    file = policy_file(tmp_path, risk_bands={"A": 0.6, "B": 0.6})
    with pytest.raises(ConfigurationError, match="risk bands must fall"):
        load_policy(file)


def test_value_tiers_must_fall(tmp_path: Path) -> None:
    file = policy_file(tmp_path, value_tiers={"high": 0.5, "medium": 0.5})
    with pytest.raises(ConfigurationError, match="high must be above medium"):
        load_policy(file)


def test_segment_with_an_unknown_treatment_gets_a_suggestion(tmp_path: Path) -> None:
    segments = template_policy()["segments"]
    segments[0]["treatments"] = ["resolve_dispte"]
    file = policy_file(tmp_path, segments=segments)
    with pytest.raises(
        ConfigurationError,
        match=r"treatments that do not exist: resolve_dispte \(did you mean resolve_dispute\?\)",
    ):
        load_policy(file)


def test_suppression_with_an_unknown_treatment_is_refused(tmp_path: Path) -> None:
    file = policy_file(tmp_path, suppressions=[{"name": "x", "when": "deceased", "only": ["zzz"]}])
    with pytest.raises(ConfigurationError, match="treatments that do not exist: zzz"):
        load_policy(file)


def test_doing_nothing_is_always_possible(tmp_path: Path) -> None:
    treatments = template_policy()["treatments"]
    del treatments["do_nothing"]
    file = policy_file(tmp_path, treatments=treatments)
    with pytest.raises(ConfigurationError, match="treatments must hold do_nothing"):
        load_policy(file)


def test_policy_needs_a_segment(tmp_path: Path) -> None:
    file = policy_file(tmp_path, segments=[])
    with pytest.raises(
        ConfigurationError, match=r"segments \(line \d+\) should hold at least 1, but holds 0\."
    ):
        load_policy(file)


def test_a_list_that_is_too_long_is_told_in_plain_words(tmp_path: Path) -> None:
    file = policy_file(tmp_path, agenda={"weekdays": [1, 2, 3, 4, 5, 6, 7, 7]})
    with pytest.raises(
        ConfigurationError,
        match=r"agenda\.weekdays \(line \d+\) should hold at most 7, but holds 8\.",
    ):
        load_policy(file)


def test_misspelt_key_of_a_segment_has_its_position(tmp_path: Path) -> None:
    segments = template_policy()["segments"]
    segments[2]["wen"] = segments[2].pop("when")
    file = policy_file(tmp_path, segments=segments)
    with pytest.raises(ConfigurationError, match=r"segments\.2\.wen .*did you mean when\?"):
        load_policy(file)


def test_policys_digest_follows_what_it_says() -> None:
    policy = Policy.model_validate(template_policy())
    same = Policy.model_validate(template_policy())
    changed = policy.model_copy(update={"version": "other"})
    assert policy.digest() == same.digest()
    assert policy.digest() != changed.digest()


# Places


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("source: { kind: postgresql, path: data }", "source (line 2): kind postgresql is reached through uri_env; remove path"),
        ("source: { kind: duckdb }", "source (line 2): path is missing; kind duckdb needs one"),
        ("source: { path: data, uri_env: X }", "source (line 2): kind files has a path; remove uri_env"),
        ("source: { path: data }\noutputs: { database: { shema: x } }", "outputs.database.shema (line 3) is unknown (did you mean schema?)"),
        ("source: { path: data }\noutputs: { database: { schema: 'a b' } }", "outputs.database.schema (line 3)"),
    ],
)  # fmt: skip
def test_a_place_is_a_path_or_a_connection(tmp_path: Path, text: str, fault: str) -> None:
    file = config(tmp_path, f"portfolio: {{ name: test }}\n{text}\n")
    with pytest.raises(ConfigurationError) as told:
        load_settings(file)
    assert fault in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "source: { kind: postgresql, uri_env: 'postgresql://ana:s3creto@db/x' }",
        "source: { kind: postgresql, uri_env: 'user=ana password=s3creto' }",
        "source: { kind: postgresql, uri: 'postgresql://ana:s3creto@db/x' }",
        "source: { kind: duckdb, path: 'postgresql://ana:s3creto@db/x' }",
        "source: 'postgresql://ana:s3creto@db/x'",
        "source: { kind: 'postgresql://ana:s3creto@db/x' }",
    ],
)
def test_a_connection_written_into_the_settings_is_refused_without_repeating_it(
    tmp_path: Path, text: str
) -> None:
    file = config(tmp_path, f"portfolio: {{ name: test }}\n{text}\n")
    with pytest.raises(ConfigurationError, match="source") as told:
        load_settings(file)
    assert "s3creto" not in str(told.value) + repr(told.value.facts)


def test_how_a_database_is_reached_does_not_make_other_results(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a", source={"kind": "postgresql", "path": None})
    there = settings_of(
        tmp_path / "b",
        source={"kind": "postgresql", "path": None, "uri_env": "OTHER", "uri_block": "cartera"},
        outputs={"database": {"schema": "cartera"}},
    )
    assert here.digest() == there.digest()


@pytest.mark.parametrize("prefix", ["", "0x", "-0x", "0b"])
def test_number_too_long_to_print_is_refused_with_its_line(tmp_path: Path, prefix: str) -> None:
    file = config(tmp_path, f"{MINIMAL}resources: {{ threads: {prefix}{'1' * 20_000} }}\n")
    with pytest.raises(ConfigurationError, match=r"a number has 20,0\d\d digits \(line \d\)"):
        load_settings(file)


def test_shift_in_another_clock_is_refused(tmp_path: Path) -> None:
    agenda = {"shifts": [{"start": "08:00Z", "end": "12:00"}]}
    with pytest.raises(ConfigurationError, match=r"agenda\.shifts\.0 .*from one whole hour"):
        load_policy(policy_file(tmp_path, agenda=agenda))


def test_yes_is_no_number_within_a_list_or_a_mapping(tmp_path: Path) -> None:
    worth = {"by": {"open_amount": True}}
    with pytest.raises(ConfigurationError, match=r"value_tiers.*by is neither yes nor no"):
        load_policy(policy_file(tmp_path, value_tiers=worth))
    with pytest.raises(ConfigurationError, match=r"target.*horizons is neither yes nor no"):
        load_settings(config(tmp_path, f"{MINIMAL}target: {{ horizons: [yes, 30] }}\n"))


def test_slopes_that_fall_are_refused(tmp_path: Path) -> None:
    file = config(tmp_path, f"{MINIMAL}model: {{ gate: {{ slope: [1.4, 0.7] }} }}\n")
    with pytest.raises(ConfigurationError, match="slope must rise"):
        load_settings(file)
