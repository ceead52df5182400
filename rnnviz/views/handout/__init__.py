"""Handouts: a scene on a page, with its equations in numbers and a table to be filled in, and the solution.

Read in this order: `content` (what is on it, apart from how it looks), `steps` (the worked step with blanks), `page`
and `html` (the two ways it is written).
"""

from rnnviz.views.handout.content import MOST_ROWS, Handout, handout
from rnnviz.views.handout.html import handout_html
from rnnviz.views.handout.page import handout_pages

__all__ = ["MOST_ROWS", "Handout", "handout", "handout_html", "handout_pages"]
