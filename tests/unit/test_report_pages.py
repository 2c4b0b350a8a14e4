"""Pages of the report and the picture of the README: everything is in them, nothing from elsewhere."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from nudipole.plotting.readme_image import WIDTH_PX, main
from nudipole.report.pages import configuration_page, table_page


def test_a_table_page_has_every_cell_and_escapes_what_is_markup() -> None:
    frame = pd.DataFrame(
        {"curve": ["a<b", "plain"], "points": [3, 4], "ratio": [0.123456, np.nan], "verdict": ["pass", "fail"]}
    )
    page = table_page("Curves & ratios", frame, "why < how")
    for text in ("a&lt;b", "plain", ">3<", ">0.1235<", ">-<", 'class="pass"', 'class="fail"', "why &lt; how"):
        assert text in page, text
    assert "Curves &amp; ratios" in page
    assert page.count("<tr>") == 3
    assert not re.search(r"https?://|src=|@import", page)


def test_a_configuration_page_is_valid_yaml_under_each_name() -> None:
    page = configuration_page("Configuration", {"analysis": {"grid": {"M_N_points": 31}}, "reference": {"a": ["<"]}})
    assert "<summary>analysis</summary>" in page
    assert "M_N_points: 31" in page
    assert "- &lt;" in page


def test_the_readme_image_is_small_and_written_only_when_it_differs(tmp_path: Path) -> None:
    figure, image = tmp_path / "figure.png", tmp_path / "image.png"
    noise = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((1600, 1200), Image.Resampling.NEAREST).save(figure)
    main(str(figure), str(image))
    with Image.open(image) as made:
        assert made.size == (WIDTH_PX, WIDTH_PX * 3 // 4)
    before = image.stat().st_mtime_ns
    main(str(figure), str(image))
    assert image.stat().st_mtime_ns == before
