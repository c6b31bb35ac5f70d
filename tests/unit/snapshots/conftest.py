import pytest
from ledgers import Ledger, Portfolio


@pytest.fixture
def look(tmp_path):
    """Write a ledger and open its streams; closed after the test."""
    opened = []

    def prepare(ledger: Ledger) -> Portfolio:
        opened.append(Portfolio(ledger.write(tmp_path / f"ledger_{len(opened)}")))
        return opened[-1]

    yield prepare
    for portfolio in opened:
        portfolio.engine.close()
