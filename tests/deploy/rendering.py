"""Puts nginx's files of ``deploy/nginx`` where a test can run them: other folders, ports and processes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.deploy.conftest import DEPLOY


def render_nginx(
    folder: Path, *, site: str, var: Path, port: int, tls_port: int = 0, processes: Sequence[int] = ()
) -> Path:
    """Write the whole configuration below ``folder`` and return its main file.

    ``site`` is the name of the file in ``deploy/nginx``; without ``processes`` the upstream file of
    the systemd set-up is taken as it is.
    """
    parts = folder / "plenum"
    shutil.copytree(DEPLOY / "nginx", parts)
    upstream = (parts / "upstream-systemd.inc").read_text("utf-8")
    if processes:
        kept = [line for line in upstream.splitlines() if line.startswith("server ")]
        assert len(kept) == len(processes)
        upstream = "\n".join(
            re.sub(r":\d+", f":{process}", line, count=1)
            for line, process in zip(kept, processes, strict=True)
        )
    (parts / "upstream.inc").write_text(upstream, "utf-8")
    for path in parts.iterdir():
        if path.is_dir():
            continue
        text = path.read_text("utf-8")
        text = text.replace("/etc/nginx/plenum/", f"{parts}/").replace("/srv/plenum/var/", f"{var}/")
        text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)
        text = text.replace("listen 80 ", f"listen 127.0.0.1:{port} ")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{tls_port} ")
        path.write_text(text, "utf-8")
    main = folder / "nginx.conf"
    main.write_text(_main(folder, parts / site), "utf-8")
    return main


def _main(folder: Path, site: Path) -> str:
    # Started by root, nginx's workers would become a user who may not enter a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "\n".join(
        f"  {kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log {folder}/access.log;
{temporary}
  include {site};
}}
"""
