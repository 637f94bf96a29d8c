"""The recordings in docs/pictures are what the program shows."""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


async def test_the_pictures_show_the_program_as_it_is():
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, ROOT / "docs" / "pictures.py", "--check"), stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
