"""What all branches use: the checked configuration of both set-ups, the catalogue, code digests."""

from contextlib import contextmanager

from nudipole.config.load import (
    DEFAULT_PATH,
    REFERENCE_PATH,
    SCHEMA_PATH,
    merge,
    read_yaml,
    validate,
    with_variant,
)
from nudipole.config.detectors import experiments, load_records, record_names, records_of
from nudipole.config.figure_style import load_style
from nudipole.config.limits import chosen_limits, load_limits, published_moments_muB
from nudipole.constraints import datasets
from nudipole.constraints.datasets import detector_datasets, solar_datasets
from nudipole.cosmology.acropolis_process import RUNNER, interpreter
from nudipole.cosmology.scenario import scenarios_of
from nudipole.data.bibliography import BIBLIOGRAPHY_PATH, check_references
from nudipole.data.catalog import load_catalog
from nudipole.errors import ConfigError, NudipoleError
from nudipole.provenance.digest import code_digest, file_sha256
from nudipole.provenance.leftovers import leftovers, leftovers_message
from nudipole.provenance.manifest import project_digest
from nudipole.provenance.storage import check_memory_limit, check_storage, set_future_to_now


@contextmanager
def _plain_errors():
    """End with the message alone: a WorkflowError points to this file, where nothing is wrong."""
    try:
        yield
    except NudipoleError as error:
        sys.exit(f"nudipole: {error}")


def _check_bundled(dataset):
    path = ROOT / dataset.path
    if not (path.is_file() and file_sha256(path) == dataset.sha256):
        # imports pandas, which costs a second: only to say what is wrong
        from nudipole.data.bundled import verify_bundled

        verify_bundled(dataset, ROOT)


def _check_remote(names, catalog):
    with_original = [dataset.name for dataset in catalog.datasets if dataset.remote]
    for name in names:
        if name not in with_original:
            problem = "has no original to download" if name in catalog.names else "is not in the catalogue"
            raise ConfigError(
                f"data.remote_datasets: {name!r} {problem}; remove it from the list, "
                f"which may hold {', '.join(with_original)}"
            )


def _check_photodisintegration(analysis):
    """Stop if photodisintegration is on for an initial state that is not computed, or without ACROPOLIS."""
    section = analysis["photodisintegration"]
    if not section["enabled"]:
        return
    known = [scenario.label for scenario in scenarios_of(analysis["cosmology"])]
    for label in section["initial"] or []:
        if label not in known:
            raise ConfigError(
                f"photodisintegration.initial: {label!r} is no initial state of this run, which has {', '.join(known)}"
            )
    # Snakemake's conda environments are built after this
    if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
        interpreter(section["python"], ROOT)


def _check_models(analysis):
    detector, known = analysis["models"]["leptoquark"]["detector"], record_names(ROOT)
    if detector not in known:
        raise ConfigError(f"models.leptoquark.detector: {detector!r} is no detector; choose one of {', '.join(known)}")


def _checked_start():
    """Return what the rules are made from; stop here on anything a job would trip over."""
    schema = read_yaml(ROOT / SCHEMA_PATH)
    analysis = validate(config, schema)
    style = load_style(ROOT, analysis["figures"]["style"])
    reference = validate(merge(analysis, read_yaml(ROOT / REFERENCE_PATH)), schema)
    catalog = load_catalog(ROOT / analysis["data"]["catalog"])
    for dataset in catalog.datasets:
        _check_bundled(dataset)
    _check_remote(analysis["data"]["remote_datasets"], catalog)
    _check_photodisintegration(analysis)
    _check_models(analysis)
    setups = {"": analysis, "reference/": reference}
    records = {name: load_records(ROOT, setup) for name, setup in setups.items()}
    check_references(ROOT, catalog, records[""])
    for name, setup in setups.items():
        for experiment in setup["detectors"]["experiments"]:
            variants = experiments(experiment, records[name])
            for dataset in detector_datasets(variants, setup["statistics"], setup["detectors"]["solar_spread"]):
                catalog.dataset(dataset)
    limits = {name: load_limits(ROOT, setup) for name, setup in setups.items()}
    published = published_moments_muB(records[""], limits[""])
    chosen = {name: chosen_limits(limits[name], setup) for name, setup in setups.items()}
    return setups, records, catalog, style, chosen, published


with _plain_errors():
    # before Snakemake writes its log, which fails noisily on a full disk
    check_storage(Path("results"))
    check_storage(Path(".snakemake"))
    check_memory_limit()
    # read here as well, because Snakemake does not name the file it cannot read
    read_yaml(ROOT / DEFAULT_PATH)


configfile: str(ROOT / DEFAULT_PATH)


with _plain_errors():
    SETUPS, RECORDS, CATALOG, STYLE, LIMITS, PUBLISHED_MOMENTS = _checked_start()

ANALYSIS = SETUPS[""]


wildcard_constraints:
    setup="(reference/)?",
    flavour="mu|e|tau|effective",
    dataset="[a-z0-9_]+",
    branch="sources|detectors|stellar|supernova|cosmology",
    scenario="decoupled|thermal|zero|freeze-in_[0-9.e+]+MeV",
    part="[0-9]+",
    experiment="|".join(record_names(ROOT)),
    variant="[A-Za-z0-9_.=,+-]+",


HOW_NOT_WHAT = {
    "cosmology": ("jobs",),
    "statistics": ("coverage",),
    "photodisintegration": ("enabled", "python", "jobs"),
}
"""Keys that say whether, where and in how many parts work is done, or what is checked: they are in no other table."""


def _physics_of(setup, name):
    """Return a section without the keys that cannot change a result."""
    section, left_out = setup[name], HOW_NOT_WHAT.get(name, ())
    return {key: value for key, value in section.items() if key not in left_out} if left_out else section


def sections(*names):
    """Return a params function that gives the named configuration sections of the rule's set-up."""
    return lambda wildcards: {name: _physics_of(SETUPS[wildcards.get("setup", "")], name) for name in names}


def code(script):
    """Return the digest of the package code a script uses: an edit elsewhere does not rerun its jobs."""
    return code_digest(WORKFLOW / "scripts" / script)


def data_tables(*names):
    """Return the paths of fetched datasets."""
    return [f"results/data/{name}.parquet" for name in names]


def kernels_of(branch):
    """Return the file that says the kernels of a branch are compiled."""
    return f"results/kernels/{branch}.json"


def physics(setup):
    """Return a set-up without the section that cannot change a result: where the tables come from."""
    return {name: _physics_of(setup, name) for name in setup if name != "data"}


def is_remote(dataset):
    """Return whether a dataset is downloaded in this run."""
    data = ANALYSIS["data"]
    chosen = data["source"] == "remote" or dataset.name in data["remote_datasets"]
    return chosen and dataset.remote is not None


def origin_file(dataset):
    """Return the file a dataset is read from: the download, or the bundled table."""
    return f"results/originals/{dataset.name}" if is_remote(dataset) else os.path.relpath(ROOT / dataset.path)


def limit_paths(setup, records):
    """Return the records of the published limits of a set-up, or else the files with their points."""
    files = [path for limit in LIMITS[setup].values() for path in ([limit.path] if records else limit.points)]
    return [os.path.relpath(path) for path in files]


def limit_digests():
    """Return the sha256 of all files of published limits, by key and file name."""
    found = {f"limits/{key}/{file.name}": file for key, limit in LIMITS[""].items() for file in limit.files}
    return {name: file_sha256(file) for name, file in found.items()}


def solar_tables(wildcards):
    """Return the tables of the solar model of a set-up."""
    return data_tables(*solar_datasets(SETUPS[wildcards.setup]["solar"]["model"]))


def detector_variants(wildcards):
    """Return an experiment of a set-up in all its variants."""
    return experiments(wildcards.experiment, RECORDS[wildcards.get("setup", "")])


def detector_tables(wildcards):
    """Return the tables of an experiment."""
    setup = SETUPS[wildcards.get("setup", "")]
    spread = setup["detectors"]["solar_spread"]
    return data_tables(*detector_datasets(detector_variants(wildcards), setup["statistics"], spread))


def detector_records(wildcards):
    """Return the records of an experiment and of those it combines."""
    return records_of(wildcards.experiment, RECORDS[wildcards.get("setup", "")])


