"""The templates of our pages: everything that is put into them is escaped."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

# What CommonMark and its tables act on. An underscore inside a word (a file's name) is one.
_SIGNS = re.compile(r"([\\`*\[\]|~]|(?<!\w)[_#]|_(?!\w))")


def template(name: str) -> Template:
    """The template of this name beside the others."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("renderers.page"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["md"] = markdown
    return made


def markdown(text: str) -> Markup:
    """`text` on one row so that Markdown shows it as it is."""
    row = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return Markup(_SIGNS.sub(r"\\\1", row))  # noqa: S704 - escaped just now
