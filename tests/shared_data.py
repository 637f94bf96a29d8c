"""Where the real data is, when it is: beside the repository on the machine of CI. Tests over it say so when they skip."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real data (../shared/data) is not on this machine")
