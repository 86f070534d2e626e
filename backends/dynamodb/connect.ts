import type * as Sdk from "@aws-sdk/client-dynamodb";
import { CannotConnect } from "../cannot-connect.ts";
import { connect_limit_ms, explainConnect, noUrl } from "../explain-connect.ts";
import { loadDriver } from "../load-driver.ts";
import { hostIn } from "../url-host.ts";

const url_form = "http://127.0.0.1:8000";

/** Loads the SDK without its warning about Node 20: standard error belongs to the user. */
export function loadSdk(): Promise<typeof Sdk> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  return loadDriver("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
}

/**
 * DynamoDB Local takes any credentials; these are never the user's own. Nor are the kinds of endpoints that AWS has, for
 * which the environment may ask.
 */
export const configFor = (endpoint: string): Sdk.DynamoDBClientConfig => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
});

/**
 * Asks for the tables, which shows whether this is DynamoDB at all.
 * @returns the product, as far as it tells. DynamoDB Local never tells a client its version, only that of Jetty,
 *   its HTTP server, which distinguishes it from AWS and from other stand-ins.
 * @throws CannotConnect
 */
export async function probe(
  library: typeof Sdk,
  config: Sdk.DynamoDBClientConfig,
  url: string,
): Promise<string> {
  if (!URL.canParse(url) || !/^https?:\/\/./.test(url)) throw noUrl("DynamoDB", url_form);
  const client = new library.DynamoDBClient({
    ...config,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: connect_limit_ms },
  });
  let http_server: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      http_server = headers?.["server"];
      return result;
    },
    { step: "deserialize", priority: "low", name: "raceproofServer" },
  );
  try {
    const abortSignal = AbortSignal.timeout(connect_limit_ms);
    const { TableNames } = await client.send(new library.ListTablesCommand({ Limit: 1 }), {
      abortSignal,
    });
    if (!Array.isArray(TableNames)) throw new Error("its list of tables is none");
  } catch (error) {
    throw await explained(error, new URL(url));
  } finally {
    client.destroy();
  }
  const jetty = /^Jetty\(([\d.]+)/.exec(http_server ?? "")?.[1];
  if (jetty) return `DynamoDB Local (Jetty ${jetty})`;
  return `DynamoDB stand-in (${http_server ?? "unnamed"})`;
}

async function explained(error: unknown, url: URL): Promise<CannotConnect> {
  const { $metadata, name, message } = Object(error) as {
    $metadata?: { httpStatusCode?: number };
    name?: string;
    message?: string;
  };
  if (/Unrecognized|Missing.*Token|Signature|AccessDenied|InvalidClient/.test(name ?? ""))
    return new CannotConnect(
      `DynamoDB at ${url.host} asks for real credentials (${name}): give the endpoint of a DynamoDB Local.`,
      { cause: error },
    );
  if ($metadata?.httpStatusCode !== undefined && name?.endsWith("Exception"))
    return new CannotConnect(`DynamoDB at ${url.host} refuses: ${message}.`, { cause: error });
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const place = { product: "DynamoDB", host: hostIn(url), port, user: "", url_form };
  return explainConnect(error, place, false);
}
