"""The embedded local API and default target: rehearse everything, while nothing leaves the machine.

The server needs the `sandbox` extra and says so; the store needs nothing beyond Python.
"""

from reconciler.sandbox.server import running, serve
from reconciler.sandbox.store import Store, UnknownGroupError

__all__ = ["Store", "UnknownGroupError", "running", "serve"]
