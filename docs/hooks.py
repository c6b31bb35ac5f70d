"""Pages that MkDocs generates from the code: what is declared there is not written again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import propension
from propension.config import Policy, Settings
from propension.features import SHIPPED
from propension.outputs import SCORED_COLUMNS
from propension.schema.checks import RULES
from propension.schema.tables import TABLES

ROOT = Path(__file__).parents[1]
PACKS = ROOT / "src" / "propension" / "treatments" / "contact" / "packs"
Lines = Iterator[str]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every generated page to those that are written."""
    pages = {f"reference/{name}.md": "\n".join(page()) + "\n" for name, page in PAGES.items()}
    pages["contributing.md"] = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pages["decisions/README.md"] = "\n".join(decisions_page()) + "\n"
    for name, content in pages.items():
        written = files.get_file_from_path(name)
        if written is not None:
            files.remove(written)
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Name files beside the documentation instead of pointing at them: they are in the project, not on the site."""
    return re.sub(r"\[([^\]]+)\]\(\.\./(?!\w[\w/-]*\.md)([^)#]+)\)", r"\1 (`\2`)", markdown)


def decisions_page() -> Lines:
    """The index of decisions."""
    yield (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        number, _, name = title.partition(". ")
        yield f"- {number}: [{name}]({path.name})"


def contract_page() -> Lines:
    """The tables that go in."""
    yield from (
        "# Data contract",
        "",
        "What a portfolio is made of. A company's own tables reach this shape by name, by a column map or by SQL "
        "(`source.tables`). Only what is required must be there; of the rest the page says what is lost where it is empty. Where "
        "values are listed no other is read; small letters and capitals are the same. Amounts have two decimals. What is personal is "
        "masked wherever it is not asked for. Rows at fault are set aside in `quarantine/` with the reason; nothing is dropped in "
        "silence.",
    )
    for table in TABLES.values():
        key = ", ".join(f"`{name}`" for name in table.key)
        yield from (
            "",
            f"## {table.name}",
            "",
            table.meaning,
            "",
            f"{'Required.' if table.required else 'Optional.'}{f' A row is identified by {key}.' if key else ''}",
            "",
        )
        yield from _table(
            ("column", "type", "what it means"),
            (
                (
                    f"`{column.name}`",
                    ", ".join(
                        [column.type]
                        + ["required"] * column.required
                        + ["personal"] * column.personal
                    ),
                    column.meaning,
                )
                for column in table.columns
            ),
        )
    yield from ("", "## What is checked", "")
    yield from _table(
        ("rule", "rows that", "what to do"),
        (
            (f"`{name}`", found.format(a="a", column="value"), remedy)
            for name, (found, remedy) in RULES.items()
        ),
    )


def features_page() -> Lines:
    """What the model sees."""
    yield from (
        "# Feature catalogue",
        "",
        f"{len(SHIPPED)} features, each one declaration: an expression over a stream of rows that were known by the as-of date. "
        "None of them is a protected attribute; a test holds that. How to add one: `features.extra` in the settings, a plugin, or "
        "[the catalogue itself](../contributing.md).",
    )
    for family in dict.fromkeys(feature.family for feature in SHIPPED):
        yield from ("", f"## {str(family).replace('_', ' ').capitalize()}", "")
        yield from _table(
            ("feature", "in words", "stream", "unit", "axis", "expression"),
            (
                (
                    f"`{one.name}`",
                    one.text.en,
                    one.stream,
                    one.unit,
                    one.axis,
                    f"`{_flat(one.sql)}`",
                )
                for one in SHIPPED
                if one.family == family
            ),
        )


def list_page() -> Lines:
    """What comes out."""
    yield from (
        "# Columns of the list",
        "",
        "One row for each account. The names are those of `scored.parquet` and of databases; the workbook and CSV files may bear "
        "words instead (`outputs.column_names`).",
        "",
    )
    yield from _table(
        ("column", "Español", "Português", "English", "what it means"),
        (
            (f"`{one.name}`", one.label.es, one.label.pt, one.label.en, one.help.en)
            for one in SCORED_COLUMNS
        ),
    )


def settings_page() -> Lines:
    """Every setting of a portfolio."""
    yield from (
        "# Settings",
        "",
        "`propension.yaml`. Unknown and misspelt settings are refused with a suggestion, all faults at once, with their lines.",
    )
    yield from _model(Settings.model_json_schema())


def policy_page() -> Lines:
    """Every part of the policy file."""
    yield from (
        "# Policy reference",
        "",
        "`policy.yaml`, generated from the models it is read into. What the parts do, in the order in which they act: "
        "[the policy file](../policy.md).",
    )
    yield from _model(Policy.model_json_schema())


def rules_page() -> Lines:
    """What the law of every country says, as the packs hold it."""
    yield from (
        "# Contact rules by country",
        "",
        "Generated from the rule packs. **Not legal advice.** How they are judged: [contact rules](../contact-rules.md).",
    )
    for path in sorted(PACKS.glob("*.yaml")):
        pack = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from ("", f"## {pack['country']}", "", f"Version {pack['version']}.", "")
        rules = [("", rule) for rule in pack["rules"]]
        for code, region in pack.get("regions", {}).items():
            rules += [(code, rule) for rule in region["rules"]]
        yield from _table(
            ("rule", "region", "kind", "terms", "citation", "valid from", "confidence"),
            (
                (
                    f"`{rule['id']}`",
                    code,
                    rule["kind"],
                    _terms(rule),
                    rule["citation"],
                    str(rule["valid_from"]),
                    str(rule["confidence"]),
                )
                for code, rule in rules
            ),
        )


def api_page() -> Lines:
    """What others may import."""
    yield from (
        "# API reference",
        "",
        f"Version {propension.__version__}. What a package's `__init__` exports is for others; the rest may change.",
    )
    for name in (
        "config", "schema", "sources", "simulate", "snapshots", "features", "labels", "model", "explain", "segments",
        "treatments", "outputs", "monitoring",
    ):  # fmt: skip
        yield from ("", f"## propension.{name}", "", f"::: propension.{name}")
        yield from ("    options:", "      show_root_heading: false", "      heading_level: 3")


PAGES: dict[str, Callable[[], Lines]] = {
    "data-contract": contract_page,
    "features": features_page,
    "list": list_page,
    "settings": settings_page,
    "policy": policy_page,
    "contact-rules": rules_page,
    "api": api_page,
}
_KNOWN = {"id", "kind", "citation", "valid_from", "confidence"}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} entries",
}


def _table(heads: tuple[str, ...], rows: Any) -> Lines:
    yield _row(heads)
    yield _row("---" for _ in heads)
    yield from (_row(row) for row in rows)


def _row(cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _flat(sql: str) -> str:
    return " ".join(sql.split())


def _terms(rule: Mapping[str, Any]) -> str:
    terms = {name: value for name, value in rule.items() if name not in _KNOWN}
    return "; ".join(f"{name}: {_term(value)}" for name, value in terms.items())


def _term(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {_term(one)}" if not isinstance(one, list) else _term(one)
            for name, one in value.items()
        )
    return ", ".join(map(_term, value)) if isinstance(value, list) else str(value)


def _model(schema: Mapping[str, Any]) -> Lines:
    """A section for the whole, then one for every model within it, once."""
    definitions = schema.get("$defs", {})
    waiting, written = [("", schema)], set()
    while waiting:
        title, model = waiting.pop(0)
        if title:
            yield from ("", f"## {title}")
        if model.get("description"):
            yield from ("", _flat(model["description"]))
        yield ""
        properties = model.get("properties", {})
        yield from _table(
            ("name", "type", "default", "what it is"),
            (
                (
                    f"`{name}`",
                    _type(told, definitions),
                    _default(model, name),
                    _said(told, definitions),
                )
                for name, told in properties.items()
            ),
        )
        for told in properties.values():
            for name in _refers(told):
                if name not in written and definitions[name].get("properties"):
                    written.add(name)
                    waiting.append((name, definitions[name]))


def _said(told: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What a setting says of itself, or what it is made of says of itself."""
    for said in (told, *(definitions[name] for name in _refers(told))):
        if said.get("description"):
            return _flat(said["description"]).split(". ")[0].rstrip(".")
    return ""


