"""A page read back: a tree of elements from the standard library's HTML parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from catalog.work import Work
from renderers.report import Report
from tests.renderers.story_fixture import Names

HOSTILE = Names(
    title='<script>document.title="owned"</script> “Zug” 🎬',
    story="st \"<b>'&",
    file="';alert(1)--><img src=x onerror=alert(2)> 火车 🎬.mov",
    line='I "never" <script>told</script> you &amp; 你 🎬',
)
VOID = {"meta", "img", "br", "link", "input", "hr"}


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join("".join(parts).split())

    def all(self, tag: str = "", name: str = "") -> list["Element"]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                classes = child.attrs.get("class", "").split()
                if (not tag or child.tag == tag) and (not name or name in classes):
                    found.append(child)
                found += child.all(tag, name)
        return found

    def by_id(self, name: str) -> "Element":
        return next(one for one in self.all() if one.attrs.get("id") == name)


class Tree(HTMLParser):
    """Builds elements, and insists that every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root], f"not closed: {[one.tag for one in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def report(work: Work) -> tuple[Element, str]:
    facts = Report().run(work)
    names = ["report.html", "report.pdf", "report.md", "emotions.json"]
    assert [file.name for file in facts.files] == names
    text = (work.scratch / "report.html").read_text(encoding="utf-8")
    return Tree(text).root, text
