"""``python -m rnnviz``."""

import sys

from rnnviz.app.main import main

sys.exit(main())
