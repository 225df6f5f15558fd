"""A page as one HTML file that needs nothing else: no script, no network.

Names in HDL may be any characters, and a model's words too: all of them are escaped.
"""

import html
from collections.abc import Iterator

from hdlsmith.agent.explaining.claims import Checked, Verdict
from hdlsmith.agent.explaining.markdown import UNCHECKED, numbered
from hdlsmith.agent.explaining.page import (
    Bullets,
    Diagram,
    Listing,
    Page,
    Paragraph,
    Part,
    Section,
    Table,
    code,
    spans,
)
from hdlsmith.display import printable

_STYLE = """
body{font:15px/1.55 system-ui,sans-serif;margin:2.5em auto;max-width:70em;padding:0 1.5em;
color:#1b1f24;background:#fff}
h1{margin-bottom:.1em}h2{margin-top:2em;border-bottom:1px solid #ddd;padding-bottom:.2em}
h3{margin-top:1.6em}code{font:.92em ui-monospace,monospace;background:#f2f4f6;padding:.05em .3em;
border-radius:3px}pre{background:#f7f8fa;padding:.8em;overflow:auto}pre code{background:none}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.25em .9em .25em 0;border-bottom:1px solid #eee}
th{border-bottom:1px solid #bbb}.origin,small{color:#667}svg{max-width:100%;height:auto}
summary{cursor:pointer;color:#667}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_html(page: Page) -> str:
    """The page, with a newline at its end."""
    title = html.escape(printable(page.title.replace("`", "")))
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{_inline(page.title)}</h1><p class="origin">{_inline(page.origin)}</p>',
    ]
    for section in page.sections:
        parts += _section(section)
    return "\n".join([*parts, "</body></html>\n"])


def _section(section: Section) -> Iterator[str]:
    yield f"<h{section.level}>{_inline(section.title)}</h{section.level}>"
    if section.claims:
        yield "<ul>"
        yield from (f"<li>{_claim(claim)}</li>" for claim in section.claims)
        yield "</ul>"
    for part in section.parts:
        yield from _part(part)


def _claim(claim: Checked) -> str:
    places = ", ".join(_inline(code(place)) for place in claim.places)
    mark = f" <small>({UNCHECKED})</small>" if claim.verdict is Verdict.UNCHECKED else ""
    return f"{_inline(claim.claim.text)} <small>{places}</small>{mark}"


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield f"<p>{_inline(part.text)}</p>"
    elif isinstance(part, Bullets):
        yield "<ul>"
        yield from (f"<li>{_inline(item)}</li>" for item in part.items)
        yield "</ul>"
    elif isinstance(part, Diagram):
        yield part.svg
        yield "<details><summary>Mermaid source</summary>"
        yield f"<pre><code>{_escaped(part.mermaid)}</code></pre></details>"
    elif isinstance(part, Listing):
        yield f"<pre><code>{_escaped(numbered(part))}</code></pre>"
    else:
        yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    yield "<table><thead><tr>"
    yield "".join(f"<th>{_inline(cell)}</th>" for cell in table.header)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>"
    yield "</tbody></table>"


def _inline(text: str) -> str:
    return "".join(
        f"<code>{_escaped(piece)}</code>" if is_code else _escaped(piece)
        for piece, is_code in spans(text)
    )


def _escaped(text: str) -> str:
    return html.escape(printable(text))
