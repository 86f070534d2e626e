/** A racy increment and its repair, in languages of which we know nothing but a command. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Template } from "../../race/environment.ts";
import { commandOf } from "./languages.ts";
import { counter, put_back, raceOn } from "./race.test-support.ts";

const folder = "examples/any-language";
const jdbc = {
  postgres: "jdbc:postgresql://{host}:{port}/{database}?user={user}&password={password}",
  mysql: "jdbc:mariadb://{host}:{port}/{database}?user={user}&password={password}",
} as const;
const pdo = { postgres: "pgsql", mysql: "mysql" } as const;
const jars = { postgres: "postgresql", mysql: "mariadb-java-client" } as const;

const has_jars = Object.values(jars).every((name) => existsSync(jarOf(name)));
const java = commandOf({
  name: "java",
  commands: has_jars ? ["java"] : [],
  probe: ["-version"],
  is_slow: true,
});
// Compiled once: a program that is compiled anew for every client takes seconds.
const classes = mkdtempSync(join(tmpdir(), "raceproof-java-"));
if (java) execFileSync("javac", ["-d", classes, `${folder}/jdbc/Increment.java`]);
afterAll(() => rmSync(classes, { recursive: true }));
const php = commandOf({
  name: "php",
  commands: ["php"],
  probe: ["-r", 'exit(array_diff(["mysql", "pgsql"], PDO::getAvailableDrivers()) ? 1 : 0);'],
});
const ruby = commandOf({ name: "ruby", commands: ["ruby"], probe: ["-e", "require 'pg'"] });
const perl = commandOf({
  name: "perl",
  commands: ["perl"],
  probe: ["-e", "require DBD::Pg; require DBD::mysql;"],
});
const dbi = { postgres: "Pg", mysql: "mysql" } as const;
const psql = commandOf({ name: "psql", commands: ["psql"], probe: ["--version"] });

function jarOf(name: string): string {
  return `/usr/share/java/${name}.jar`;
}

interface Increment {
  readonly name: string;
  readonly kind: "mysql" | "postgres";
  readonly argv: readonly string[];
  readonly templates: readonly Template[];
}

const kinds = ["postgres", "mysql"] as const;
const increments: readonly Increment[] = [
  ...(java === undefined ? [] : kinds).map((kind) => ({
    name: `Java with JDBC on ${kind}`,
    kind,
    argv: [java!, "-XX:TieredStopAtLevel=1", "-cp", `${jarOf(jars[kind])}:${classes}`, "Increment"],
    templates: [{ name: "JDBC_URL", text: jdbc[kind] }],
  })),
  ...(php === undefined ? [] : kinds).map((kind) => ({
    name: `PHP with PDO on ${kind}`,
    kind,
    argv: [php!, `${folder}/php/increment.php`],
    templates: [
      { name: "PDO_DSN", text: `${pdo[kind]}:host={host};port={port};dbname={database}` },
      { name: "PDO_USER", text: "{user}" },
      { name: "PDO_PASSWORD", text: "{password}" },
    ],
  })),
  ...(perl === undefined ? [] : kinds).map((kind) => ({
    name: `Perl with DBI on ${kind}`,
    kind,
    argv: [perl!, `${folder}/perl/increment.pl`],
    templates: [
      { name: "DSN", text: `dbi:${dbi[kind]}:host={host};port={port};database={database}` },
      { name: "DSN_USER", text: "{user}" },
      { name: "DSN_PASSWORD", text: "{password}" },
    ],
  })),
  ...(psql === undefined ? [] : ["postgres" as const]).map((kind) => ({
    name: "a shell script with psql",
    kind,
    argv: ["sh", `${folder}/psql/increment.sh`],
    templates: [],
  })),
  ...(ruby === undefined ? [] : ["postgres" as const]).map((kind) => ({
    name: "Ruby with pg on postgres",
    kind,
    argv: [ruby!, `${folder}/ruby/increment.rb`],
    templates: [],
  })),
];

describe.runIf(increments.length > 0).each(increments)("$name", ({ kind, argv, templates }) => {
  const increment = (how: string) =>
    raceOn({ ...counter, kind, setup: put_back[kind], argv: [...argv, how], templates });

  test("racy it loses, repaired it does not", async () => {
    const racy = await increment("racy");
    expect(racy.text).toMatch(/failed check[\s\S]*UPDATE Counter SET count_value = '?1'?/);
    const repaired = await increment("repaired");
    expect(repaired.exploration?.proof, repaired.text).toBe(true);
  });
});
