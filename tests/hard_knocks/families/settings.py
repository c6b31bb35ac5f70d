"""propension.yaml: YAML's own traps, and values of no use."""

from __future__ import annotations

from typing import Any

from hard_knocks.folder import Folder
from hard_knocks.knock import Knock, Refused, Same, SetAside

TITLE = "Settings (propension.yaml)"


def _set(**changes: Any):
    return lambda folder: folder.settings(**changes)


def _add(text: str):
    return lambda folder: folder.append(text)


def _whole(text: str | bytes):
    content = text.encode() if isinstance(text, str) else text
    return lambda folder: folder.config.write_bytes(content) and None


def _replace(old: str, new: str):
    def strike(folder: Folder) -> None:
        text = folder.config.read_text(encoding="utf-8")
        folder.config.write_text(text.replace(old, new, 1), encoding="utf-8")

    return strike


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def _sql(query: str):
    return lambda f: f.settings(source={"tables": {"debts": {"sql": query}}})


def _feature(**of: str):
    text = {"es": "x", "pt": "x", "en": "x"}
    return lambda f: f.settings(features={"extra": [{"name": "mine", "text": text, **of}]})


REFUSED = {
    "a YAML bomb": (_add(_bomb(12)), "propension.yaml", "Write it out"),
    "an anchor that holds itself": (
        _add("x: &x [*x]\n"),
        "anchor (&) holds itself",
        "Write it out",
    ),
    "an anchor that is not there": (_add("spark: *nothing\n"), "line", "not valid YAML"),
    "a hundred thousand brackets": (
        _add("x: " + "[" * 100_000),
        "propension.yaml",
        "not valid YAML",
    ),
    "a hundred thousand closed brackets": (
        _add("x: " + "[" * 100_000 + "]" * 100_000),
        "propension.yaml",
        "nested too deep",
    ),
    "a key twice": (_add("policy: policy.yaml\n"), "policy is given twice", "line"),
    "a tab": (_add("spark:\n\tmaster: x\n"), "line", "not valid YAML"),
    "an object of Python's": (
        _add("spark: !!python/object/apply:os.system ['true']\n"),
        "line",
        "not valid YAML",
    ),
    "a key that is a list": (_add("? [a, b]\n: c\n"), "line", "not valid YAML"),
    "a key that is a number": (_add("7: x\n"), "7 (line", "keys should be strings"),
    "a key that is nothing": (_add("? \n: x\n"), "propension.yaml", "keys should be strings"),
    "two documents": (_add("---\na: b\n"), "line", "not valid YAML"),
    "30 February": (_set(model={"test_from": "2026-02-30"}), "model.test_from", "date"),
    "30 February, unquoted": (
        _add("spark: 2026-02-30\n"),
        "propension.yaml",
        "day is out of range",
    ),
    "a number of ten thousand digits": (
        _add(f"spark: {'9' * 10_000}\n"),
        "propension.yaml",
        "digits",
    ),
    "a base-60 number of ten thousand parts": (
        _add("spark: 1" + ":01" * 10_000 + "\n"),
        "propension.yaml",
        "digits",
    ),
    "a value of nothing": (_replace("country: CO", "country:"), "portfolio.country", "string"),
    "the country NO, unquoted": (
        _replace("country: CO", "country: NO"),
        "country is neither yes nor no",
        "between quotes",
    ),
    "no content": (_whole(""), "propension.yaml", "key: value"),
    "only a comment": (_whole("# nothing\n"), "propension.yaml", "key: value"),
    "a list": (_whole("- a\n- b\n"), "propension.yaml", "key: value"),
    "a word": (_whole("hello"), "propension.yaml", "key: value"),
    "JSON of another kind": (_whole('{"a": 1}'), "portfolio (line 1) is missing", "unknown"),
    "NUL bytes": (_whole(b"a: \x00\n"), "propension.yaml", "not valid YAML"),
    "UTF-16": (_whole("portfolio: {name: x}\n".encode("utf-16")), "propension.yaml", "UTF-8"),
    "Latin-1": (_whole("portfolio: {name: Ñandú}\n".encode("latin-1")), "propension.yaml", "UTF-8"),
    "Windows line ends and nonsense": (
        _whole("portfolio\r\n:\r\n"),
        "propension.yaml",
        "not valid YAML",
    ),
    "a misspelt key": (_add("polcy: policy.yaml\n"), "polcy", "did you mean policy?"),
    "a list where a mapping should be": (
        _replace("outputs:\n  path: outputs", "outputs: [a]"),
        "outputs",
        "settings of its own",
    ),
    "a mapping where a word should be": (
        _set(portfolio={"name": {"a": 1}}),
        "portfolio.name",
        "string",
    ),
    "text where a number should be": (
        _set(target={"horizon_days": "thirty"}),
        "target.horizon_days",
        "integer",
    ),
    "a number that is not whole": (
        _set(target={"horizon_days": 30.5}),
        "target.horizon_days",
        "integer",
    ),
    "yes where a number should be": (
        _set(target={"horizon_days": True}),
        "horizon_days is neither yes nor no",
        "between quotes",
    ),
    "NaN": (_add("model: { learning_rate: .nan }\n"), "learning_rate", "number"),
    "a threshold that is NaN": (
        _set(target={"paid_share": float("nan")}),
        "target.paid_share",
        "number",
    ),
    "infinite memory": (
        _set(resources={"memory_gb": float("inf")}),
        "resources.memory_gb",
        "finite",
    ),
    "memory that is NaN": (
        _set(resources={"memory_gb": float("nan")}),
        "resources.memory_gb",
        "finite",
    ),
    "infinite hours": (
        _set(outputs={"stage_hours": float("inf")}),
        "outputs.stage_hours",
        "finite",
    ),
    "a floor of infinity": (
        _set(target={"min_overdue_amount": float("inf")}),
        "min_overdue_amount",
        "finite",
    ),
    "a floor that is NaN": (
        _set(target={"min_overdue_amount": float("nan")}),
        "min_overdue_amount",
        "finite",
    ),
    "a penalty of infinity": (_set(model={"l2": float("inf")}), "model.l2", "finite"),
    "a seed of thirty digits": (_set(model={"seed": 10**30}), "model.seed", "less than"),
    "minus one thread": (_set(resources={"threads": -1}), "resources.threads", "greater than"),
    "a million threads": (_set(resources={"threads": 10**6}), "resources.threads", "less than"),
    "a country in words": (_set(portfolio={"country": "Colombia"}), "portfolio.country", "pattern"),
    "a name of nothing": (_set(portfolio={"name": ""}), "portfolio.name", "at least 1"),
    "a name of a thousand characters": (
        _set(portfolio={"name": "x" * 1000}),
        "portfolio.name",
        "at most 80",
    ),
    "a registry name that is a path": (
        _set(registry={"name": "../../x"}),
        "registry.name",
        "pattern",
    ),
    "a schedule in words": (
        _set(schedules={"scoring": "every day"}),
        "schedules.scoring",
        "0 6 * * 1-6",
    ),
    "a schedule that never comes": (
        _set(schedules={"scoring": "0 0 30 2 *"}),
        "schedules.scoring",
        "0 6 * * 1-6",
    ),
    "a plugin nobody has": (
        _set(features={"plugins": ["os:system"]}),
        "features.plugins",
        "os:system",
    ),
    "a plugin of a thousand characters": (
        _set(features={"plugins": ["x" * 1000]}),
        "features.plugins",
        "x",
    ),
    "a feature that drops a table": (
        _feature(stream="debts", sql="count(*); DROP TABLE debts"),
        "features.extra",
        "mine",
    ),
    "a feature that reads a file": (
        _feature(stream="debts", sql="(SELECT count(*) FROM read_csv('/etc/passwd'))"),
        "mine",
        "not allowed",
    ),
    "a feature of another table's column": (
        _feature(stream="debts", sql="sum(password)"),
        "mine",
        "not known",
    ),
    "a feature without an aggregate": (
        _feature(stream="debts", sql="amount"),
        "mine",
        "must be part of an aggregate",
    ),
    "a feature that divides text": (_feature(stream="debts", sql="sum(debt_id)"), "mine", "x"),
    "a feature named as one of the catalogue": (
        lambda f: f.settings(
            features={
                "extra": [{"name": "days_past_due", "text": {"es": "x", "pt": "x", "en": "x"}}]
            }
        ),
        "days_past_due",
        "x",
    ),
    "a feature named as SQL": (
        lambda f: f.settings(
            features={"extra": [{"name": "x; DROP", "text": {"es": "x", "pt": "x", "en": "x"}}]}
        ),
        "features.extra.0.name",
        "pattern",
    ),
    "a query that drops a table": (
        _sql("DROP TABLE debts"),
        "source.tables.debts.sql",
        "expected one SELECT",
    ),
    "two queries": (_sql("SELECT 1; SELECT 2"), "source.tables.debts.sql", "expected one SELECT"),
    "a query that does not parse": (
        _sql("SELECT FROM WHERE"),
        "source.tables.debts.sql",
        "Correct the query",
    ),
    "a query of five thousand brackets": (
        _sql("SELECT " + "(" * 5000 + "1" + ")" * 5000),
        "source.tables.debts.sql",
        "Correct the query",
    ),
    "a query of a NUL byte": (
        _sql("SELECT 'a\0b' AS debt_id FROM debts"),
        "propension.yaml",
        "Take it out",
    ),
    "a query of nothing": (_sql("  "), "source.tables.debts.sql", "expected one SELECT"),
    "a query file that is not there": (
        lambda f: f.settings(source={"tables": {"debts": {"sql_file": "x.sql"}}}),
        "source.tables.debts.sql_file",
        "Correct the path",
    ),
    "a column map and a query": (
        lambda f: f.settings(source={"tables": {"debts": {"sql": "SELECT 1", "table": "debts"}}}),
        "source.tables.debts",
        "give either",
    ),
    "a variable with a dash": (
        lambda f: f.settings(source={"kind": "postgresql", "path": None, "uri_env": "MY-URI"}),
        "source.uri_env",
        "pattern",
    ),
    "postgresql without a connection": (
        lambda f: f.settings(
            source={"kind": "postgresql", "path": None, "uri_env": "NOT_SET_ANYWHERE"}
        ),
        "NOT_SET_ANYWHERE",
        "Put the connection URI into it",
    ),
}

