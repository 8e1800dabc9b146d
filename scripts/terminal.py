"""A program in a real terminal: tmux runs it, types into it, and gives back what it shows."""
import os
import re
import subprocess
import tempfile
import time

PROMPT = re.compile(r"^(nabla>|  \.\.\.>)", re.MULTILINE)


class Terminal:
    """The prompt of nabla, in a folder. Every line is typed as a person would, and its answer awaited."""

    def __init__(self, nabla, folder, columns, rows=50, colors=False):
        self.home = tempfile.TemporaryDirectory(prefix="nabla-terminal-")
        self.socket = os.path.join(self.home.name, "socket")
        self.typed = 0
        environment = ["PATH=/usr/bin:/bin", "TERM=screen-256color", "LANG=C.UTF-8", f"HOME={self.home.name}",
                       f"NABLA_HISTORY={self.home.name}/history", f"TMPDIR={self.home.name}"]
        if not colors:
            environment.append("NO_COLOR=1")
        self._tmux("start-server", ";", "set-option", "-g", "history-limit", "20000", ";",
                   "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", folder, "-s", "s",
                   "env", "-i", *environment, nabla)
        self._wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        self.home.cleanup()

    def enter(self, line):
        """Types a line and waits for the next prompt. Returns what was printed between."""
        before = self.screen()
        self.type(line)
        self.key("Enter")
        self.typed += 1
        self._wait()
        # The last line of `before` is the prompt that the line was typed at.
        lines = self.screen().split("\n")[len(before.split("\n")):-1]
        return "".join(f"{text}\n" for text in lines)

    def type(self, text):
        if text.endswith(";"):
            text = text[:-1] + "\\;"  # to tmux a last semicolon ends the command
        self._tmux("send-keys", "-t", "s", "-l", "--", text)

    def key(self, name):
        self._tmux("send-keys", "-t", "s", name)

    def screen(self, colors=False):
        """All that was shown, also what has scrolled away; without blanks at the ends."""
        text = self._tmux("capture-pane", "-p", *(["-e"] if colors else []), "-S", "-", "-t", "s")
        return text.rstrip("\n")

    def _wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.screen()
            if len(PROMPT.findall(text)) > self.typed and PROMPT.fullmatch(text.split("\n")[-1].rstrip()):
                return
            time.sleep(0.01)
        raise RuntimeError("no prompt after:\n" + self.screen())

    def _tmux(self, *arguments):
        command = ["tmux", "-u", "-f", "/dev/null", "-S", self.socket, *arguments]
        environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0 and "kill-server" not in arguments:
            raise RuntimeError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout
