"""nginx as a plain reverse proxy: what carrying bytes over HTTP costs where nobody looks at them."""

import os
import pwd
import shutil

from processes import children, first_line, free_port, url, wait_for_port

INSTALL = "apt-get install -y nginx-light"

# One worker, as the bridge has one thread. Connections are kept alive on both sides and are never closed for having
# been used often. Answers are buffered, as by default, since that is what costs nginx the least, but never written to
# a file: one of 1 MiB goes through 16 buffers of 64 KiB instead.
CONFIGURATION = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_max_body_size 4m;
    keepalive_requests 1000000000;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_buffering on;
    proxy_buffer_size 16k;
    proxy_buffers 16 64k;
    proxy_busy_buffers_size 256k;
    proxy_max_temp_file_size 0;
    {paths}
    {servers}
}}
"""

SERVER = """
    upstream {name} {{
        server 127.0.0.1:{port};
        keepalive 256;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{listening} backlog=4096;
        location / {{ proxy_pass http://{name}; }}
    }}
"""


def path():
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def version():
    return first_line([path(), "-v"]) if path() else None


class Nginx:
    def __init__(self, processes, backends):
        folder = processes.folder
        self._ports = {name: free_port() for name in backends.ports}
        servers = "".join(
            SERVER.format(name=name, port=port, listening=self._ports[name]) for name, port in backends.ports.items()
        )
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = " ".join(f"{kind}_temp_path {folder}/nginx-{kind};" for kind in kinds)
        # Started by root, nginx would run as somebody who may not enter the folder.
        user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        file = folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(user=user, folder=folder, paths=paths, servers=servers))
        process = processes.start("nginx", [path(), "-c", file, "-p", folder], start_new_session=True)
        wait_for_port(next(iter(self._ports.values())))
        self.pids = [process.pid, *children(process.pid)]

    def place(self, name):
        return ([url(self._ports[name])], self.pids) if name in self._ports else None
