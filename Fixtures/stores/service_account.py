"""Makes service_account_assertion.txt anew, and with `--key` a key too: run by hand, never by CI.

Needs the PyPI packages `google-auth` and `cryptography`. The signature is made by `cryptography` through
google-auth, and is the same each time, as RSASSA-PKCS1-v1_5 has no randomness. The key protects nothing.
"""
import base64
import json
import pathlib
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt

HERE = pathlib.Path(__file__).parent
KEY = HERE / "service_account_key.pem"
EMAIL = "rotator@p.iam.gserviceaccount.com"
NOW = 1764000000

if "--key" in sys.argv:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    KEY.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))


def part(value):
    # Members in the order of their names, as the store writes them; any order is right.
    text = value if isinstance(value, bytes) else json.dumps(
        value, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


signer = crypt.RSASigner.from_string(KEY.read_text(), "k1")
signed = b".".join([
    part({"alg": "RS256", "typ": "JWT", "kid": signer.key_id}),
    part({
        "iss": EMAIL, "sub": EMAIL, "aud": "https://secretmanager.googleapis.com/",
        "iat": NOW, "exp": NOW + 3600})])
(HERE / "service_account_assertion.txt").write_bytes(
    signed + b"." + part(signer.sign(signed)) + b"\n")
