"""rnnviz tasks: what there is to be learned."""

from __future__ import annotations

import argparse
import json

from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task


def tasks(options: argparse.Namespace) -> None:
    """List the tasks with their patterns, sizes and defaults."""
    if options.json:
        print(json.dumps([_for_programs(task) for task in TASKS.values()], ensure_ascii=False))
        return
    width = max(map(len, TASKS))
    for task in TASKS.values():
        print(f"{task.key:<{width}}  {task.meaning}")
        print(f"{'':<{width}}  {task.stands_for}")
        sizes = [f"{p.key}={p.default:g}" for p in task.parameters]
        if task.source is not None:
            sizes.append(f"--{task.source} FILE")
        network, goal = task.network, task.goal
        learned = f"{network.cell} of {network.units}, held-out loss below {goal.loss:g} after {goal.updates} updates"
        print(f"{'':<{width}}  {' · '.join([task.pattern, learned, *sizes])}")


def _for_programs(task: Task) -> dict[str, object]:
    return {
        "name": task.key,
        "title": task.title,
        "meaning": task.meaning,
        "pattern": task.pattern,
        "stands_for": task.stands_for,
        "sizes": {p.key: {"default": p.default, "from": p.low, "to": p.high} for p in task.parameters},
        "source": task.source,
        "network": {"cell": task.network.cell, "units": task.network.units, "layers": task.network.layers},
        "goal": {"loss": task.goal.loss, "updates": task.goal.updates},
    }
