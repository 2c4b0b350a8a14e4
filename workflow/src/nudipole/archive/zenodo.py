"""What Zenodo asks for with an upload, from CITATION.cff."""

import json
from collections.abc import Mapping
from typing import Any

from nudipole.exports.provenance import LICENCE_URL

PAPER = "arXiv:2007.15563"


def zenodo_text(citation: Mapping[str, Any]) -> str:
    """Return the content of `.zenodo.json`."""
    content = {
        "title": citation["title"],
        "upload_type": "software",
        "version": citation["version"],
        "creators": [{"name": author_name(author)} for author in citation["authors"]],
        "description": (
            "<p>Workflow, inputs, configuration and results of the analysis of the neutrino magnetic moment portal: "
            f"limits on mu_nu against M_N. Code: {citation['license']}; tables and figures: "
            f'<a href="{LICENCE_URL}">CC-BY-4.0</a>. README.md says how to run it again.</p>'
        ),
        "license": citation["license"],
        "access_right": "open",
        "keywords": citation["keywords"],
        "related_identifiers": [{"identifier": PAPER, "relation": "isDerivedFrom", "resource_type": "publication"}],
    }
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def author_name(author: Mapping[str, str]) -> str:
    """Return an author of CITATION.cff as Zenodo wants it: family name first."""
    return author["name"] if "name" in author else f"{author['family-names']}, {author['given-names']}"
