"""Makes the self-signed certificate of a server on loopback, with the openssl program."""

import subprocess
from pathlib import Path


def make(folder: Path) -> Path:
    """Return a new PEM file in `folder` with a key and its certificate, which is its own authority."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "tls.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
