"""Each event's own colours can be read on every ground, and its drawing is its own."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cms.bundle import BUNDLES, PARTS, BundleFinder, joined_css
from cms.constellation import FORMATS, constellation_svg
from cms.look import DARK_SURFACE, LIGHT_GROUND, brand_of
from sessions_app.events.colour import WHITE, LowContrastError, check_brand_colour, contrast, parse

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(colours)
def test_every_colour_that_an_event_may_have_is_readable_on_all_grounds(colour):
    try:
        check_brand_colour(colour)
    except LowContrastError:
        assume(False)
    brand = brand_of(colour)
    assert brand is not None
    light, dark = parse(brand.light), parse(brand.dark)
    for ground in (WHITE, LIGHT_GROUND, parse(brand.soft_light)):
        assert contrast(light, ground) >= 4.5
    for ground in (DARK_SURFACE, parse(brand.soft_dark)):
        assert contrast(dark, ground) >= 4.5
    assert contrast(parse(brand.on_light), light) >= 4.5
    assert contrast(parse(brand.on_dark), dark) >= 4.5


@pytest.mark.parametrize("sheet", FORMATS)
def test_a_drawing_is_the_same_every_time_and_differs_between_events(sheet):
    constellation_svg.cache_clear()
    first = constellation_svg("strategic-session-2018", sheet)
    constellation_svg.cache_clear()
    assert constellation_svg("strategic-session-2018", sheet) == first
    assert constellation_svg("strategic-session-2019", sheet) != first


@given(st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,3}", fullmatch=True))
def test_every_slug_gives_a_joined_net_without_styles(slug):
    svg = constellation_svg(slug)
    assert 'aria-hidden="true"' in svg
    assert "style" not in svg
    assert svg.count('class="hub"') >= 3
    assert svg.count('class="bridge"') == svg.count('class="hub"') - 1


@pytest.mark.parametrize("part", PARTS)
def test_the_style_sheets_of_a_page_stay_small(part):
    sizes = [
        len(gzip.compress(Path(BundleFinder().find(path)).read_bytes())) for path in ("cms/plenum.css", part)
    ]
    assert sum(sizes) <= 12 * 1024


def test_the_joined_style_sheet_names_the_layers_first():
    path = BundleFinder().find("cms/plenum.css")
    text = Path(path).read_text(encoding="utf-8")
    assert text.startswith("@layer reset,tokens,base,layout,components,pages,utilities,print;")
    assert "/*" not in text


def test_joining_keeps_what_a_space_means(tmp_path):
    source = tmp_path / "one.css"
    source.write_text("/* why */ .a .b > :is(p, i) {\n  margin: calc(1px + 2px) 0;\n}\n", encoding="utf-8")
    assert joined_css([source]) == ".a .b > :is(p,i){margin:calc(1px + 2px) 0}\n"


def test_every_bundle_is_listed_for_collecting():
    assert {path for path, _storage in BundleFinder().list([])} == set(BUNDLES)


def test_the_style_sheets_use_no_token_that_is_not_defined():
    text = Path(BundleFinder().find("cms/plenum.css")).read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used <= defined
