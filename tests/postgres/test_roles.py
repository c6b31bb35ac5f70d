"""The documented roles reach what they need, and nothing else."""

from __future__ import annotations

from contextlib import closing

from propension.errors import DataError
from propension.sources import PostgreSQL


def test_the_reader_reads(company):
    with closing(PostgreSQL("PROPENSION_SOURCE_URI", "source", DataError)) as link:
        assert link.rows("SELECT count(*) FROM facturas", "x") == [(0,)]
