"""The pictures show what the renderers write (`make pictures`), all of it within the window."""

import xml.etree.ElementTree

import pytest

import pictures

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture(name):
    drawn = pictures.PICTURES[name]()
    assert drawn == (pictures.FOLDER / name).read_bytes().decode()
    picture = xml.etree.ElementTree.fromstring(drawn)
    texts = list(picture.iter(TEXT))
    assert len(texts) > 20
    for text in texts:
        ends = float(text.get("x")) + float(text.get("textLength"))
        assert ends <= pictures.WIDTH - pictures.MARGIN / 2, text.text
        assert float(text.get("y")) < float(picture.get("height")), text.text


def test_no_other_picture():
    assert {file.name for file in pictures.FOLDER.iterdir()} == set(pictures.PICTURES)
