"""A self-signed certificate for loopback, made on the spot with the `openssl` program."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that is its own authority: clients trust `file` (`SSL_CERT_FILE`), the server holds `key`."""

    file: Path
    key: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Write a certificate of 127.0.0.1 and localhost, and its key, into `folder`."""
        made = cls(file=folder / "certificate.pem", key=folder / "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-days", "2", "-subj", "/CN=fake provider", "-keyout", str(made.key), "-out", str(made.file)]
        command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        command += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
        return made

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context
