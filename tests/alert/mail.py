"""The e-mail of an alert, taken apart as a reader would."""

import dataclasses
import re

HEAD = "Subject: "
STEP_COLUMNS = 4  # of the numbers of the steps


@dataclasses.dataclass
class Step:
    """One thing to do: what to paste stands below the words, a line each."""

    words: str
    paste: list

    def command(self):
        """The command on one line."""
        return "".join(line.removesuffix("\\") for line in self.paste)


def subject(email):
    return email.partition("\n\n")[0].removeprefix(HEAD)


def body(email):
    return email.partition("\n\n")[2].splitlines()


def steps(email):
    """What stands below NEXT."""
    lines = body(email)
    begin = lines.index("NEXT") + 1
    found = []
    for line in lines[begin : lines.index("", begin)]:
        text = line[STEP_COLUMNS:]
        if re.match(r" *\d+\.", line[:STEP_COLUMNS]):
            found.append(Step(text, []))
        elif found[-1].paste or text.startswith("aws "):
            found[-1].paste.append(text)
        else:
            found[-1].words += " " + text
    return found
