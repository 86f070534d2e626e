<?php
// One more visit, with PDO: `racy`, or `repaired`. The database is where PDO_DSN says:
//
// raceproof race --database mysql --schema examples/any-language/counter.sql \
//   --setup "REPLACE INTO Counter VALUES (1, 0)" --check "SELECT count_value = 2 FROM Counter" \
//   --env "PDO_DSN=mysql:host={host};port={port};dbname={database}" \
//   --env "PDO_USER={user}" --env "PDO_PASSWORD={password}" \
//   -- php examples/any-language/php/increment.php racy

$lock = $argv[1] === 'repaired' ? ' FOR UPDATE' : '';
$db = new PDO(getenv('PDO_DSN'), getenv('PDO_USER'), getenv('PDO_PASSWORD'));
$db->beginTransaction();
$read = $db->prepare("SELECT count_value FROM Counter WHERE id = ?$lock");
$read->execute([1]);
$count = $read->fetchColumn();
$write = $db->prepare('UPDATE Counter SET count_value = ? WHERE id = ?');
$write->execute([$count + 1, 1]);
$db->commit();
echo $count + 1, "\n";