def _refers(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if "$ref" in told:
            yield told["$ref"].rsplit("/", 1)[-1]
        for value in told.values():
            yield from _refers(value)
    elif isinstance(told, list):
        for value in told:
            yield from _refers(value)


def _type(told: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in told:
        name = told["$ref"].rsplit("/", 1)[-1]
        target = definitions[name]
        return (
            f"[{name}](#{name.lower()})" if target.get("properties") else _type(target, definitions)
        )
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    for kind in ("anyOf", "oneOf"):
        if kind in told:
            kinds = dict.fromkeys(_type(one, definitions) for one in told[kind])
            # What takes an exact number as text too is a number to whoever writes it.
            is_exact = any(name.startswith("number") for name in kinds)
            return " or ".join(name for name in kinds if not (is_exact and name == "string"))
    bounds = ", ".join(
        said.format(_number(told[name])) for name, said in _BOUNDS.items() if name in told
    )
    if told.get("type") == "array":
        items = told.get("items") or {}
        kind = f"list of {_type(items, definitions)}" if items else "list"
    elif told.get("type") == "object":
        kind = _mapping(told, definitions)
    else:
        kind = str(told.get("const", told.get("type", "")))
    return f"{kind}, {bounds}" if bounds else kind


def _number(bound: float) -> str:
    return f"{bound:,.0f}" if bound == int(bound) else str(bound)


def _mapping(told: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    names = told.get("propertyNames", {})
    of = f" of {_type(names, definitions)}" if "enum" in names else ""
    # Where names have a pattern, it is what leads to their values.
    by_pattern = next(iter(told.get("patternProperties", {}).values()), None)
    values = by_pattern or told.get("additionalProperties")
    return f"mapping{of} to {_type(values, definitions)}" if isinstance(values, dict) else "mapping"


def _default(model: Mapping[str, Any], name: str) -> str:
    if name in model.get("required", ()):
        return "*required*"
    value = model["properties"][name].get("default")
    if value in (None, {}, []):
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= 60 else "see below"
