"""The JavaScript verifiers of Digital Bazaar, as a second opinion on what we sign."""

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "node"
MAIN_PACKAGE = FOLDER / "node_modules" / "@digitalbazaar" / "vc" / "package.json"


@cache
def _installed() -> bool:
    """Install what the lock file says, once; False where Node.js is absent."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    if not MAIN_PACKAGE.exists():
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)
    return True


def verify_with_node(credential: dict[str, Any], did_document: dict[str, Any]) -> dict[str, Any]:
    """`{"verified": bool, "error": str | None}` from Node.js; skips the test where it is not installed."""
    if not _installed():
        pytest.skip("Node.js and npm are needed to run the JavaScript verifiers")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, document in (("credential", credential), ("did", did_document)):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps(document))
            paths.append(str(path))
        command = ["node", str(FOLDER / "verify.mjs"), *paths]
        result = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return json.loads(result.stdout)
