"""`python -m demo.simulated_aws --port 5055 --seed`: the simulated account, until it is stopped."""

import argparse
import json
import os
import signal
import sys
import threading
from typing import Any, NoReturn

from demo.simulated_aws.gaps import GAPS
from demo.simulated_aws.seed import RouterParameters
from demo.simulated_aws.server import LOOPBACK, SimulatedAWS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.simulated_aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="any free one if not given")
    parser.add_argument("--host", default=LOOPBACK, choices=[LOOPBACK])
    parser.add_argument("--seed", action="store_true", help="build the S3 router in it")
    parser.add_argument("--quiet", action="store_true", help="print nothing but the JSON")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        account = SimulatedAWS(options.port, options.host).start()
    except OSError as taken:
        parser.exit(1, f"Port {options.port}: {taken.strerror}\n")
    parameters = account.seed() if options.seed else None
    ready = {"endpoint_url": account.endpoint_url, "parameters": parameters}
    if not options.quiet:
        _explain(account.endpoint_url, parameters)
    print(json.dumps(ready), flush=True)
    threading.Event().wait()


def _leave(*_: Any) -> NoReturn:
    # Everything is in memory, so there is nothing to save or to tidy up; python takes half a
    # second to find that out.
    os._exit(0)


def _explain(endpoint_url: str, parameters: RouterParameters | None) -> None:
    lines = ["Any credentials do: AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo", ""]
    if parameters:
        lines.append("What is missing, and how to mend it:")
        for gap in GAPS:
            lines += ["", f"{gap.name}: {gap.what}", *gap.commands(parameters, endpoint_url)]
    print("\n".join(lines), file=sys.stderr)


if __name__ == "__main__":
    main()
