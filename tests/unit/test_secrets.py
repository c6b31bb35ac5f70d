"""No file of the repository holds a key, a token or a connection with its password."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECRETS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY",
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20}",
    "Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "Google key": r"\bAIza[0-9A-Za-z_-]{35}",
    "PyPI token": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "API key": r"\bsk-(?:[a-z]+-)*[A-Za-z0-9_]{32,}",
    "web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "netrc": r"\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+",
}
PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in SECRETS.values()))


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a git repository")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_holds_a_secret() -> None:
    files = [file for file in tracked_files() if file.is_file()]
    assert files
    found = {
        str(file.relative_to(ROOT)): match[0][:12]
        for file in files
        if (match := PATTERN.search(file.read_text(encoding="utf-8", errors="ignore")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        "xoxb-" + "1" * 12,
        "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + ".c",
    ],
)
def test_secrets_are_known_when_they_are_seen(secret: str) -> None:
    assert PATTERN.search(f"token = {secret}")
