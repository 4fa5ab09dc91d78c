"""Asks the web process of this container whether it answers; exits 1 when it does not.

Asks as the proxy would, by a name that the site allows and as over TLS, as other names are refused
and plain requests redirected.
"""

import http.client
import os
import sys


def main(path: str = "/healthz", port: int = 8000) -> int:
    """0 when ``path`` answers 200 within four seconds, else 1."""
    host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip().lstrip(".") or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
