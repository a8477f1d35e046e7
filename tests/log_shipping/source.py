"""A log that the real server wrote under real and hostile calls, for the tests of this directory."""
import os
import pathlib
import signal
import socket
import sys
import threading
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "monitoring"))
from processes import Server, call, stop_all  # noqa: E402

CALLS = 12 * 18  # hostile ones, each of some ten lines
INJECTED = "injected_event"

_LINE = f"2026-01-01T00:00:00.000Z info [app] {INJECTED} call_id=forged"
_JSON = '{"@timestamp":"2026-01-01T00:00:00.000Z","log.level":"info","message":"%s"}' % INJECTED

# What a peer may put into a header, as bytes. Where SIP ends a header at a line's end, what follows is
# another header, or breaks the message: either way it must not become a line of the log.
HOSTILE = [
    b"plain",
    b'quote " and \\ backslash \\n \\u000a',
    b"equals=sign key=value level=error",
    b"percent %s %n {} {0} %v ${jndi:ldap://x}",
    b"tab\there\x0bvertical\x0cform",
    b"\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J",
    b"bell\x07 backspace\x08\x08 delete\x7f",
    b"nul-free \x01\x02\x03\x04\x1f",
    b"latin1 \xe9\xfc \x85 \x9b31m",
    b"bad utf8 \xc3( \xff\xfe \xed\xa0\x80 \xf4\x90\x80\x80",
    "good utf8 Zo\u00eb \u65e5\u672c \U0001f600 \u202e \u2028 \u2029 \ufeff".encode(),
    b"\r\n " + _LINE.encode(),
    b"\r\n\t" + _JSON.encode(),
    b"\n" + _LINE.encode(),
    b"\r" + _LINE.encode(),
    b"</script><img src=x>'; DROP TABLE calls;--",
    b'"}\r\n ' + _JSON.encode(),
    b"x" * 3000,
]

_SDP = (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        b"m=audio 30000 RTP/AVP 0\r\na=label:1\r\na=sendonly\r\n")


class HostilePeer:
    """Sends calls over UDP whose headers carry HOSTILE values; answers tell only when to go on."""

    def __init__(self, target):
        host, port = target.split(":")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((host, int(port)))
        self._socket.settimeout(2)
        self._local = b"%s:%d" % (b"127.0.0.1", self._socket.getsockname()[1])

    def _request(self, method, number, value, to_tag, call_id):
        body = _SDP if method == b"INVITE" else b""
        # Half of the calls: a broken From ends a message before its other headers are looked at.
        name = value if (number // len(HOSTILE) // 2) % 2 else b"src"
        lines = [
            method + b" sip:srs@127.0.0.1 SIP/2.0",
            b"Via: SIP/2.0/UDP " + self._local + b";branch=z9hG4bK%d%s" % (number, method),
            b"Max-Forwards: 70",
            b'From: "' + name + b'" <sip:src@127.0.0.1>;tag=f%d' % number,
            b"To: <sip:srs@127.0.0.1>" + to_tag,
            b"Call-ID: " + call_id,
            b"CSeq: %d " % (1 if method in (b"INVITE", b"ACK") else 2) + method,
            b"Contact: <sip:src@" + self._local + b">;+sip.src",
            b"User-Agent: " + value,
            b"X-Custom: " + value,
        ]
        if body:
            lines += [b"Require: siprec", b"Content-Type: application/sdp"]
        return b"\r\n".join(lines + [b"Content-Length: %d" % len(body), b"", b""]) + body

    def _final(self):
        """The To tag of a final response, or None where none comes: the message was no SIP."""
        while True:
            try:
                answer = self._socket.recv(65536)
            except (TimeoutError, ConnectionError):
                return None
            if answer.startswith(b"SIP/2.0 1"):
                continue
            to = next((line for line in answer.split(b"\r\n") if line.lower().startswith(b"to:")), b"")
            return to[to.find(b";tag="):] if b";tag=" in to else b""

    def place(self, number):
        """INVITE, ACK, BYE. In every other call the Call-ID is hostile too."""
        value = HOSTILE[number % len(HOSTILE)]
        call_id = value if (number // len(HOSTILE)) % 2 else b"call-%d" % number
        call_id = b"%d-" % number + call_id
        self._socket.send(self._request(b"INVITE", number, value, b"", call_id))
        tag = self._final()
        if tag is None:
            return
        self._socket.send(self._request(b"ACK", number, value, tag, call_id))
        self._socket.send(self._request(b"BYE", number, value, tag, call_id))
        self._final()


class _LoggedServer(Server):
    """Ready in either format: the JSON log has the event in the message too."""

    def _ready(self):
        self.must_run()
        text = "".join(path.read_text() for path in self.logs.glob("*.log"))
        return next((line for line in text.splitlines() if "server_ready " in line), None)


def _hostile_http(port, value):
    """A request whose path and headers are hostile; the answer doesn't matter."""
    with socket.create_connection(("127.0.0.1", port), 5) as peer:
        peer.sendall(b"GET /" + value + b" HTTP/1.1\r\nHost: x\r\nUser-Agent: " + value +
                     b"\r\nConnection: close\r\n\r\n")
        peer.settimeout(5)
        try:
            while peer.recv(4096):
                pass
        except (TimeoutError, ConnectionError):
            pass


def write_log(directory, form, level="trace"):
    """Runs the server with LOG_FORMAT=`form`, calls it, stops it; the path of its log file."""
    server = _LoggedServer(directory, 99, LOG_FORMAT=form, LOG_LEVEL=level, LOG_QUEUE="1000000",
                           RTP_QUARANTINE="0s", SERVER_DRAIN_TIMEOUT="0s")
    real = call(directory, "call", server, "--calls", "6", "--rate", "20", "--duration", "1")
    peers = [threading.Thread(target=_place_all, args=(server.sip, first)) for first in range(4)]
    for peer in peers:
        peer.start()
    for value in HOSTILE:
        _hostile_http(server.http, value)
    for peer in peers:
        peer.join()
    assert real.wait(60) == 0, real.output()
    metrics = urllib.request.urlopen(f"http://127.0.0.1:{server.http}/metrics", timeout=10).read().decode()
    assert "log_lines_dropped_total 0" in metrics, "the log dropped lines"
    path = server.logs / "siprec-server.log"
    os.kill(server.pid, signal.SIGTERM)
    assert server.wait(60) == 0, server.output()
    stop_all()
    return path


def _place_all(target, first):
    peer = HostilePeer(target)
    for number in range(first, CALLS, 4):
        peer.place(number)
