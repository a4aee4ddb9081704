"""The finding against two schemas of OCSF 1.5 that others wrote, whatever the event holds."""

import json

import jsonschema
import ocsf_json_schema
import pytest
from py_ocsf_models.events.findings.detection_finding import DetectionFinding

import hostile
import renderer


@pytest.fixture(scope="module")
def published():
    """The schema that OCSF publishes, with the profile that every finding names."""
    ocsf = ocsf_json_schema.get_ocsf_schema(version="1.5.0")
    whole = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf)
    schema = whole.get_class_schema("detection_finding", profiles=["cloud"])
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_finding(published, event):
    text = renderer.render("ocsf", event, account_names=hostile.ACCOUNT_NAMES)
    assert text.count("\n") == 1
    finding = json.loads(text)
    assert [error.message for error in published.iter_errors(finding)] == []
    DetectionFinding.model_validate_json(text, extra="forbid")
    assert finding["raw_data"].encode() == event.replace(b"\\u0000", b"\\ufffd")
