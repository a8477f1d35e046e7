"""The real programs of an end-to-end run, on free ports of the loopback, and their end.

Each is killed with its own process id when the test ends, and its output is shown where it failed.
"""
import atexit
import ctypes
import fcntl
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile

from support import BUILD, ROOT, fetch, wait_for

_running = []
_libc = ctypes.CDLL(None)


def _die_with_us():
    """Called in the child: a test that is killed leaves no Prometheus behind (prctl(2), PR_SET_PDEATHSIG)."""
    _libc.prctl(1, signal.SIGKILL)


def stop_all():
    """Ends every process that was started here, the last one first."""
    while _running:
        _running.pop().stop()


atexit.register(stop_all)


class Process:
    """One child process; its output goes to a file."""

    def __init__(self, name, command, directory, environment=None):
        self.name, self.log = name, pathlib.Path(directory) / f"{name}.out"
        with open(self.log, "wb") as out:
            self._child = subprocess.Popen([str(c) for c in command], stdout=out, stderr=out,
                                           stdin=subprocess.DEVNULL, cwd=directory,
                                           preexec_fn=_die_with_us, env={**os.environ, **(environment or {})})
        self.pid = self._child.pid
        _running.append(self)

    def running(self):
        return self._child.poll() is None

    def output(self):
        return self.log.read_text(errors="replace")

    def wait(self, seconds):
        """The exit code; raises where the process runs on."""
        return self._child.wait(seconds)

    def kill(self):
        self._child.kill()
        self._child.wait()

    def stop(self):
        if self.running():
            self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def must_run(self):
        if not self.running():
            sys.stderr.write(self.output()[-4000:])
            raise AssertionError(f"{self.name} ended with exit code {self._child.returncode}")


def free_port():
    """A TCP port of 127.0.0.1 that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PortBlock:
    """A range of UDP ports that no other test of this machine uses meanwhile (tests/support/port_block.hpp)."""

    def __init__(self):
        for block in range(100):
            path = f"{tempfile.gettempdir()}/siprec-test-ports-{os.getuid()}-{(os.getpid() + block) % 100}"
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._lock)
                continue
            self.first = 12000 + (os.getpid() + block) % 100 * 200
            return
        raise AssertionError("no free block of test ports")


class Server(Process):
    """siprec-server with a pool of `pairs` port pairs; log and recordings below `directory`."""

    def __init__(self, directory, pairs, **settings):
        self._ports = PortBlock()
        self.logs, self.state = pathlib.Path(directory) / "log", pathlib.Path(directory) / "lib"
        self.logs.mkdir()
        self.state.mkdir()
        clean = {key: "" for key in os.environ if key.startswith(("SIP_", "RTP_", "HTTP_", "RECORDING_", "LOG_"))}
        super().__init__("siprec-server", [BUILD / "bin/siprec-server"], directory, {
            **clean,
            "SIP_LISTEN": "udp:127.0.0.1:0,tcp:127.0.0.1:0", "HTTP_LISTEN": "[::]:0",
            "RTP_BIND_ADDRESS": "127.0.0.1", "RTP_PORT_MIN": str(self._ports.first),
            "RTP_PORT_MAX": str(self._ports.first + 2 * pairs - 1),
            "RECORDING_DIRECTORY": str(self.state / "recordings"), "RECORDING_MIN_FREE_SPACE": "0",
            "LOG_FILE": str(self.logs / "siprec-server.log"), **settings})
        ready = wait_for("the server's line server_ready", self._ready)
        self.sip = re.search(r"udp:(127\.0\.0\.1:\d+)", ready)[1]
        tls = re.search(r"tls:127\.0\.0\.1:(\d+)", ready)
        self.tls = int(tls[1]) if tls else 0
        self.http = int(re.search(r"http=\S*:(\d+)", ready)[1])

    def log_text(self):
        return "".join(p.read_text() for p in self.logs.glob("*.log"))

    def _ready(self):
        self.must_run()
        text = self.output() + self.log_text()
        return next((line for line in text.splitlines() if "server_ready " in line), None)  # in JSON: the message


def call(directory, name, server, *arguments):
    """A siprec-call that runs on its own."""
    return Process(name, [BUILD / "bin/siprec-call", f"sip:{server.sip}", "-q", *arguments], directory)


class Prometheus(Process):
    """Prometheus with the configuration of that path; its data below `directory`."""

    def __init__(self, directory, configuration, name="prometheus"):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(name, [
            "prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={directory}/{name}-data",
            f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"], directory)
        wait_for("Prometheus to be ready", self._ready)

    def _ready(self):
        self.must_run()
        return fetch(f"{self.url}/-/ready")[0] == 200


class Alertmanager(Process):
    """Alertmanager with the configuration of that path."""

    def __init__(self, directory, configuration, port, environment):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        super().__init__("alertmanager", [
            "prometheus-alertmanager", f"--config.file={configuration}", f"--storage.path={directory}/alertmanager-data",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=info"],
            directory, environment)
        wait_for("Alertmanager to be ready", self._ready)

    def _ready(self):
        self.must_run()
        return fetch(f"{self.url}/-/ready")[0] == 200