def detector_sections(wildcards):
    """Return the configuration of one experiment, without what concerns the others."""
    found = sections("grid", "flavours", "solar", "detectors", "statistics", "numerics")(wildcards)
    section = {key: found["detectors"][key] for key in ("electrons", "fit_M_N_MeV", "solar_spread")}
    return {**found, "detectors": section}


def constraint_tables(setup):
    """Return the names of all tables of limits of a set-up."""
    return [*SETUPS[setup]["detectors"]["experiments"], "stellar", "supernova", "cosmology", "published"]


def limit_files(wildcards):
    """Return the limits of all constraints of a set-up."""
    return [f"results/{wildcards.setup}limits/{name}.parquet" for name in constraint_tables(wildcards.setup)]


def scenario_labels(setup):
    """Return the initial states of a set-up by their names in tables, that of the default limit first."""
    return [scenario.label for scenario in scenarios_of(SETUPS[setup]["cosmology"])]


def surface_parts(setup, scenario):
    """Return the number of jobs of a surface: the fine one is split by mass range."""
    return SETUPS[setup]["cosmology"]["jobs"] if scenario == scenario_labels(setup)[0] else 1


def surface_files(wildcards):
    """Return all parts of all surfaces of a set-up."""
    return [
        f"results/{wildcards.setup}cosmology/parts/{scenario}_{part}.parquet"
        for scenario in scenario_labels(wildcards.setup)
        for part in range(surface_parts(wildcards.setup, scenario))
    ]


def supernova_variants(wildcards):
    """Return the variants of a set-up by the names of their files, the configuration itself first and once."""
    setup = SETUPS[wildcards.setup]
    variants = [each for each in setup["supernova"]["variants"] if with_variant(setup, each) != setup]
    return {"default": "", **{variant.replace(";", ","): variant for variant in variants}}


def supernova_parts(wildcards):
    """Return the surfaces of all variants of a set-up."""
    return [f"results/{wildcards.setup}supernova/parts/{name}.parquet" for name in supernova_variants(wildcards)]


def supernova_sections(wildcards):
    """Return the configuration of one variant, without the list of the others."""
    setup = with_variant(SETUPS[wildcards.setup], supernova_variants(wildcards)[wildcards.variant])
    supernova = {key: value for key, value in setup["supernova"].items() if key != "variants"}
    return {"grid": setup["grid"], "flavours": setup["flavours"], "supernova": supernova}


def profile_of(setup):
    """Return the table of a configuration's star, if it has one."""
    table = setup["supernova"]["profile"]["table"]
    return [] if table is None else [os.path.relpath(ROOT / table)]


def supernova_profile(wildcards):
    """Return the table of a variant's star, if it has one."""
    return profile_of(supernova_sections(wildcards))


def photodisintegration_sections(wildcards):
    """Return the configuration of one initial state, without the list of those that are computed."""
    found = sections("grid", "flavours", "statistics", "cosmology", "photodisintegration")(wildcards)
    section = {key: value for key, value in found["photodisintegration"].items() if key != "initial"}
    return {**found, "photodisintegration": section}


def photodisintegration_parts(wildcards):
    """Return all parts of the points that ACROPOLIS is asked for."""
    section = ANALYSIS["photodisintegration"]
    return [
        f"results/cosmology/photodisintegration/{label}_{part}.parquet"
        for label in section["initial"] or scenario_labels("")
        for part in range(section["jobs"])
    ]


def correct_times():
    """Take back times in the future: Snakemake would call every job that reads such a file a failure."""
    changed = set_future_to_now([Path("results"), ROOT / "resources"])
    if changed:
        print(
            f"nudipole: {len(changed)} file(s) had a time in the future and got the present one, {changed[0]} first; "
            f"if the clock of this machine is wrong, correct it",
            file=sys.stderr,
        )


def report_leftovers():
    """Say which files in results/ are of other configurations, after a run that knows all of its own."""
    made = {str(path) for job in workflow.dag.jobs for path in job.output}
    if "results/manifest.json" in made:
        found = leftovers(Path("results"), made)
        if found:
            print(f"nudipole: {leftovers_message(found)}", file=sys.stderr)
