#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""shell.py TDICTL CASE: tdictl shell as somebody at a terminal has it.

Exits with 0 if all came as it should.  "listen" needs the module, the other
cases do not; "history" and "completion" need a tdictl built with libedit.
"""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import time

PATIENCE = 60   # seconds: a guest is slow, and a debug kernel slower
PREVIOUS = "\x10"
INTERRUPT = "\x03"
END = "\x04"


class Shell:
    """A shell on a terminal; it is at its prompt between two steps."""

    def __init__(self, tdictl, home):
        self.text = ""
        self.edits = b"libedit" in subprocess.check_output(["ldd", tdictl])
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.environ.update(HOME=home, TERM="dumb")
            os.execv(tdictl, ["tdictl", "shell"])
        self.expect_prompt()

    def read(self, left):
        ready, _, _ = select.select([self.terminal], [], [], max(left, 0))
        if not ready:
            sys.exit("not in time; so far: %r" % self.text)
        try:
            data = os.read(self.terminal, 4096)
        except OSError:     # nobody has the other side open any more
            data = b""
        self.text += data.decode()
        return bool(data)

    def expect(self, pattern):
        """Reads until the pattern has come; what came with it"""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text):
            if not self.read(deadline - time.monotonic()):
                sys.exit("the shell ended, without %r: %r" %
                         (pattern, self.text))
        text, self.text = self.text, ""
        return text

    def expect_prompt(self, before=""):
        """What is typed before the line can be edited is the terminal's."""
        text = self.expect("(?s)" + before + ".*tdi> $")
        while self.edits and termios.tcgetattr(self.terminal)[3] & termios.ICANON:
            time.sleep(0.001)
        return text

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def enter(self, line, answer):
        """A line, and what it is answered with before the next prompt"""
        self.type(line + "\n")
        return self.expect_prompt(r"\n[^\n]*" + answer)

    def ends(self, code=0):
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline - time.monotonic()):
            pass
        _, status = os.waitpid(self.pid, 0)
        if os.waitstatus_to_exitcode(status) != code:
            sys.exit("ended with %d: %r" % (status, self.text))

    def wait_blocked(self):
        """Until one of its threads sleeps in a call that is not for another"""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for task in os.listdir("/proc/%d/task" % self.pid):
                path = "/proc/%d/task/%s/syscall" % (self.pid, task)
                with open(path, encoding="ascii") as file:
                    call = file.read().split()[0]
                # ioctl, poll
                if task != str(self.pid) and call in ("16", "7"):
                    return
            time.sleep(0.01)
        sys.exit("nothing blocks")


def history(shell, restart):
    """Lines come back, also in the next shell; wrong ones to be mended"""
    shell.enter("peer-listen P 127.0.0.1:0", "ok")
    shell.enter("peer-close P", "ok")
    shell.enter("frob", "no command 'frob'")
    shell.enter(PREVIOUS * 3, "ok")
    shell.enter(PREVIOUS + "x", "a 'P' already|no address")
    shell.type(END)
    shell.ends()
    shell = restart()
    shell.enter(PREVIOUS * 2, "ok")
    shell.enter("peer-close P", "ok")
    shell.type("quit\n")
    shell.ends()


def completion(shell, _):
    """By Tab, as far as it is certain"""
    shell.enter("peer-lis\tPeer 127.0.0.1:0", "ok")
    shell.enter("let Where = address(Peer)", "")
    shell.enter("peer-conn\tOther $Wh\t", "ok")
    shell.enter("peer-acc\tPe\tThird", "ok")
    shell.enter("peer-send Oth\t\"data\" exp\tbytes=4", "ok bytes=4")
    shell.enter("peer-receive Th\tby\t4", "data")
    shell.enter("open-file Null /dev/null", "")
    shell.enter("disassociate Nu\t=> STATUS_INVALID_DEVICE_R\t",
                "STATUS_INVALID_DEVICE_REQUEST")
    # nothing that fits: not a file of the directory either
    shell.enter("peer-close /dev/nul\t", "no file '/dev/nul'")
    shell.enter("help peer-sh\t", "peer-shutdown")
    shell.type(END)
    shell.ends()


def errors(shell, _):
    """They are told, and the shell goes on"""
    shell.enter("frob", "no command 'frob'")
    shell.enter("peer-connect Q 127.0.0.1:1", "got errno ECONNREFUSED")
    shell.enter("close E", "no file 'E'")
    shell.enter("peer-listen P 127.0.0.1:0", "ok")
    # a loop is done at its end, its lines are not
    shell.type("repeat 2 I\n")
    shell.expect(r"\.\.\.> $")
    shell.type("peer-listen P$I 127.0.0.1:0\n")
    shell.expect(r"\.\.\.> $")
    shell.enter("end", "(?s:ok.*ok)")
    shell.enter("peer-close P1", "ok")
    shell.type("quit\n")
    shell.ends()


def end_of_input(shell, restart):
    """Ends it, with calls under way and files open, and is no failure"""
    shell.enter("peer-listen P 127.0.0.1:0", "ok")
    shell.enter("peer-accept P Q &", "pending")
    shell.enter("frob", "no command")
    shell.type(END)
    shell.ends()
    shell = restart()
    # the terminal itself goes
    os.close(shell.terminal)
    os.waitpid(shell.pid, 0)


def interrupt(shell, _):
    """Ends the call that blocks, or the line, and nothing else"""
    shell.enter("peer-listen P 127.0.0.1:0", "ok")
    for _ in range(2):
        shell.type("peer-accept P Q\n")
        shell.wait_blocked()
        shell.type(INTERRUPT)
        shell.expect_prompt("got errno ECANCELED")
    if shell.edits:
        shell.type("frob" + INTERRUPT)
        shell.expect_prompt()
    shell.enter("let A = address(P)", "")
    shell.enter("peer-connect R $A", "ok")
    shell.enter("peer-accept P Q", "ok peer=")
    shell.type("quit\n")
    shell.ends()


def listen(shell, _):
    """A TDI request that blocks: the endpoint can be used again"""
    shell.enter("open-address A 127.0.0.1:0", "STATUS_SUCCESS")
    shell.enter("let WHERE = address(A)", "")
    shell.enter("open-endpoint E", "STATUS_SUCCESS")
    shell.enter("associate E A", "STATUS_SUCCESS")
    for _ in range(2):
        shell.type("listen E\n")
        shell.wait_blocked()
        shell.type(INTERRUPT)
        shell.expect_prompt("got STATUS_CANCELLED[^\n]*EINTR")
    shell.enter("listen E &", "pending")
    shell.enter("expect-pending E", "")
    shell.enter("peer-connect P $WHERE", "ok")
    shell.enter("wait E", "STATUS_SUCCESS")
    shell.type("receive E\n")
    shell.wait_blocked()
    shell.type(INTERRUPT)
    shell.expect_prompt("got STATUS_CANCELLED")
    shell.enter("peer-send P \"data\"", "ok")
    shell.enter("receive E", "data")
    shell.type(END)
    shell.ends()


CASES = {case.__name__: case for case in
         (history, completion, errors, end_of_input, interrupt, listen)}


def main():
    with tempfile.TemporaryDirectory() as home:
        def start():
            return Shell(sys.argv[1], home)

        CASES[sys.argv[2]](start(), start)
        print(sys.argv[2])


if __name__ == "__main__":
    main()
