"""The template beside the zip file: `sam deploy` takes both as they are, without a build."""

import subprocess

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from harness.function import ROOT

SAM = ROOT / "build/sam/bin/sam"
BUCKET = "releases"


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="anything",
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    server.stop()


def run_sam(*arguments, **environment):
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(ROOT / "build/home"),  # sam keeps something there
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "anything",
        **environment,
    }
    done = subprocess.run([SAM, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sam_accepts_it(release):
    run_sam("validate", "--lint", "--template-file", release.template)


def test_it_differs_from_the_template_of_the_project_in_where_the_code_is(release):
    def changed(text, default):
        return [
            line.replace("CodeUri: .", f"CodeUri: {release.zip.name}").replace(*default)
            for line in text.splitlines()
            if line.strip() != "BuildMethod: makefile"
        ]

    default = ("    Default: x86_64", f"    Default: {release.arch}")
    project = (ROOT / "template.yaml").read_text()
    assert project.count("CodeUri:") == project.count("Default: x86_64") == 1
    assert release.template.read_text().splitlines() == changed(project, default)


def test_sam_uploads_the_zip_file_as_it_is(release, s3, tmp_path):
    """What `sam deploy` does first. Then CloudFormation is given the template that this leaves."""
    for name in ("template", "zip"):  # nothing else is needed
        path = getattr(release, name)
        (tmp_path / path.name).write_bytes(path.read_bytes())
    left = tmp_path / "left.yaml"
    run_sam(
        *("package", "--s3-bucket", BUCKET, "--output-template-file", left),
        *("--template-file", tmp_path / release.template.name),
        AWS_ENDPOINT_URL=s3.meta.endpoint_url,
    )
    properties = yaml.load(left.read_text(), yaml.BaseLoader)["Resources"]["AlertFunction"]
    code = properties["Properties"]["CodeUri"]
    assert code.startswith(f"s3://{BUCKET}/")
    uploaded = s3.get_object(Bucket=BUCKET, Key=code.removeprefix(f"s3://{BUCKET}/"))
    assert uploaded["Body"].read() == release.zip.read_bytes()
