"""Tables and configurations as small HTML pages without any address, for the report."""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import yaml

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5em; color: #222; background: #fff }
table { border-collapse: collapse } th, td { padding: .35em .7em; text-align: left; vertical-align: top }
th { border-bottom: 2px solid #555 } td { border-bottom: 1px solid #ddd } td.number { text-align: right }
.pass { color: #00664A } .explained { color: #8A4B00 } .fail { color: #B00020; font-weight: bold }
pre { font: 13px/1.4 ui-monospace, monospace } details { margin: .6em 0 } summary { cursor: pointer }
"""


def table_page(title: str, frame: pd.DataFrame, explanation: str = "") -> str:
    """Return a table as a page; numbers with four digits, words such as a verdict as classes of their cells."""
    table = _table(frame)
    return _page(title, f"<p>{escape(explanation)}</p>{table}" if explanation else table)


def picture_and_tables_page(title: str, svg: bytes, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a picture, within the page, and tables under their titles."""
    picture = f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{b64encode(svg).decode()}">'
    parts = [f"<h2>{escape(name)}</h2>{_table(frame)}" for name, frame in tables.items()]
    return _page(title, "\n".join([picture, *parts]))


def configuration_page(title: str, sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Return configurations as a page, each as YAML under its name."""
    parts = [
        f"<details open><summary>{escape(name)}</summary><pre>{escape(yaml.safe_dump(dict(content)))}</pre></details>"
        for name, content in sections.items()
    ]
    return _page(title, "\n".join(parts))


def _table(frame: pd.DataFrame) -> str:
    head = "".join(f"<th>{escape(str(name).replace('_', ' '))}</th>" for name in frame.columns)
    rows = ("".join(map(_cell, row)) for row in frame.itertuples(index=False))
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td class="number">{value:.4g}</td>' if pd.notna(value) else '<td class="number">-</td>'
    if isinstance(value, int):
        return f'<td class="number">{value}</td>'
    text = escape(str(value))
    return f'<td class="{text}">{text}</td>' if text.isalpha() else f"<td>{text}</td>"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )
