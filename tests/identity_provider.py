"""A small OpenID Connect provider on this machine, for as long as a test needs one."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit


def part(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class IdentityProvider:
    """`person` is who logs in there; `claims` are added to what it says of them."""

    def __init__(self):
        self.person, self.email, self.claims = "subject-1", "", {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                provider.answer(self)

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def settings(self):
        """SOCIALACCOUNT_PROVIDERS that name it, as config.sign_on writes them."""
        app = {"provider_id": "company", "name": "Company login", "client_id": "emend"}
        app |= {"secret": "hush", "settings": {"server_url": self.url}}
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

    def answer(self, handler):
        said = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/token": {
                "access_token": "opaque",
                "token_type": "Bearer",
                "id_token": self.id_token(),
            },
            "/userinfo": {"sub": self.person, "email": self.email, "email_verified": True},
        }[urlsplit(handler.path).path]
        body = json.dumps(said).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def id_token(self):
        """Signed by nobody: it comes over the connection that asked for it, as allauth knows."""
        claims = {"iss": self.url, "aud": "emend", "sub": self.person, "exp": time.time() + 60}
        return ".".join([part({"alg": "none", "typ": "JWT"}), part(claims | self.claims), ""])

    def log_in(self, client, address, **sent):
        """Begin a login, log in at the provider, come back; what was asked and our answer."""
        asked = dict(parse_qsl(urlsplit(client.post(address, sent).url).query))
        back = urlsplit(asked["redirect_uri"]).path
        return asked, client.get(back, {"code": "once", "state": asked["state"]})
