/**
 * What is in each stand-in image: the same programs that run as local servers, and a shell script that starts
 * them by the command line of the official image.
 */

import type { Wanted } from "../servers/apt.ts";
import { fromArchive } from "../servers/archive.ts";
import type { Imaged } from "../servers/images.ts";
import { dynamodb } from "../servers/local/dynamodb.ts";
import { java_packages } from "../servers/local/java.ts";
import { mariadb_packages } from "../servers/local/mariadb.ts";
import { mysql_packages } from "../servers/local/mysql.ts";
import { postgres } from "../servers/local/postgres.ts";
import type { Recipe } from "../servers/local/recipe.ts";
import { redis_packages } from "../servers/local/redis.ts";
import { valkey_packages } from "../servers/local/valkey.ts";
import { zookeeper } from "../servers/local/zookeeper.ts";
import type { Errand } from "../servers/progress.ts";

/** A folder that goes into the image at `at`. */
export interface Layer {
  readonly folder: string;
  readonly at: string;
}

export interface StandIn {
  layers(errand: Errand): Promise<readonly Layer[]>;
  /** A shell script that becomes the server. Its arguments are those of the container. */
  readonly entry: string;
  /** Links: path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** The server's data: a folder that anybody may write. */
  readonly data: string;
  readonly user?: string;
}

const debian = async (wanted: Wanted, errand: Errand): Promise<Layer> => ({
  folder: (await fromArchive(wanted, errand)).folder,
  at: "/",
});

/** The folder in which a local server's own files are. */
async function filesOf(recipe: Recipe, errand: Errand): Promise<string> {
  const tries = await Promise.allSettled(recipe.places.map((place) => place.fetch(errand)));
  const found = tries.find((tried) => tried.status === "fulfilled");
  if (found?.value.base === undefined) throw (tries[0] as PromiseRejectedResult).reason;
  return found.value.base;
}

/** What PostgreSQL from npm expects to find on any Linux. */
const libraries = {
  what: "the C library",
  suite: "trixie",
  package: "libstdc++6",
  without: [],
} as const;
const java = `/usr/lib/jvm/java-21-openjdk-${process.arch === "x64" ? "amd64" : process.arch}/bin/java`;

export const contents: Readonly<Record<Imaged, StandIn>> = {
  mysql: {
    layers: async (errand) => [await debian(mysql_packages, errand)],
    data: "/var/lib/mysql",
    entry: `
data=/var/lib/mysql
set -- --no-defaults --user=root --secure-file-priv=NULL --datadir=$data/data "$@"
if [ ! -f $data/initialised ]; then
  rm -rf $data/data
  echo "CREATE USER root@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD'; GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;" > /tmp/init.sql
  mysqld "$@" --initialize-insecure --init-file=/tmp/init.sql || exit 1
  touch $data/initialised
fi
exec mysqld "$@" --socket=/tmp/mysql.sock --pid-file=/tmp/mysqld.pid
`,
  },
  mariadb: {
    layers: async (errand) => [await debian(mariadb_packages, errand)],
    data: "/var/lib/mysql",
    entry: `
data=/var/lib/mysql
set -- --no-defaults --user=root --datadir=$data/data "$@"
if [ ! -f $data/initialised ]; then
  rm -rf $data/data; mkdir $data/data; cd /usr/share/mariadb
  { echo "create database mysql;"; echo "use mysql;"; echo "SET @auth_root_socket=NULL;"
    cat mariadb_system_tables.sql mariadb_performance_tables.sql mariadb_system_tables_data.sql \\
      maria_add_gis_sp_bootstrap.sql mariadb_sys_schema.sql
  } | mariadbd "$@" --bootstrap || exit 1
  touch $data/initialised
fi
echo "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;" > /tmp/init.sql
exec mariadbd "$@" --init-file=/tmp/init.sql --socket=/tmp/mysql.sock --pid-file=/tmp/mariadbd.pid
`,
  },
  postgres: {
    layers: async (errand) => [
      await debian(libraries, errand),
      { folder: await filesOf(postgres, errand), at: "/usr/local/pgsql" },
    ],
    data: "/var/lib/postgresql",
    user: "postgres",
    entry: `
data=/var/lib/postgresql/data
bin=/usr/local/pgsql/bin
if [ ! -f $data/PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" > /tmp/password
  $bin/initdb -D $data --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 --locale=C || exit 1
  echo "host all all all scram-sha-256" >> $data/pg_hba.conf
fi
exec $bin/postgres -D $data -c listen_addresses='*' -c unix_socket_directories= "$@"
`,
  },
  redis: {
    layers: async (errand) => [await debian(redis_packages, errand)],
    data: "/data",
    entry: `cd /data; exec redis-server "$@"`,
  },
  valkey: {
    layers: async (errand) => [await debian(valkey_packages, errand)],
    data: "/data",
    entry: `cd /data; exec valkey-server "$@"`,
  },
  dynamodb: {
    layers: async (errand) => [
      await debian(java_packages, errand),
      { folder: await filesOf(dynamodb, errand), at: "/home/dynamodblocal" },
    ],
    data: "/home/dynamodblocal/data",
    links: { "usr/bin/java": java },
    entry: `cd /home/dynamodblocal; exec java "$@"`,
  },
  zookeeper: {
    layers: async (errand) => [
      await debian(java_packages, errand),
      { folder: await filesOf(zookeeper, errand), at: "/usr/share/java" },
    ],
    data: "/data",
    links: { "usr/bin/java": java },
    entry: `
cat > /tmp/zoo.cfg <<END
dataDir=/data
clientPort=2181
tickTime=\${ZOO_TICK_TIME:-2000}
maxClientCnxns=\${ZOO_MAX_CLIENT_CNXNS:-60}
admin.enableServer=false
metricsProvider.className=org.apache.zookeeper.metrics.impl.NullMetricsProvider
END
for line in $ZOO_CFG_EXTRA; do echo "$line"; done >> /tmp/zoo.cfg
exec java $JVMFLAGS -Dzookeeper.jmx.log4j.disable=true \\
  -Dzookeeper.4lw.commands.whitelist=$ZOO_4LW_COMMANDS_WHITELIST \\
  -cp "$CLASSPATH:/usr/share/java/*" org.apache.zookeeper.server.ZooKeeperServerMain /tmp/zoo.cfg
`,
  },
};
