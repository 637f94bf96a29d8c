"""Whatever is typed into the terminal's chat: an answer each, no fault, and no change but of what is the person's."""

import re
from pathlib import Path

from tests.contract.platforms import terminal
from tests.integration.any_line import Line, lines
from tests.integration.any_line_scene import OWN_CHAT, scene

_LEAVING = {"/quit", "/exit"}


async def test_any_line_in_the_terminal(tmp_path: Path):
    async with terminal(tmp_path) as here, scene(tmp_path, here.adapter, {}) as one:
        for line in lines(600):
            # A terminal's line is encoded, and ends where it ends.
            text = re.sub(r"[\r\n]", " ", line.text).encode("utf-8", "replace").decode()
            if line.pressed or not text.strip() or text.strip().lower() in _LEAVING:
                continue
            one.expect("local", Line(text))
            await here.says(text)
            await one.answered(OWN_CHAT)
