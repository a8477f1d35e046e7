#!/usr/bin/env python3
"""Writes the dashboards' JSON: deploy/grafana/source/generate.py [directory]

The JSON in deploy/grafana/dashboards is what Grafana reads; this is what people edit. A test holds
both equal.
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from media import MEDIA  # noqa: E402
from overview import OVERVIEW  # noqa: E402
from runtime import RUNTIME  # noqa: E402
from sip import SIP  # noqa: E402
from stt import STT  # noqa: E402


def main():
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "dashboards"
    directory.mkdir(parents=True, exist_ok=True)
    for dashboard in (OVERVIEW, SIP, MEDIA, STT, RUNTIME):
        text = json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"
        (directory / f"{dashboard['uid']}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
