"""propension: how likely every account is to pay, why, and what to do about it."""

__version__ = "0.1.0"
