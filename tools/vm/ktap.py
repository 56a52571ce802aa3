#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ktap.py NAME TOTALS: KTAP on standard input, shown as it comes, counted.

Every result line without results nested below it counts once.  A plan that
disagrees with what was seen, a number out of order, a failed parent without a
failed child, an input without any result count as failures: a run that ends
too early never looks good.  Appends a line "NAME passed failed skipped" to the
file TOTALS, and the names of what failed and was skipped; below what failed
stands what was said around its result.
"""

import re
import sys

SAID = 12    # lines at most, before a result and behind it

VERSION = re.compile(r"^( *)K?TAP version \d+")
PLAN = re.compile(r"^( *)1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?\s*$", re.I)
RESULT = re.compile(r"^( *)(not )?ok\b *(\d+)?[ -]*(.*?)"
                    r"(?:\s*#\s*(SKIP|TODO|XFAIL)\b:?\s*(.*))?$", re.I)
SUBTEST = re.compile(r"^( *)# Subtest: (.*)")
BAIL = re.compile(r"^ *Bail out!\s*(.*)")


class Level:
    """The results that stand at one depth of indentation."""

    def __init__(self, indent, failed):
        self.indent = indent
        self.failed_before = failed
        self.name = None
        self.plan = None
        self.seen = 0

    def complete(self):
        return self.plan is not None and self.seen == self.plan


class Parser:
    def __init__(self):
        self.levels = []
        # The level that just ended and waits for its parent's line.
        self.nested = None
        self.passed = 0
        self.failed = []
        self.skipped = []
        # What is said: since the last result, and around those that failed.
        self.before = []
        self.around = {}
        self.behind = None

    def full(self, name):
        return ".".join([lv.name for lv in self.levels if lv.name] + [name])

    def close(self):
        level = self.levels.pop()
        if level.plan is None and not self.levels:
            self.failed.append("no plan")
        elif level.plan is not None and not level.complete():
            self.failed.append(f"{level.plan} tests planned, {level.seen} seen")

    def enter(self, indent):
        """The level at indent; deeper ones end here."""
        while self.levels and self.levels[-1].indent > indent:
            self.nested = self.levels[-1]
            self.close()
        if not self.levels or self.levels[-1].indent < indent:
            self.levels.append(Level(indent, len(self.failed)))
            self.nested = None
        return self.levels[-1]

    def version(self, indent):
        level = self.enter(indent)
        if level.seen or level.plan is not None:
            self.close()
            self.enter(indent)

    def planned(self, indent, number, reason):
        level = self.enter(indent)
        if level.plan is not None:
            self.close()
            level = self.enter(indent)
        level.plan = number
        if number == 0:
            self.skipped.append(f"all: {reason or 'no reason given'}")

    def result(self, indent, bad, number, name, directive, reason):
        level = self.enter(indent)
        level.seen += 1
        name = self.full(name)
        nested = self.nested
        self.nested = None
        before, self.before, self.behind = self.before, [], None
        if number is not None and number != level.seen:
            self.failed.append(f"{name}: number {number}, expected {level.seen}")
            level.seen = number
        directive = (directive or "").upper()
        if nested:
            if bad and len(self.failed) == nested.failed_before:
                self.failed.append(name)
        elif directive == "SKIP":
            self.skipped.append(f"{name}: {reason or 'no reason given'}")
        elif bad and not directive:
            self.behind = []
            self.around[len(self.failed)] = before[-SAID:], self.behind
            self.failed.append(name)
        else:
            self.passed += 1

    def say(self, line):
        self.before.append(line.lstrip(" #"))
        if self.behind is not None and len(self.behind) < SAID:
            self.behind.append(self.before[-1])

    def feed(self, line):
        """Whether the line belongs to the results."""
        if m := VERSION.match(line):
            self.version(len(m[1]))
        elif m := PLAN.match(line):
            self.planned(len(m[1]), int(m[2]), m[3])
        elif m := RESULT.match(line):
            self.result(len(m[1]), m[2], m[3] and int(m[3]), *m.groups()[3:])
        elif m := SUBTEST.match(line):
            self.enter(len(m[1])).name = m[2]
        elif m := BAIL.match(line):
            self.failed.append("bail out: " + m[1])
        else:
            self.say(line)
            return line.lstrip().startswith("#")
        return True

    def finish(self):
        if len(self.levels) > 1:
            self.failed.append("ends in the middle of a suite")
        while self.levels:
            self.close()
        if not (self.passed or self.failed or self.skipped):
            self.failed.append("no results")


def main():
    name, totals = sys.argv[1:]
    parser = Parser()
    for raw in sys.stdin.buffer:
        line = raw.decode(errors="replace").rstrip("\r\n").expandtabs()
        if not line:
            continue
        mark = "" if parser.feed(line) else "# "
        print(f"    {mark}{line}", flush=True)
    parser.finish()
    with open(totals, "a", encoding="utf-8") as out:
        print(name, parser.passed, len(parser.failed), len(parser.skipped),
              file=out)
        for i, what in enumerate(parser.failed):
            print(f"# failed: {name}: {what}", file=out)
            for lines in parser.around.get(i, ()):
                print(*(f"#     {line}\n" for line in lines), sep="", end="",
                      file=out)
        for what in parser.skipped:
            print(f"# skipped: {name}: {what}", file=out)
    return 1 if parser.failed else 0


if __name__ == "__main__":
    sys.exit(main())
