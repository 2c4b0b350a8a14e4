"""The description of an archive as a Workflow Run RO-Crate: what was run, on what, and what came out.

Profiles: RO-Crate 1.1, Workflow RO-Crate 1.0, Process and Workflow Run Crate 0.5
(https://www.researchobject.org/workflow-run-crate/profiles/workflow_run_crate/).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from nudipole.archive.content import CONFIG, Content
from nudipole.archive.zenodo import author_name
from nudipole.exports.provenance import LICENCE_URL

METADATA = "ro-crate-metadata.json"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
RUN_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
WORKFLOW = "Snakefile"
SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
CODE_LICENCE = {"BSD-3-Clause": "https://spdx.org/licenses/BSD-3-Clause"}
TYPES = {".parquet": "application/vnd.apache.parquet", ".yaml": "application/yaml", ".bib": "application/x-bibtex"}
RUN, AGENT, WHOLE = "#run", "#authors", "./"
Node = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What is known of a run beside its files: the date [s since 1970] and the software around the workflow."""

    date: int
    python: str
    platform: str

    @property
    def iso_date(self) -> str:
        """The date as ISO 8601 in UTC."""
        return datetime.fromtimestamp(self.date, UTC).isoformat()


def crate_text(content: Content, citation: Mapping[str, Any], run: Run) -> str:
    """Return the content of `ro-crate-metadata.json`."""
    names = sorted({*content.files, *content.texts} - {METADATA})
    digests = {**content.manifest["inputs_sha256"], **content.manifest["results_sha256"]}
    graph = [
        *_heads(names, citation, run),
        *_profiles(),
        _workflow(citation),
        *_parameters(),
        *_language(content.manifest["packages"]["snakemake"]),
        _action(names, run),
        *_agents(citation),
        *_licences(citation),
        *(_file(name, digests) for name in names if name != WORKFLOW),
    ]
    return json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _link(name: str) -> Node:
    return {"@id": name}


def _links(names: Sequence[str]) -> list[Node]:
    return [_link(name) for name in names]


def _heads(names: Sequence[str], citation: Mapping[str, Any], run: Run) -> Iterator[Node]:
    crate = ["https://w3id.org/ro/crate/1.1", "https://w3id.org/workflowhub/workflow-ro-crate/1.0"]
    yield {"@id": METADATA, "@type": "CreativeWork", "about": _link(WHOLE), "conformsTo": _links(crate)}
    yield {
        "@id": WHOLE,
        "@type": "Dataset",
        "name": citation["title"],
        "description": "A finished run of nudipole: workflow, inputs, configuration, results and their checksums.",
        "datePublished": run.iso_date,
        "license": _link(CODE_LICENCE[citation["license"]]),
        "keywords": ", ".join(citation["keywords"]),
        "author": _link(AGENT),
        "publisher": _link(AGENT),
        "conformsTo": _links(list(RUN_PROFILES)),
        "mainEntity": _link(WORKFLOW),
        "mentions": _link(RUN),
        "hasPart": _links(names),
    }


def _profiles() -> Iterator[Node]:
    for address, name in RUN_PROFILES.items():
        version = address.rpartition("/")[2]
        yield {"@id": address, "@type": "CreativeWork", "name": name, "version": version}


def _workflow(citation: Mapping[str, Any]) -> Node:
    return {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "nudipole",
        "version": citation["version"],
        "license": _link(CODE_LICENCE[citation["license"]]),
        "programmingLanguage": _link(SNAKEMAKE),
        "author": _link(AGENT),
        "creator": _link(AGENT),
        "encodingFormat": "text/plain",
        "description": "Limits on the neutrino dipole portal from detectors, stars, supernovae and the early universe.",
        "conformsTo": _link("https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"),
        "input": _link("#configuration"),
        "output": _link("#limits"),
    }


def _parameters() -> Iterator[Node]:
    """Yield what goes in and comes out of the workflow in general."""
    profile = {"conformsTo": _link("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE")}
    described = (("configuration", "the whole configuration"), ("limits", "the curves of all constraints"))
    for name, words in described:
        node = {"@id": f"#{name}", "@type": "FormalParameter", "name": name, "description": words}
        yield {**node, **profile, "additionalType": "File", "valueRequired": True}


def _language(version: str) -> Iterator[Node]:
    yield {
        "@id": SNAKEMAKE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "alternateName": "snakemake",
        "identifier": _link("https://doi.org/10.12688/f1000research.29032.2"),
        "url": _link("https://snakemake.github.io"),
        "version": version,
    }


def _action(names: Sequence[str], run: Run) -> Node:
    inputs = [name for name in names if name.startswith(("resources/", "config/"))]
    return {
        "@id": RUN,
        "@type": "CreateAction",
        "name": f"Run of nudipole with Python {run.python} on {run.platform}",
        "description": f"The workflow with {CONFIG}",
        "endTime": run.iso_date,
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "agent": _link(AGENT),
        "instrument": _link(WORKFLOW),
        "object": _links(inputs),
        "result": _links([name for name in names if name.startswith("results/")]),
    }


def _agents(citation: Mapping[str, Any]) -> Iterator[Node]:
    names = "; ".join(author_name(author) for author in citation["authors"])
    yield {"@id": AGENT, "@type": "Organization", "name": names, "url": citation.get("url", "https://zenodo.org")}


def _licences(citation: Mapping[str, Any]) -> Iterator[Node]:
    name = citation["license"]
    yield {"@id": CODE_LICENCE[name], "@type": "CreativeWork", "name": name, "description": "Licence of the code."}
    words = "Licence of tables and figures."
    yield {"@id": LICENCE_URL, "@type": "CreativeWork", "name": "CC-BY-4.0", "description": words}


def _file(name: str, digests: Mapping[str, str]) -> Node:
    suffix = PurePosixPath(name).suffix
    kind = TYPES.get(suffix) or guess_type(name)[0] or "text/plain"
    node: Node = {"@id": name, "@type": "File", "name": PurePosixPath(name).name, "encodingFormat": kind}
    if name.startswith(("results/", "resources/")):
        node["license"] = _link(LICENCE_URL)
    if name in digests:
        node["sha256"] = digests[name]
    if name == "README.md":
        node["about"] = _link(WHOLE)
    if name == CONFIG:
        node["exampleOfWork"] = _link("#configuration")
    if name == "results/limits.parquet":
        node["exampleOfWork"] = _link("#limits")
    return node
