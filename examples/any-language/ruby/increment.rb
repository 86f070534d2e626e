# One more visit, with pg: `racy`, or `repaired`.
#
# raceproof race --database postgres --schema examples/any-language/counter.sql \
#   --setup "DELETE FROM Counter; INSERT INTO Counter VALUES (1, 0)" \
#   --check "SELECT count_value = 2 FROM Counter" \
#   -- ruby examples/any-language/ruby/increment.rb racy

require "pg"

lock = ARGV[0] == "repaired" ? " FOR UPDATE" : ""
db = PG.connect # the address comes from PGHOST, PGPORT, …
count = db.transaction do
  count = db.exec_params("SELECT count_value FROM Counter WHERE id = $1#{lock}", [1])[0]["count_value"].to_i
  db.exec_params("UPDATE Counter SET count_value = $1 WHERE id = $2", [count + 1, 1])
  count + 1
end
db.close
puts count
