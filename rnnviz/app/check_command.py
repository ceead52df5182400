"""rnnviz check: the gradients of a scene against central differences, as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from tqdm import tqdm  # type: ignore[import-untyped]

from rnnviz.app.scenes import open_scene
from rnnviz.document.checking import SAMPLE, ArrayCheck, check_gradients, planned_checks
from rnnviz.document.compute import compute


def check(options: argparse.Namespace) -> int:
    """Check the gradients of a scene and print what was found; return 0 if all agree and 1 if any differs.

    Raises:
        DocumentError: there is no such scene, or it cannot be read.
    """
    document, _ = open_scene(options.scene)
    for problem in compute(document).problems:
        print(f"rnnviz: warning: {problem}", file=sys.stderr)
    sample = None if options.all else SAMPLE
    total = sum(plan.sample for plan in planned_checks(document, sample))
    checks = check_gradients(document, sample)
    return report(tqdm(checks, total=total, delay=1.0, disable=None, unit="entry", leave=False))


def report(checks: Iterable[ArrayCheck]) -> int:
    """Print the last check of every array and what follows from all; return 0 if all agree and 1 if any differs."""
    arrays = list({check.name: check for check in checks}.values())
    rows = [("array", "compared", "worst relative error", "verdict"), *(_row(check) for check in arrays)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, verdict in rows:
        print("  ".join([*(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)), verdict]))
    agreeing, failed = sum(check.agreeing for check in arrays), sum(check.failed for check in arrays)
    if any(check.sample < check.entries for check in arrays):
        print("\nOf large arrays a sample was compared, always the same; --all compares every entry.")
    if not failed:
        print(f"\nPasses: {agreeing} gradients agree with central differences.")
        return 0
    print(f"\nFails: {failed} of {agreeing + failed} gradients differ from central differences.")
    for check in arrays:
        if check.failed and check.worst is not None:
            place, entry = f"{check.name} at {check.where}", check.worst
            print(f"{place}: {entry.analytic:.9g} by backpropagation, {entry.numeric:.9g} by difference")
    return 1


def _row(check: ArrayCheck) -> tuple[str, str, str, str]:
    worst = "none" if check.worst is None else f"{check.worst.error:.1e} at {check.where}"
    verdict = ", ".join([check.verdict, *check.remarks])
    return check.name, f"{check.compared} of {check.entries}", worst, verdict
