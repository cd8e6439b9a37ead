"""The embedded local API and default target: rehearse everything, while nothing leaves the machine.

The store needs nothing beyond Python.
"""

from reconciler.sandbox.server import running, serve
from reconciler.sandbox.store import Store, UnknownGroupError

__all__ = ["Store", "UnknownGroupError", "running", "serve"]
