/** Says which pairs of statements a search has seen in both orders. */
import { shownStatement } from "../histories/shortened.ts";
import type { Coverage, Stated } from "../schedules/coverage.ts";

/** In one sentence. */
export function coverageText({ pairs, oneOrder }: Coverage): string {
  const both = pairs - oneOrder.length;
  return `Of ${pairs} pairs of statements that touch the same table or key, ${both} were seen in both orders.`;
}

/** The same, and then a line for each pair that was seen in one order only. */
export function coverageList(coverage: Coverage): string {
  const lines = coverage.oneOrder.map(
    ([first, second]) => `  only ${said(first)} before ${said(second)}`,
  );
  return [coverageText(coverage), ...lines].join("\n");
}

const said = ({ client, statement }: Stated): string =>
  `client ${client}: ${shownStatement(statement)}`;
