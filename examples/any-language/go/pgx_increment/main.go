// One more visit, with pgx on PostgreSQL: `racy`, or `repaired`.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/jackc/pgx/v4"
)

func increment(ctx context.Context, lock string) (count int, err error) {
	db, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return 0, err
	}
	defer db.Close(ctx)
	tx, err := db.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(ctx)
	if err = tx.QueryRow(ctx, "SELECT count_value FROM Counter WHERE id = $1"+lock, 1).Scan(&count); err != nil {
		return 0, err
	}
	if _, err = tx.Exec(ctx, "UPDATE Counter SET count_value = $1 WHERE id = $2", count+1, 1); err != nil {
		return 0, err
	}
	return count + 1, tx.Commit(ctx)
}

func main() {
	lock := ""
	if os.Args[1] == "repaired" {
		lock = " FOR UPDATE"
	}
	count, err := increment(context.Background(), lock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
}
