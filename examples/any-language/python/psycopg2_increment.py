"""One more visit, with psycopg2 on PostgreSQL: `racy`, or `repaired`.

raceproof race --database postgres --schema examples/any-language/counter.sql \
  --setup "DELETE FROM Counter; INSERT INTO Counter VALUES (1, 0)" \
  --check "SELECT count_value = 2 FROM Counter" \
  -- python3 examples/any-language/python/psycopg2_increment.py racy
"""

import sys

import psycopg2

lock = " FOR UPDATE" if sys.argv[1] == "repaired" else ""
connection = psycopg2.connect("")  # the address comes from PGHOST, PGPORT, …
with connection, connection.cursor() as cursor:
    cursor.execute(f"SELECT count_value FROM Counter WHERE id = 1{lock}")
    (count,) = cursor.fetchone()
    cursor.execute("UPDATE Counter SET count_value = %s WHERE id = 1", (count + 1,))
connection.close()
print(count + 1)
