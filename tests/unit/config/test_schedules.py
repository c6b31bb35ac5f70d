import pytest
from builders import write_config

from propension.config import load_settings
from propension.errors import ConfigurationError


def settings_with(tmp_path, text):
    config = write_config(tmp_path)
    config.write_text(config.read_text(encoding="utf-8") + text, encoding="utf-8")
    return load_settings(config)


def test_flows_have_schedules_unless_told_otherwise(tmp_path) -> None:
    found = settings_with(tmp_path, "\nschedules: { training: null }\n").schedules
    assert (found.training, found.scoring) == (None, "0 6 * * 1-6")


@pytest.mark.parametrize(
    ("cron", "told"),
    [
        ("0 25 * * *", r"schedules.scoring \(line \d+\): write minute, .*, found '0 25"),
        ("every day", "write minute, hour, day, month and weekday"),
        ("0 0 6 * * 1", "write minute, hour, day, month and weekday"),
        ("0 6 31 2 *", "Bad day-of-month"),
    ],
)
def test_schedule_that_cron_would_not_take_is_refused(tmp_path, cron, told) -> None:
    with pytest.raises(ConfigurationError, match=told):
        settings_with(tmp_path, f'\nschedules: {{ scoring: "{cron}" }}\n')


def test_when_a_run_happens_does_not_make_it_another_work(tmp_path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    more = '\nschedules: { scoring: "0 9 * * *" }\nnotify: { webhook_env: HOOK }\n'
    assert settings_with(other, more).digest() == settings_with(tmp_path, "").digest()


def test_address_of_the_webhook_is_no_setting(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=r"notify\.webhook_env"):
        settings_with(tmp_path, '\nnotify: { webhook_env: "https://example.org/x" }\n')
