"""Write docs/codebook.md and CITATION.cff from their one source each. `--check` only compares."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def pages() -> dict[Path, str]:
    """Return each generated file with its text."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunzhang.web.settings")
    import django

    django.setup()
    from yunzhang.governance.observatory import actions
    from yunzhang.governance.observatory.commands.pack.codebook import codebook_page
    from yunzhang.governance.observatory.commands.pack.texts import citation_file

    return {
        ROOT / "docs" / "codebook.md": codebook_page(actions.list_variables()),
        ROOT / "CITATION.cff": citation_file(),
    }


def main() -> int:
    """Write or compare."""
    for file, text in pages().items():
        if "--check" not in sys.argv:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
