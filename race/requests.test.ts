import { expect, test } from "vitest";
import { BadRequest, readRequest } from "./requests.ts";

test("a request in one line", () => {
  const body = '{"amount": 30}';
  expect(readRequest(`POST /withdraw?of=alice ${body}`)).toEqual({
    method: "POST",
    path: "/withdraw?of=alice",
    headers: { "content-type": "application/json" },
    body,
    name: "POST /withdraw?of=alice",
  });
  expect(readRequest(" GET /\n")).toMatchObject({ path: "/", headers: {}, body: undefined });
});

test("a body may go on in further lines", () => {
  expect(readRequest('POST /pay {\n  "n": 1\n}').body).toBe('{\n  "n": 1\n}');
});

test("headers stand below the first line, and the body below a blank one", () => {
  const { headers, body } = readRequest(
    "PUT /form\nAuthorization: Bearer a:b\ncontent-Type: application/x-www-form-urlencoded\n\nn=1&m=2\n",
  );
  expect(headers).toEqual({
    Authorization: "Bearer a:b",
    "content-Type": "application/x-www-form-urlencoded",
  });
  expect(body).toBe("n=1&m=2");
});

test.each([
  ["", "begins with its method and its path"],
  ["post /x", "begins with its method and its path"],
  ["GET x", "begins with its method and its path"],
  ["POST /x n=1", "its body is not JSON"],
  ['POST /x\n{"n": 1}', "a body on lines of its own comes after a blank line"],
])("%j is no request", (text, why) => {
  expect(() => readRequest(text)).toThrow(BadRequest);
  expect(() => readRequest(text)).toThrow(why);
});
