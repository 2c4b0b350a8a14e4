"""Check the description of an unpacked archive with roc-validator: python crate_check.py FOLDER.

Run by `make archive` in .venv-archive; it imports nothing of this package. The contexts of RO-Crate, which the
validator would fetch from w3id.org, come from the rocrate package, so that the check needs no network.
"""

import io
import sys
from email.message import Message
from importlib.util import find_spec
from pathlib import Path
from urllib.request import HTTPSHandler, Request, build_opener, install_opener
from urllib.response import addinfourl

import requests
import urllib3
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings

PROFILE = "workflow-run-crate"
RUN_TERMS = b'{"@context": {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}}'
"""The one term that our crates take from the context of the run profiles."""


def contexts() -> dict[str, bytes]:
    """Return the contexts by their addresses."""
    spec = find_spec("rocrate")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("crate_check: the package rocrate is missing; make archive installs it from its lock")
    bundled = Path(spec.submodule_search_locations[0]) / "data/ro-crate.jsonld"
    return {
        "https://w3id.org/ro/crate/1.1/context": bundled.read_bytes(),
        "https://w3id.org/ro/terms/workflow-run/context": RUN_TERMS,
    }


class BundledForUrllib(HTTPSHandler):
    """Answers what rdflib asks for."""

    def https_open(self, request: Request) -> addinfourl:
        """Return a context, or what the network says."""
        content = contexts().get(request.full_url)
        if content is None:
            return super().https_open(request)
        headers = Message()
        headers["Content-Type"] = "application/ld+json"
        answer = addinfourl(io.BytesIO(content), headers, request.full_url, 200)
        answer.msg = "OK"
        return answer


class BundledForRequests(requests.adapters.BaseAdapter):
    """Answers what the validator asks for itself."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Return a context."""
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(contexts()[request.url]),
            headers={"Content-Type": "application/ld+json"},
            status=200,
            preload_content=False,
            request_url=request.url,
        )
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""


ask_network = requests.Session.get_adapter


def adapter(session: requests.Session, url: str) -> requests.adapters.BaseAdapter:
    """Return who answers for an address: the network only for what is not bundled."""
    return BundledForRequests() if url in contexts() else ask_network(session, url)


def main() -> int:
    """Print what the validator says; 0 if everything required is there."""
    install_opener(build_opener(BundledForUrllib))
    requests.Session.get_adapter = adapter
    settings = ValidationSettings(
        rocrate_uri=sys.argv[1], profile_identifier=PROFILE, requirement_severity=Severity.RECOMMENDED
    )
    issues = services.validate(settings).get_issues()
    required = [issue for issue in issues if issue.severity == Severity.REQUIRED]
    for issue in issues:
        print(f"{issue.severity.name.lower()}: {issue.message} ({issue.check.identifier})")
    print(f"RO-Crate, profile {PROFILE}: {len(required)} required and {len(issues) - len(required)} other findings")
    return 1 if required else 0


if __name__ == "__main__":
    sys.exit(main())
