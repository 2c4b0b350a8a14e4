"""`nudipole cite`: the BibTeX entries of what constraints rest on."""

import argparse

from nudipole.cli import arguments
from nudipole.cli.output import as_json
from nudipole.cli.project import catalog_of, project_root
from nudipole.config.load import load_config

DETAILS = """Papers of the data, the method and the inputs, for the configuration as given; without a name, those of all
constraints that the workflow draws.

JSON: {constraints {name: [key]}, bibtex}.

examples:
  nudipole cite xenonnt stellar > references.bib
  nudipole cite xenon1t --set solar.model=BS05-OP
  nudipole cite pub_charm_ii --json
"""


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "cite", "BibTeX of what constraints rest on", DETAILS)
    names = "one that `nudipole info` lists, or a published limit, pub_<key>"
    parser.add_argument("constraint", nargs="*", metavar="CONSTRAINT", help=names)
    arguments.configuration(parser)
    arguments.common(parser)
    parser.set_defaults(run=_cite)


def _cite(args: argparse.Namespace) -> str:
    # imported here, so that --help does not wait for pybtex
    from nudipole.data.bibliography import read_bibliography
    from nudipole.exports.declared import COMPUTED, declared_sources, paper_of, published_records, published_sources
    from nudipole.exports.references import parse_bibliography

    root = project_root(args.project)
    config = load_config(root, args.config, args.set)
    catalog, published = catalog_of(root, config), published_records(root, config)
    bibliography = parse_bibliography(read_bibliography(root)).with_papers(map(paper_of, published))
    every = (*config["detectors"]["experiments"], *COMPUTED, *published_sources(published))
    names = tuple(dict.fromkeys(args.constraint)) or every
    keys = {name: bibliography.keys_of(declared_sources(name, root, config, catalog)) for name in names}
    entries = bibliography.bibtex(sorted({key for found in keys.values() for key in found}))
    if args.json:
        return as_json({"constraints": {name: list(found) for name, found in keys.items()}, "bibtex": entries})
    return entries.rstrip("\n")
