"""Rule and filter files that a test makes."""

import json

HEAD = """\
title: {title}
id: {id}
logsource:
    product: aws
    service: cloudtrail
"""


class Rules:
    """A folder of rules, each with an id of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.files = []
        folder.mkdir()

    def add(self, detection, title="A rule"):
        """Adds a rule; `detection` is YAML, or what json.dumps() makes YAML of. Returns its id."""
        if not isinstance(detection, str):
            detection = json.dumps(detection, ensure_ascii=False)
        else:
            detection = "\n" + indented(detection)
        return self.write(f"detection: {detection}\n", title)

    def add_filter(self, rule_ids, selection, condition="not selection", title="A filter"):
        body = {"rules": rule_ids, "selection": selection, "condition": condition}
        return self.write(f"filter: {json.dumps(body, ensure_ascii=False)}\n", title)

    def write(self, body, title):
        made = f"00000000-0000-4000-8000-{len(self.files):012d}"
        file = self.folder / f"{len(self.files):04d}.yml"
        file.write_text(HEAD.format(title=json.dumps(title), id=made) + body)
        self.files.append(file)
        return made


def indented(text):
    return "".join(f"    {line}\n" for line in text.strip("\n").splitlines())
