"""The page that every report is written on."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template


def page_template(name: str, package: str, folder: str = "") -> Template:
    """Return a report's template, which may extend ``page.html.j2``; whatever it writes is escaped.

    Parameters
    ----------
    name : str
    package : str
        Where the template is.
    folder : str
        Within the package.
    """
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader(package, folder), PackageLoader("propension.writing", "")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
