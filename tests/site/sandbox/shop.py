"""A shop for the sandbox to deliver to and lead back to: one local HTTP server."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe


class Shop:
    """Keeps the deliveries it gets and answers them with `status`; shows a page for every GET."""

    def __init__(self):
        self.got = []
        self.status = 200
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.got.append((body, self.headers["Stripe-Signature"]))
                self.answer(shop.status, b"")

            def do_GET(self):
                self.answer(200, b"<!doctype html><title>The shop</title>")

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://localhost:{self.server.server_port}"
        self.url = f"http://127.0.0.1:{self.server.server_port}/stripe"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def events(self, secret):
        return [stripe.Webhook.construct_event(body, header, secret) for body, header in self.got]
