"""Every alert is, byte by byte, the one that somebody has read: golden/ (`make golden`)."""

import pytest

import golden
import renderer


@pytest.mark.parametrize("name", sorted(golden.names()))
def test_alert(name):
    assert golden.alert(name) == (golden.FOLDER / name).read_bytes().decode()


def test_every_golden_file_has_an_event():
    assert {file.name for file in golden.FOLDER.iterdir()} == golden.names()


@pytest.mark.parametrize("stem", sorted(renderer.SILENT))
def test_no_alert(stem):
    (file,) = [file for file in renderer.FILES if file.stem == stem]
    done = renderer.run("email", file.read_bytes())
    assert done.stdout == b"" and done.returncode in (1, 2)
