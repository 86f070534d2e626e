// One more visit, with lib/pq on PostgreSQL: `racy`, or `repaired`.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"os"

	_ "github.com/lib/pq"
)

func increment(lock string) (count int, err error) {
	db, err := sql.Open("postgres", "") // the address comes from PGHOST, PGPORT, …
	if err != nil {
		return 0, err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if err = tx.QueryRow("SELECT count_value FROM Counter WHERE id = $1"+lock, 1).Scan(&count); err != nil {
		return 0, err
	}
	if _, err = tx.Exec("UPDATE Counter SET count_value = $1 WHERE id = $2", count+1, 1); err != nil {
		return 0, err
	}
	return count + 1, tx.Commit()
}

func main() {
	lock := ""
	if os.Args[1] == "repaired" {
		lock = " FOR UPDATE"
	}
	count, err := increment(lock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
}
