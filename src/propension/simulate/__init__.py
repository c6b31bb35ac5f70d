"""A seeded portfolio to try the product on, with its hidden truth."""

from propension.simulate.portfolio import simulate_portfolio

__all__ = ["simulate_portfolio"]
