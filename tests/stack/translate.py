"""Prints a SAM template as the CloudFormation that AWS makes of it. Runs in build/sam."""

import json
import sys

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1]) as file:
    template = yaml_parse(file)
for resource in template["Resources"].values():
    if "CodeUri" in resource.get("Properties", {}):
        resource["Properties"]["CodeUri"] = "s3://bucket/key"  # as `sam package` would have left it
print(json.dumps(Translator({}, Parser()).translate(template, {}), indent=2))
