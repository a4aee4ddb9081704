"""The names of Regions are those of AWS's own table, both ways."""

import json
import pathlib
import re

import botocore
import pytest

import hostile
import renderer

PARTITIONS = pathlib.Path(botocore.__file__).parent / "data/partitions.json"
NAMES = {
    (partition["id"], code): region["description"]
    for partition in json.loads(PARTITIONS.read_text())["partitions"]
    for code, region in partition["regions"].items()
    if not code.endswith("-global")
}
REGIONS = {code: name for (_, code), name in NAMES.items()}
NEWER = {"me-west-1", "sa-west-1"}  # than the botocore that ministack bears


def card_of(path, region):
    event = json.loads(renderer.EVENTS["enable-region-iam-user"])
    hostile.put(event, path, region)
    return json.loads(renderer.render("chat", json.dumps(event).encode()))


def title(region):
    return card_of("detail.requestParameters.RegionName", region)["content"]["title"]


@pytest.mark.parametrize("region", REGIONS)
def test_region_has_its_name(region):
    assert f": {REGIONS[region]} {region} is being enabled in " in title(region)


def test_region_that_has_none():
    assert ": AWS Region xx-nowhere-1 is being enabled in " in title("xx-nowhere-1")


NO_CODES = """
    us-1 us-east us-east- us-east-a us-east-123 us-east-1- us-east-1a us-east-1-1 us--east-1
    -us-east-1 u-east-1 abcde-east-1 us2-east-1 us-east2-1 US-EAST-1 us_east_1 us.east.1
    us-abcdefghijklm-12 us-east-1.example null
""".split()


@pytest.mark.parametrize("text", [*NO_CODES, " us-east-1", "us-east-1 ", "us east-1", ""])
def test_what_is_no_code_enters_nothing(text):
    """Nor is it the Region of a thread, of a step or of the record's address."""
    assert ": An AWS Region is being enabled in " in title(text)
    asked = card_of("detail.requestParameters.RegionName", text)
    assert asked["metadata"]["threadId"] == "111122223333/unknown"
    steps = " ".join(asked["content"]["nextSteps"])
    assert "list-regions" in steps and "--region-name" not in steps
    logged = card_of("detail.awsRegion", text)["content"]
    assert "*Record*" not in logged["description"]
    assert set(re.findall(r"lookup-events --region (\S+)", " ".join(logged["nextSteps"]))) == {
        "us-east-1",
        "af-south-1",
    }


@pytest.mark.parametrize(("partition", "region"), NAMES)
def test_partition(partition, region):
    """The console is at the address of this link in one partition alone."""
    card = card_of("detail.awsRegion", region)
    account = f"arn:{partition}:account::111122223333:account"
    assert card["metadata"]["relatedResources"] == [account]
    links = f"https://{region}.console.aws.amazon.com/" in card["content"]["description"]
    assert links == (partition == "aws")


def test_no_other_region_has_a_name():
    """The tool does not list them, so this reads the table itself."""
    source = (renderer.ROOT / "function/alert/region.c").read_text()
    table = source.partition("regions[] = {")[2].partition("};")[0]
    assert set(re.findall(r'^ +\{"([a-z0-9-]+)", "', table, re.MULTILINE)) == set(REGIONS) | NEWER
