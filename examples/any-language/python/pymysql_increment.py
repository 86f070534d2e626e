"""One more visit, with PyMySQL on MySQL or MariaDB: `racy`, or `repaired`.

raceproof race --database mysql --schema examples/any-language/counter.sql \
  --setup "REPLACE INTO Counter VALUES (1, 0)" --check "SELECT count_value = 2 FROM Counter" \
  -- python3 examples/any-language/python/pymysql_increment.py racy
"""

import os
import sys

import pymysql

lock = " FOR UPDATE" if sys.argv[1] == "repaired" else ""
connection = pymysql.connect(
    host=os.environ["MYSQL_HOST"],
    port=int(os.environ["MYSQL_PORT"]),
    user=os.environ["MYSQL_USER"],
    password=os.environ["MYSQL_PASSWORD"],
    database=os.environ["MYSQL_DATABASE"],
)
with connection, connection.cursor() as cursor:
    cursor.execute(f"SELECT count_value FROM Counter WHERE id = 1{lock}")
    (count,) = cursor.fetchone()
    cursor.execute("UPDATE Counter SET count_value = %s WHERE id = 1", (count + 1,))
    connection.commit()
print(count + 1)
