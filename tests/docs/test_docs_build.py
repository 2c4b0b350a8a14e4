"""The documentation builds without a warning and without the network, and says what is true of the project.

Pages are checked as they were built: equations, links, resources. What they tell people to type is parsed by the real
parsers, and messages they quote are provoked.
"""

import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browser_pages import Opener

from nudipole.cli.main import build_parser, main
from nudipole.config.load import load_config, read_yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if "_build" not in path.parts]
INCLUDED = [ROOT / name / "README.md" for name in ("config", "resources/detectors", "resources/limits")]
LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
}


class Page(HTMLParser):
    """What a page loads, where it links to, the places that can be linked to, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.words: list[str] = []
        self.equations = 0
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.update(value for name, value in attrs if name in ("id", "name") and value)
        self.equations += tag == "math"
        if tag in LOADING and given.get(LOADING[tag]):
            self.loads.append(str(given[LOADING[tag]]))
        if tag == "link" and given.get("rel") not in ("index", "search", "next", "prev", "canonical"):
            self.loads.append(str(given.get("href")))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    assert (site.parent / "build.log").read_text().startswith("exit 0"), (site.parent / "build.log").read_text()
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def source_text(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def blocks(language: str, *paths: Path) -> Iterator[str]:
    for path in paths:
        yield from re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def typed(program: str) -> list[str]:
    """Return the command lines of a program: prompts of console blocks, indented lines, and code within the text."""
    text = source_text(*PAGES, *INCLUDED)
    found = re.findall(rf"^(?:\$ |    ){program} (.+)$", text, re.MULTILINE)
    found += re.findall(rf"`{program} ([^`]*--[^`]*)`", text)
    return [line for line in found if "..." not in line]


def test_there_is_no_warning(site: Path, pages: dict[Path, Page]) -> None:
    assert (site.parent / "warnings.txt").read_text() == ""
    assert len(pages) > 40


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        outside = [name for name in page.loads if urlsplit(name).scheme not in ("", "data") or name.startswith("//")]
        assert not outside, path
        for name in page.loads:
            if not urlsplit(name).scheme:
                assert (path.parent / unquote(urlsplit(name).path)).is_file(), (path, name)
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet
    own = {name for page in pages.values() for name in page.loads if name.endswith(".js")}
    assert not any("mathjax" in name.lower() or "require" in name.lower() for name in own)


@pytest.mark.parametrize("name", ["index.html", "physics/supernova.html", "your_model.html", "api/likelihood.html"])
def test_a_browser_asks_for_nothing(site: Path, pages: dict[Path, Page], open_page: Opener, name: str) -> None:
    page, account = open_page(site / name)
    page.wait_for_timeout(300)
    assert account.requests == []
    assert account.errors == []
    # MathML that the browser draws has a size
    for box in page.evaluate("[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().width)"):
        assert box > 0


def test_links_within_the_pages_lead_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    followed = 0
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link == "#":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, link)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, (path, link)
            followed += 1
    assert followed > 1000


def test_equations_are_mathml(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        if "physics" in path.parts:
            assert page.equations > 10, path
            assert not re.search(r"\\(frac|mathrm|mu|nu|begin)", page.text), path


def test_the_notebook_ran(pages: dict[Path, Page]) -> None:
    page = next(page for path, page in pages.items() if path.name == "your_model.html")
    assert re.search(r"stellar\s+allowed\s+-2\.\d+ dex", page.text)
    assert "M_LQ = 1.5 TeV: mu_nu = 6.47e-12 mu_B" in page.text
    assert any("_images" in name for name in page.loads), "the figure is missing"
    assert "Traceback" not in page.text


def test_every_package_has_its_page() -> None:
    packages = [path.parent for path in (ROOT / "workflow/src/nudipole").rglob("__init__.py")]
    names = {".".join(path.relative_to(ROOT / "workflow/src").parts) for path in packages}
    shown = re.findall(r"package-api:: (\S+)", source_text(*sorted((DOCS / "api").glob("*.rst"))))
    assert sorted(shown) == sorted(names)


def test_compiled_functions_show_signature_and_docstring(pages: dict[Path, Page]) -> None:
    text = next(page.text for path, page in pages.items() if path.name == "top.html")
    assert "threshold_MeV(M_N_MeV: float, m_MeV: float" in text
    assert "Return the smallest neutrino energy that makes N: E = M + M^2/(2m)." in text


def test_every_configuration_key_stands_in_the_docs(pages: dict[Path, Page]) -> None:
    text = next(page.text for path, page in pages.items() if path.name == "configuration.html")
    described = source_text(*[page for page in PAGES if page.name != "configuration.md"])

    def keys(section: dict[str, object], path: str) -> Iterator[str]:
        for name, value in section.items():
            if isinstance(value, dict) and value:
                yield from keys(value, f"{path}{name}.")
            else:
                yield path + name

    config = read_yaml(ROOT / "config/config.yaml")
    assert [key for key in keys(config, "") if key not in text] == []
    # its own tables aside, the pages speak of every section
    assert [section for section in config if section not in described] == []


def test_every_output_is_described() -> None:
    rules = source_text(*sorted((ROOT / "workflow/rules").glob("*.smk")))
    outputs = {re.sub(r"\{(setup|wildcards\.setup)\}", "", name) for name in re.findall(r'"results/([^"]+)"', rules)}
    families = {re.split(r"\{", name)[0] for name in outputs} - {""}
    described = (DOCS / "use/tables.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in families
        if not name.startswith(("logs/", "benchmarks/", "reference/"))
        and name not in described
        and Path(name).name not in described
        and not (name.startswith("figures/steps/") and "figures/steps/" in described)
        and not (name.startswith("figures/") and Path(name).stem in described)
        and not (name.endswith(".md") and f"{Path(name).stem}.parquet` and `.md`" in described)
    ]
    assert missing == []


def test_commands_of_nudipole_parse(capsys: pytest.CaptureFixture[str]) -> None:
    lines = typed("nudipole")
    assert len(lines) > 20
    for line in lines:
        words = shlex.split(line.split(" > ")[0], comments=True)
        try:
            build_parser().parse_args(words)
        except SystemExit as end:
            # --help ends the command as well
            if end.code == 0:
                continue
            pytest.fail(f"nudipole {line}: {capsys.readouterr().err}")


def test_commands_of_make_have_targets() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in re.findall(r"`make((?: [^`]+)?)`", source_text(*PAGES)) + typed("make"):
        named = [word for word in shlex.split(line) if "=" not in word and not word.startswith("-")]
        assert set(named) <= targets, line


def snakemake_lines() -> list[list[str]]:
    lines = [*typed("snakemake")]
    assert len(lines) > 6
    return [shlex.split(line, comments=True) for line in lines]


def test_commands_of_snakemake_parse_and_name_what_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    from snakemake.cli import get_argument_parser, parse_config

    monkeypatch.chdir(ROOT)
    rules = set(
        re.findall(r"^rule (\w+):", source_text(*sorted((ROOT / "workflow/rules").glob("*.smk"))), re.MULTILINE)
    )
    for words in snakemake_lines():
        found, unknown = get_argument_parser(profiles=[]).parse_known_args(words)
        assert not [word for word in unknown if not word.startswith("--slurm")], words
        for target in found.targets:
            assert re.fullmatch(r"results/(scorecard\.md|report\.html)", str(target)), words
        if found.workflow_profile:
            assert (ROOT / found.workflow_profile / "config.yaml").is_file(), words
        for overlay in found.configfile or []:
            assert str(overlay) == "my.yaml" or (ROOT / overlay).is_file(), words
        assert set(parse_config(found.config) if found.config else {}) <= set(read_yaml(ROOT / "config/config.yaml"))
        assert set(found.set_resources or {}) <= rules, words


def test_configurations_in_the_text_are_valid(tmp_path: Path) -> None:
    sections, checked = set(read_yaml(ROOT / "config/config.yaml")), 0
    inline = re.findall(r"`((?:photodisintegration|statistics|stellar|figures): \{[^`]*\})`", source_text(*PAGES))
    for text in [*blocks("yaml", *PAGES), *inline]:
        content = yaml.safe_load(text)
        if isinstance(content, dict) and set(content) <= sections:
            (tmp_path / "mine.yaml").write_text(text)
            load_config(ROOT, [tmp_path / "mine.yaml"])
            checked += 1
    assert checked >= 2


def quoted(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "words",
    [
        "limit stellar --mass-MeV 1 --set solar.modle=BS05-OP",
        "limit stellar --mass-MeV 1 --set solar.model=BS05",
        "limit stellar --mass-MeV 1 --set grid.M_N_min_MeV=-1.0",
        "limit stellar --mass-MeV 1 --config missing.yaml",
        "limit stellar --mass-MeV 0.01 --set stellar.star=white-dwarf-dense-cool",
        "limit stellar --mass-MeV nan",
        "limit stellar --mass-MeV 1 --project /tmp",
    ],
)
def test_quoted_messages_are_the_real_ones(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(words)) == 1
    said = capsys.readouterr().err.splitlines()
    page = quoted((DOCS / "use/faq.md").read_text(encoding="utf-8"))
    # the line that names the problem; the others say where to change it
    problem = next((line for line in said if line.startswith("  - ")), said[0])
    assert quoted(problem) in page


def test_pages_hold_no_other_protocol_than_https() -> None:
    links = re.findall(r"\]\((\w+)://", source_text(*PAGES))
    assert set(links) == {"https"}
