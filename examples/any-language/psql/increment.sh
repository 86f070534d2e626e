#!/bin/sh
# One more visit, with psql, whose address comes from PGHOST, PGPORT, …: `racy`, or `repaired`.
#
# raceproof race --database postgres --schema examples/any-language/counter.sql \
#   --setup "DELETE FROM Counter; INSERT INTO Counter VALUES (1, 0)" \
#   -- sh examples/any-language/psql/increment.sh racy

if [ "$1" = racy ]; then
  count=$(psql -XAtqc "SELECT count_value FROM Counter WHERE id = 1")
  psql -XAtqc "UPDATE Counter SET count_value = $((count + 1)) WHERE id = 1"
  exit
fi
psql -XAtq <<'SQL'
BEGIN;
SELECT count_value + 1 AS next FROM Counter WHERE id = 1 FOR UPDATE \gset
UPDATE Counter SET count_value = :next WHERE id = 1;
COMMIT;
SQL
