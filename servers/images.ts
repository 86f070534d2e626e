/** The official images, with their pinned versions. `docker/compose.yaml` names the same. */
export const images = {
  mysql: "mysql:9.7.2",
  mariadb: "mariadb:11.8.6",
  postgres: "postgres:18.6",
  redis: "redis:8.0.3",
  valkey: "valkey/valkey:8.1.4",
  dynamodb: "amazon/dynamodb-local:3.3.0",
  zookeeper: "zookeeper:3.9.3",
} as const;

export type Imaged = keyof typeof images;

/** What `docker/build-offline.ts` builds where no registry can be reached, under names of our own. */
export const stand_ins: Readonly<Record<Imaged, string>> = {
  mysql: "raceproof/mysql:9.7",
  mariadb: "raceproof/mariadb:11.8",
  postgres: "raceproof/postgres:18",
  redis: "raceproof/redis:8",
  valkey: "raceproof/valkey:8",
  dynamodb: "raceproof/dynamodb-local:3.3",
  zookeeper: "raceproof/zookeeper:3.9",
};

/** `RACEPROOF_MYSQL_IMAGE`: the environment variable that names another image instead of the pinned one. */
export const imageVariable = (kind: Imaged): string => `RACEPROOF_${kind.toUpperCase()}_IMAGE`;

/** The image for a kind of server: the environment's, else the pinned one. */
export function imageOf(kind: Imaged): string {
  return process.env[imageVariable(kind)] || images[kind];
}
