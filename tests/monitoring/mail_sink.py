"""A mail server that keeps what it gets: SMTP (RFC 5321) with STARTTLS (RFC 3207), for one test."""
import email
import email.policy
import pathlib
import socketserver
import ssl
import subprocess
import threading


def certificate(directory):
    """A fresh self-signed certificate for localhost; returns its file, key included."""
    path = pathlib.Path(directory) / "mail.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    with open(path, "a", encoding="ascii") as file:
        file.write(pathlib.Path(f"{path}.crt").read_text(encoding="ascii"))
    return path


class _Session(socketserver.StreamRequestHandler):
    timeout = 30

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        encrypted = False
        self.say("220 localhost ESMTP")
        while line := self.rfile.readline(2000):
            verb = line.decode("ascii", "replace").strip().upper()
            if verb.startswith(("EHLO", "HELO")):
                self.say("250 localhost" if encrypted else "250-localhost\r\n250 STARTTLS")
            elif verb == "STARTTLS":
                self.say("220 go on")
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                encrypted = True
            elif not encrypted and not verb.startswith("QUIT"):
                self.say("530 STARTTLS first")
            elif verb == "DATA":
                self.say("354 end with a dot")
                self.server.keep(self.message())
                self.say("250 kept")
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def finish(self):
        super().finish()
        self.connection.close()

    def message(self):
        lines = []
        while (line := self.rfile.readline(100_000)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    """Listens on a free port of localhost; `mails()` are those that came so far, oldest first."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, pem):
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(pem)
        self.port = self.server_address[1]
        self._mails, self._lock = [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def keep(self, raw):
        with self._lock:
            self._mails.append(email.message_from_bytes(raw, policy=email.policy.default))

    def mails(self, subject=""):
        with self._lock:
            return [m for m in self._mails if subject in (m["Subject"] or "")]
