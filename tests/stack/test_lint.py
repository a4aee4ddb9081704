"""template.yaml: what linters say of it, of its translation, and of the stacks it can become."""

import json

import pytest

from commands import ROOT, run


def test_sam_accepts_it():
    run("sam/bin/sam", "validate", "--lint")


def test_cfn_lint_accepts_the_translation(translated):
    run("sam/bin/cfn-lint", str(translated))


def test_cfn_lint_accepts_every_stack(stacks, tmp_path):
    """Without parameters and conditions, nothing is left that it would have to guess."""
    for name, stack in stacks.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(stack.as_template()))
    run("sam/bin/cfn-lint", *(str(path) for path in tmp_path.iterdir()))


def test_the_stacks_switch_every_condition(template, stacks):
    for condition in template["Conditions"]:
        assert {stack.conditions[condition] for stack in stacks.values()} == {True, False}


@pytest.fixture(scope="module")
def findings(translated):
    """What checkov says: {"passed_checks": [...], "failed_checks": [...], ...}."""
    arguments = "--framework cloudformation --skip-download --compact -o json --file".split()
    return json.loads(run("checkov/bin/checkov", *arguments, str(translated)))["results"]


def test_checkov_accepts_the_translation(findings):
    assert findings["failed_checks"] == []
    assert findings["parsing_errors"] == []
    assert len(findings["passed_checks"]) >= 20


def test_every_skip_of_checkov_is_needed_and_says_why(template, findings):
    declared = {
        (skip["id"], skip["comment"])
        for resource in template["Resources"].values()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }
    skipped = {
        (check["check_id"], check["check_result"]["suppress_comment"])
        for check in findings["skipped_checks"]
    }
    assert skipped == declared
    assert all(len(comment.split()) > 5 for _, comment in declared)


def test_nothing_is_skipped_elsewhere():
    """In a comment of the template, cfn-lint and checkov could be told to look away too."""
    text = (ROOT / "template.yaml").read_text()
    assert "checkov:skip" not in text and "cfn-lint" not in text
    assert not (ROOT / ".checkov.yaml").exists() and not (ROOT / ".cfnlintrc").exists()