DATA = {
    "a query that reads a file": (
        _sql("SELECT content AS debt_id FROM read_text('/etc/passwd')"),
        "source.tables.debts",
        "Correct the mapping",
    ),
    "a query that reads the network": (
        _sql("SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"),
        "source.tables.debts",
        "Correct the mapping",
    ),
    "a query that fails": (
        _sql("SELECT * REPLACE (error('boom') AS debt_id) FROM debts"),
        "source.tables.debts",
        "Correct the mapping",
    ),
    "a query of columns nobody has": (
        _sql("SELECT nothing AS debt_id FROM debts"),
        "source.tables.debts",
        "Correct the mapping",
    ),
    "a query that returns no rows": (
        _sql("SELECT * FROM debts WHERE FALSE"),
        "debts: the table has no rows",
        "Check the source",
    ),
}

SAME = {
    "anchors and aliases": _replace(
        "policy: policy.yaml", "policy: &p policy.yaml\nmonitoring: &m {}\nnotify: {}"
    ),
    "a byte order mark": lambda f: (
        f.config.write_bytes(b"\xef\xbb\xbf" + f.config.read_bytes()) and None
    ),
    "Windows line ends": lambda f: (
        f.config.write_bytes(f.config.read_bytes().replace(b"\n", b"\r\n")) and None
    ),
    "a hundred thousand comments": _add("# nothing\n" * 100_000),
    "JSON": lambda f: (
        f.config.write_text(
            __import__("json").dumps(__import__("yaml").safe_load(f.config.read_text()))
        )
        and None
    ),
    "another seed": _set(model={"seed": 2**31 - 1}),
    "the least memory": _set(resources={"memory_gb": 0.25}),
    "more threads than the machine has": _set(resources={"threads": 64}),
    "SELECT * with a comment": _sql("SELECT * FROM debts -- all of them\n;"),
    "a query with names of its own": _sql(
        "WITH debts AS (SELECT * FROM debts) SELECT * FROM debts"
    ),
}

KNOCKS = [
    *(Knock(name, strike, Refused(2, place, remedy)) for name, (strike, place, remedy) in REFUSED.items()),
    *(Knock(name, strike, Refused(3, place, remedy)) for name, (strike, place, remedy) in DATA.items()),
    *(Knock(name, strike, Same()) for name, strike in SAME.items()),
    Knock("a name of emoji and slashes", _set(portfolio={"name": "../😀/'\";"}, registry={"name": "propension_knocks"}), SetAside({})),
    Knock("a country nobody has", _set(portfolio={"country": "ZZ"}), SetAside({}, scores=False)),
    Knock("a currency nobody has", lambda f: (f.settings(portfolio={"currency": "ZZZ"}), f.map("debts", lambda r: r | {"currency": ""}))[0], SetAside({})),
    Knock("a batch of few rows", _set(resources={"batch_rows": 100}), Same()),
]  # fmt: skip
