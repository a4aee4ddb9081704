"""The pictures of an alert, as mail programs and chats show it. Run as a program, draws them."""

import html
import json
import re
import textwrap

import mail
import renderer
from drawing import Drawing, width_of

FOLDER = renderer.HERE / "pictures"
EVENT = renderer.EVENTS["enable-region-assumed-role-sso"]
OPTIONS = {"account_names": "111122223333=prod", "at": "2026-11-20T09:14:31Z"}

WIDTH = 720
MARGIN = 24
PAPER, BAR, LINE, CODE = "#ffffff", "#f1f1f3", "#c9c9cf", "#f4f4f5"


def finish(drawing, height, title):
    """Puts the window behind everything."""
    drawing.height = height
    shapes, drawing.shapes = drawing.shapes, []
    drawing.box(0.5, 0.5, drawing.width - 1, height - 1, PAPER, 8, LINE)
    drawing.shapes += shapes
    return drawing.svg(title)


def email():
    """The upper part of the e-mail, down to the end of the advice."""
    size, leading, subject_columns = 13, 18, 60
    text = renderer.render("email", EVENT, **OPTIONS)
    lines = mail.body(text)
    end = lines.index("", lines.index("NEXT"))
    drawing = Drawing(WIDTH)
    y = 34
    for line in textwrap.wrap(mail.subject(text), subject_columns):
        drawing.text(MARGIN, y, line, "bold", 17)
        y += 24
    drawing.box(MARGIN, y - 6, 32, 32, "#d9480f", 16)
    drawing.text(MARGIN + 11, y + 15, "A", "white", 15)
    drawing.text(MARGIN + 44, y + 6, "AWS Notifications", "bold", 14)
    drawing.text(MARGIN + 44, y + 24, "no-reply@sns.amazonaws.com", "grey", 13)
    y += 44
    drawing.box(MARGIN, y, WIDTH - 2 * MARGIN, 1, LINE)
    for line in [*lines[:end], "", "..."]:
        y += leading
        if line:
            drawing.text(MARGIN, y + 6, line, "mono", size)
    return finish(drawing, y + 24, "The alert as an e-mail")


def runs(markdown):
    """A line of the card as pairs of style and text."""
    parts = r"\*([^*]+)\*|`([^`]+)`|(https://\S+)|([^*`]+?(?=https://|[*`]|$))"
    for bold, code, link, plain in re.findall(parts, markdown):
        style = "bold" if bold else "code" if code else "link" if link else "plain"
        yield style, html.unescape(bold or code or link or plain)


def words(text):
    """The parts of a text behind which a line may end."""
    return re.findall(r"[^ /,]*[/,]|[^ /,]* +|[^ /,]+$", text)


def flow(drawing, markdown, x, y, size=14, leading=22):
    """Draws a line of the card, on as many lines as it takes. Returns the last one's base line."""
    left, right = x, drawing.width - MARGIN
    pieces = []  # x, y, style, size, text: what one run has on one line
    for style, text in runs(markdown):
        padding, run_size = (4, size - 1) if style == "code" else (0, size)
        x += padding
        pieces.append([x, y, style, run_size, ""])
        for word in words(text):
            if x + padding + width_of(word.rstrip(), style, run_size) > right:
                x, y = left + padding, y + leading
                pieces.append([x, y, style, run_size, ""])
            pieces[-1][-1] += word
            x += width_of(word, style, run_size)
        x += padding
    for x, y, style, run_size, text in pieces:
        if style == "code" and text:
            text = text.rstrip()
            width = width_of(text, style, run_size)
            drawing.box(x - 3, y - run_size - 1, width + 6, run_size + 6, CODE, 3, LINE)
        if text.strip():
            drawing.text(x, y, text, style, run_size)
    return y


def chat():
    """The card as Amazon Q posts it."""
    content = json.loads(renderer.render("chat", EVENT, **OPTIONS))["content"]
    left, leading = MARGIN + 52, 26
    drawing = Drawing(WIDTH)
    drawing.box(MARGIN, 20, 38, 38, "#6b3fd4", 8)
    drawing.text(MARGIN + 12, 45, "Q", "white", 19)
    end = drawing.text(left, 34, "Amazon Q", "bold", 16)
    drawing.box(end + 8, 21, 34, 16, BAR, 3)
    drawing.text(end + 13, 33, "APP", "grey", 11)
    drawing.text(end + 52, 34, OPTIONS["at"][11:16], "grey", 13)
    y = flow(drawing, f"*{content['title']}*", left, 60, 16)
    for line in content["description"].splitlines():
        y = flow(drawing, line, left, y + leading)
    y = flow(drawing, "*Next steps*", left, y + leading + 8)
    for step in content["nextSteps"]:
        drawing.text(left, y + leading, "\u2022", "plain", 14)
        y = flow(drawing, step, left + 16, y + leading)
    y += leading + 8
    x = drawing.text(left, y, "Keywords ", "grey", 13)
    for keyword in content["keywords"]:
        width = width_of(keyword, "plain", 13)
        drawing.box(x + 4, y - 14, width + 12, 20, BAR, 10)
        x = drawing.text(x + 10, y, keyword, "plain", 13) + 8
    return finish(drawing, y + 24, "The alert as a card in a chat")


PICTURES = {"email.svg": email, "chat.svg": chat}


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / name).write_bytes(draw().encode())


if __name__ == "__main__":
    main()
