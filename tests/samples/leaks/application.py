"""An application that logs what it was given, and then serves, or ends where it is told so."""

import http.server
import json
import os
import pathlib
import sys

for leak in json.loads(pathlib.Path(os.environ["LEAKS"]).read_text(encoding="utf-8")):
    for text in leak["texts"]:
        print("configured with", text, flush=True)
        print("warning:", text, file=sys.stderr, flush=True)
if "--broken" in sys.argv:
    sys.exit(1)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
