"""Prints the versions of the packages named on the command line as one JSON object; null for a missing one."""

import importlib.metadata
import json
import platform
import sys

versions = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        versions[name] = None
print(json.dumps(versions))
