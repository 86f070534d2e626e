# One more visit, with DBI: `racy`, or `repaired`. The database is where DSN says:
#
# raceproof race --database postgres --schema examples/any-language/counter.sql \
#   --setup "DELETE FROM Counter; INSERT INTO Counter VALUES (1, 0)" \
#   --env "DSN=dbi:Pg:host={host};port={port};dbname={database}" --env "DSN_USER={user}" --env "DSN_PASSWORD={password}" \
#   -- perl examples/any-language/perl/increment.pl racy

use strict;
use warnings;
use DBI;

my $lock = $ARGV[0] eq "repaired" ? " FOR UPDATE" : "";
my $db = DBI->connect($ENV{DSN}, $ENV{DSN_USER}, $ENV{DSN_PASSWORD}, { RaiseError => 1 });
$db->begin_work;
my ($count) = $db->selectrow_array("SELECT count_value FROM Counter WHERE id = ?$lock", undef, 1);
$db->do("UPDATE Counter SET count_value = ? WHERE id = ?", undef, $count + 1, 1);
$db->commit;
print $count + 1, "\n";
$db->disconnect;
