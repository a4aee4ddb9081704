"""The names of Regions are those of AWS's own table, both ways."""

import json
import pathlib
import re

import botocore
import pytest

import hostile
import renderer

PARTITIONS = pathlib.Path(botocore.__file__).parent / "data/partitions.json"
REGIONS = {
    code: region["description"]
    for partition in json.loads(PARTITIONS.read_text())["partitions"]
    for code, region in partition["regions"].items()
    if not code.endswith("-global")
}
NEWER = {"me-west-1", "sa-west-1"}  # than the botocore that ministack bears


def title(region):
    event = json.loads(renderer.EVENTS["enable-region-iam-user"])
    hostile.put(event, "detail.requestParameters.RegionName", region)
    card = json.loads(renderer.render("chat", json.dumps(event).encode()))
    return card["content"]["title"]


@pytest.mark.parametrize("region", REGIONS)
def test_region_has_its_name(region):
    assert f": {REGIONS[region]} {region} is being enabled in " in title(region)


def test_region_that_has_none():
    assert ": AWS Region xx-nowhere-1 is being enabled in " in title("xx-nowhere-1")


def test_no_other_region_has_a_name():
    """The tool does not list them, so this reads the table itself."""
    table = (renderer.ROOT / "function/alert/region.c").read_text()
    assert set(re.findall(r'^ +\{"([a-z0-9-]+)", "', table, re.MULTILINE)) == set(REGIONS) | NEWER
