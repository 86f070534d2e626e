"""Withdrawals over HTTP, with psycopg2 on PostgreSQL: `racy`, or `repaired`.

raceproof race --database postgres --schema examples/apps/account.sql \
  --setup "DELETE FROM account; INSERT INTO account VALUES ('alice', 100)" \
  --app "python3 examples/apps/server.py racy" --request 'POST /withdraw {"id": "alice", "amount": 30}'
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

lock = "FOR UPDATE" if sys.argv[1] == "repaired" else ""


def withdraw(id, amount):
    connection = psycopg2.connect("")  # the address comes from PGHOST, PGPORT, …
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT balance FROM account WHERE id = %s {lock}", (id,))
            (balance,) = cursor.fetchone()
            if balance < amount:
                return None
            cursor.execute("UPDATE account SET balance = %s WHERE id = %s", (balance - amount, id))
            return {"balance": balance - amount}
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        done = withdraw(asked["id"], asked["amount"])
        self.send_response(200 if done else 409)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(done or {"error": "not enough money"}).encode())


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
