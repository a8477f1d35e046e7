"""What a recorder talks to besides Prometheus: a collector of traces and a speech engine, both of few words."""
import http.server
import threading

from answers import Answers


SPOKEN = "write to ann@example.com"


class _Collectors(Answers):
    """Takes any POST; an OpenAI-compatible transcription is answered with one segment."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        speech = self.path.endswith("/audio/transcriptions")
        self.answer(200, {"task": "transcribe", "language": "english", "duration": 1.0, "text": SPOKEN, "segments": [
            {"id": 0, "start": 0.0, "end": 1.0, "text": SPOKEN}]} if speech else {})


class StandIns(http.server.ThreadingHTTPServer):
    """Listens on a free port of the loopback until `close()`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Collectors)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """Who asked may have hung up: servers that are ended by a test do."""

    def close(self):
        self.shutdown()
        self.server_close()
