"""Import structlog without rich, which takes longer to import than all else that writes log lines.

structlog (26.1) imports rich where it is installed, for tracebacks in colour. No line of ours has a traceback; rich is there for
the commands that print tables.
"""

import sys
from importlib import import_module


def import_structlog() -> None:
    """Import structlog so, unless one of the two has been imported before. To be called before there are threads."""
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment] # how Python itself says that a module is not to be found
    try:
        import_module("structlog")
    finally:
        del sys.modules["rich"]
