"""A seeded portfolio to try the product on, with its hidden truth."""

from propension.simulate.portfolio import simulate_portfolio
from propension.simulate.timeline import Shock

__all__ = ["Shock", "simulate_portfolio"]
