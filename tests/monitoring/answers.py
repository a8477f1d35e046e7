"""What the stand-ins for others' HTTP servers share."""
import http.server
import json


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers in JSON, or in text, and says nothing of it."""

    def answer(self, status, found):
        is_text = isinstance(found, str)
        body = (found if is_text else json.dumps(found)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
