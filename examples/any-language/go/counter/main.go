// The concurrent counter on MySQL with database/sql, written the ways people write it: counter WAY.
//
//	raceproof race --database mysql --schema examples/any-language/counter.sql \
//	  --setup "REPLACE INTO Counter VALUES (1, 0)" --check "SELECT count_value = 2 FROM Counter" \
//	  -- ./counter read-write
//
// `redis-lock` also wants --database redis and --setup "redis: DEL lock".
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/gomodule/redigo/redis"
)

type querier interface {
	QueryRow(query string, args ...interface{}) *sql.Row
	Exec(query string, args ...interface{}) (sql.Result, error)
}

// readWrite adds one in the program to what it has read: between read and write, somebody else may do the same.
func readWrite(db querier, where string, lock string) error {
	var count int
	if err := db.QueryRow("SELECT count_value FROM Counter" + where + lock).Scan(&count); err != nil {
		return err
	}
	_, err := db.Exec("UPDATE Counter SET count_value = ?"+where, count+1)
	return err
}

func inTransaction(db *sql.DB, level sql.IsolationLevel, work func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: level})
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// againAfterDeadlock runs the transaction again when the server has aborted it because of a deadlock.
func againAfterDeadlock(work func() error) error {
	for {
		err := work()
		var refused *mysql.MySQLError
		if !errors.As(err, &refused) || refused.Number != 1213 {
			return err
		}
	}
}

// optimistic writes only if nobody has written since it read; otherwise it tries again.
func optimistic(db *sql.DB) error {
	for {
		var count int
		if err := db.QueryRow("SELECT count_value FROM Counter WHERE id = 1").Scan(&count); err != nil {
			return err
		}
		result, err := db.Exec("UPDATE Counter SET count_value = ? WHERE id = 1 AND count_value = ?", count+1, count)
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed == 1 {
			return err
		}
	}
}

// redisLock keeps the others out by a key that only one of them can set.
func redisLock(db *sql.DB) error {
	locks, err := redis.DialURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	defer locks.Close()
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	token := hex.EncodeToString(random)
	for {
		reply, err := redis.String(locks.Do("SET", "lock", token, "NX", "PX", 60000))
		if err != nil && err != redis.ErrNil {
			return err
		}
		if reply == "OK" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := readWrite(db, " WHERE id = 1", ""); err != nil {
		return err
	}
	_, err = locks.Do("EVAL", "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end", 1, "lock", token)
	return err
}

func main() {
	db, err := sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s:%s)/%s",
		os.Getenv("MYSQL_USER"), os.Getenv("MYSQL_PASSWORD"),
		os.Getenv("MYSQL_HOST"), os.Getenv("MYSQL_PORT"), os.Getenv("MYSQL_DATABASE")))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	const one = " WHERE id = 1"
	ways := map[string]func() error{
		"read-write":       func() error { return readWrite(db, "", "") },
		"read-write-where": func() error { return readWrite(db, one, "") },
		"transaction": func() error {
			return inTransaction(db, sql.LevelDefault, func(tx *sql.Tx) error { return readWrite(tx, one, "") })
		},
		"serializable": func() error {
			return inTransaction(db, sql.LevelSerializable, func(tx *sql.Tx) error { return readWrite(tx, one, "") })
		},
		"serializable-again": func() error {
			return againAfterDeadlock(func() error {
				return inTransaction(db, sql.LevelSerializable, func(tx *sql.Tx) error { return readWrite(tx, one, "") })
			})
		},
		"pessimistic": func() error {
			return inTransaction(db, sql.LevelDefault, func(tx *sql.Tx) error { return readWrite(tx, one, " FOR UPDATE") })
		},
		"optimistic": func() error { return optimistic(db) },
		"atomic": func() error {
			_, err := db.Exec("UPDATE Counter SET count_value = count_value + 1 WHERE id = 1")
			return err
		},
		"redis-lock": func() error { return redisLock(db) },
	}
	way, ok := ways[os.Args[len(os.Args)-1]]
	if !ok {
		log.Fatalf("no such way: %v", os.Args[1:])
	}
	if err := way(); err != nil {
		log.Fatal(err)
	}
}
