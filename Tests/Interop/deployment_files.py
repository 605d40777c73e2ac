#!/usr/bin/env python3
"""The deployment files, judged by the tools of those who will read them: systemd-analyze, yamllint,
kubernetes-validate, cfn-lint, and shellcheck.

Tests/Interop/deployment_files.py [BINARY]      BINARY: what the systemd units are to start
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FILES = Path(__file__).resolve().parents[2] / "Sources/RotationService/Deployment"
YAML_RULES = "{extends: default, rules: {line-length: {max: 100}}}"


def tool(name: str) -> str:
    """The tool beside this Python, or the system's."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or name


def says(*command: str) -> str:
    """What a command complains about; nothing when it ends well and silently."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except OSError as error:
        return str(error)
    said = (ran.stdout + ran.stderr).strip()
    return f"exit code {ran.returncode}: {said}" if ran.returncode else ""


def units(binary: str) -> str:
    """The units as they are, but for the executable, which has to exist; all must be without a word."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for unit in sorted((FILES / "systemd").iterdir()):
            text = unit.read_text().replace("/usr/bin/momento-auth", binary)
            names.append(Path(folder) / unit.name)
            names[-1].write_text(text)
        command = [tool("systemd-analyze"), "verify", "--man=no", *map(str, names)]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
        except OSError as error:
            return str(error)
        ours = [line for line in ran.stderr.splitlines() if "momento-key-rotation" in line]
        return "\n".join(ours) or (f"exit code {ran.returncode}" if ran.returncode else "")


def main() -> int:
    binary = str(Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else "/bin/true"
    results = [("systemd units", units(binary))]
    for path in sorted(FILES.rglob("*.yaml")):
        name = path.relative_to(FILES)
        results.append((f"yamllint {name}", says(tool("yamllint"), "-sd", YAML_RULES, str(path))))
    for path in sorted((FILES / "kubernetes").glob("*.yaml")):
        command = [tool("kubernetes-validate"), "--strict", str(path)]
        results.append((f"kubernetes-validate {path.name}", says(*command)))
    for path in sorted((FILES / "lambda").glob("*.yaml")):
        results.append((f"cfn-lint {path.name}", says(tool("cfn-lint"), str(path))))
    for path in sorted(FILES.rglob("*.sh")):
        results.append((f"shellcheck {path.name}", says(tool("shellcheck"), str(path))))
    failed = 0
    for name, complaint in results:
        failed += bool(complaint)
        print(f"FAIL  {name}: {complaint}" if complaint else f"ok    {name}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
