import pytest

from propension.errors import ConfigurationError
from propension.schema.expressions import parse_expression


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("propensity >= 80% AND stage = 'overdue'", r"\(a value is missing.*Write a share as 0\.8, not as 80%\.$"),
        ("propensity >= 0.8 AND region = Biobio", r"Biobio is not known here\. A text is written in quotes, 'Biobio'\. Columns: "),
        ("propensty >= 0.8", r"propensty is not known here \(did you mean propensity\?\)"),
    ],
)  # fmt: skip
def test_slips_of_who_writes_rules_are_told_with_the_remedy(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        parse_expression(text, {"propensity", "stage", "region"}, "segments.talk.when")
