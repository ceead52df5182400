"""``python -m rnnviz``."""

import sys

from rnnviz.app.main import main

if __name__ == "__main__":  # the worker process imports this module too
    sys.exit(main())
