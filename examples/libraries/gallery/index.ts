/** The programs with ORMs; `npm run gallery` runs them when this workspace is installed. */
import type { Shelf } from "../../../tests/gallery/program.ts";
import { document_client } from "./document-client.ts";
import { drizzle_mysql, drizzle_postgres } from "./drizzle.ts";
import { knex_shelves } from "./knex.ts";
import { kysely_shelves } from "./kysely.ts";
import { mikro_orm_shelves } from "./mikro-orm.ts";
import { prisma_shelves } from "./prisma.ts";
import { sequelize_shelves } from "./sequelize.ts";
import { typeorm_shelves } from "./typeorm.ts";

export const shelves = [
  document_client,
  drizzle_postgres,
  drizzle_mysql,
  ...kysely_shelves,
  ...knex_shelves,
  ...typeorm_shelves,
  ...sequelize_shelves,
  ...prisma_shelves,
  ...mikro_orm_shelves,
] as unknown as readonly Shelf<unknown>[];
