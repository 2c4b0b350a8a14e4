"""What every rule file uses: the checked configuration of both set-ups, the catalogue, code digests."""

from snakemake.exceptions import WorkflowError

from nudipole.config.load import REFERENCE_PATH, SCHEMA_PATH, merge, read_yaml, validate
from nudipole.data.catalog import load_catalog
from nudipole.errors import ConfigError, NudipoleError
from nudipole.provenance.digest import code_digest, file_sha256
from nudipole.provenance.storage import check_storage


def _check_bundled(dataset):
    path = ROOT / dataset.path
    if not (path.is_file() and file_sha256(path) == dataset.sha256):
        # imports pandas, which costs a second: only to say what is wrong
        from nudipole.data.bundled import verify_bundled

        verify_bundled(dataset, ROOT)


def _checked_start():
    """Return the configuration of each set-up and the catalogue; stop here on anything a job would trip over."""
    check_storage(Path("results"))
    schema = read_yaml(ROOT / SCHEMA_PATH)
    analysis = validate(config, schema)
    reference = validate(merge(analysis, read_yaml(ROOT / REFERENCE_PATH)), schema)
    catalog = load_catalog(ROOT / analysis["data"]["catalog"])
    for dataset in catalog.datasets:
        _check_bundled(dataset)
    for name in analysis["data"]["remote_datasets"]:
        if catalog.dataset(name).remote is None:
            known = ", ".join(d.name for d in catalog.datasets if d.remote)
            raise ConfigError(f"data.remote_datasets: {name} has no original to download; these have one: {known}")
    return {"": analysis, "reference/": reference}, catalog


try:
    SETUPS, CATALOG = _checked_start()
except NudipoleError as error:
    raise WorkflowError(str(error)) from None

ANALYSIS = SETUPS[""]


wildcard_constraints:
    setup="(reference/)?",
    flavour="mu|e|tau|effective",
    dataset="[a-z0-9_]+",


def sections(*names):
    """Return a params function that gives the named configuration sections of the rule's set-up."""
    return lambda wildcards: {name: SETUPS[wildcards.get("setup", "")][name] for name in names}


def code(script):
    """Return the digest of the package code a script uses: an edit elsewhere does not rerun its jobs."""
    return code_digest(WORKFLOW / "scripts" / script)


def data_tables(*names):
    """Return the paths of fetched datasets."""
    return [f"results/data/{name}.parquet" for name in names]


def physics(setup):
    """Return a set-up without the section that cannot change a result: where the tables come from."""
    return {name: section for name, section in setup.items() if name != "data"}
