// The API's description, for programs and for people: nothing in it is left undescribed, and the page for people
// needs no other server.
import { describe, expect, it } from "vitest";
import { Fixture } from "../support/fixture.ts";
import type { Schema } from "../support/openapi-shapes.ts";

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: unknown;
}

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}

const api = await Fixture.create();
const visit = (url: string) => api.app.inject({ method: "GET", url, remoteAddress: "192.0.2.1" });
const document = (await visit("/api/openapi.json")).json();
const paths: Record<string, Record<string, Described>> = document.paths;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
);

const hasExample = ({ schema, example, examples }: Media): boolean =>
  [example, examples, schema["example"], schema["examples"]].some((given) => given !== undefined);

/** Names of members without a word about them, at any depth. */
function undescribed(schema: Schema, path = ""): string[] {
  const members = Object.entries(schema.properties ?? {});
  return [
    ...members.flatMap(([name, member]) => [
      ...(member["description"] || member["$ref"] ? [] : [`${path}${name}`]),
      ...undescribed(member, `${path}${name}.`),
    ]),
    ...(schema.items ? undescribed(schema.items, `${path}[].`) : []),
  ];
}

describe("the description", () => {
  it("names every operation once, under a tag that is explained", () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }: { name: string }) => name);
    for (const [name, { tags: own }] of operations)
      expect(tags, name).toEqual(expect.arrayContaining([...own]));
  });

  describe.each(operations)(
    "%s",
    (_name, { summary, description, parameters = [], requestBody, responses }) => {
      it("says what it does, in short and at length", () => {
        expect(summary).toBeTruthy();
        expect(description).toBeTruthy();
        expect(parameters.filter((parameter) => !parameter.description)).toEqual([]);
      });

      it("shows what to send, with every field described", () => {
        for (const media of Object.values(requestBody?.content ?? {})) {
          expect(hasExample(media)).toBe(true);
          expect(undescribed(media.schema)).toEqual([]);
        }
      });

      it("shows what comes back, with every field described", () => {
        const successes = Object.entries(responses).filter(([status]) => status.startsWith("2"));
        expect(successes.length).toBeGreaterThan(0);
        for (const [, { description: meaning, content = {} }] of successes) {
          expect(meaning).toBeTruthy();
          for (const media of Object.values(content)) {
            expect(hasExample(media)).toBe(true);
            expect(undescribed(media.schema)).toEqual([]);
          }
        }
      });

      it("says how it is refused", () => {
        for (const status of ["4XX", "5XX"]) {
          const schema = responses[status]?.content?.["application/problem+json"]?.schema;
          expect(schema).toEqual({ $ref: "#/components/schemas/Problem" });
        }
      });
    },
  );

  it("has an example of a refusal", () => {
    expect(document.components.schemas.Problem.examples[0]).toMatchObject({
      status: 422,
      code: "INVALID_FIELD",
    });
  });
});

describe("the page for people", () => {
  const parts = ["/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"];

  it("is there without a key, and so is all that it refers to", async () => {
    const { body, headers, statusCode } = await visit("/docs");
    expect(statusCode).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const referred = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(referred).toHaveLength(4);
    for (const url of [...referred, "/api/openapi.json", "/docs/"]) {
      expect((await visit(url)).statusCode, url).toBe(200);
    }
    expect((await visit("/docs/oauth2-redirect.html")).statusCode).toBe(404);
  });

  it("may load nothing from another host", async () => {
    for (const url of parts) {
      const policy = String((await visit(url)).headers["content-security-policy"]);
      const sources = policy.split("; ").flatMap((directive) => directive.split(" ").slice(1));
      expect(policy).toContain("default-src 'none'");
      expect([...new Set(sources)].sort()).toEqual(["'none'", "'self'", "data:"]);
    }
  });

  it("names no other host in what it says, and asks none to validate", async () => {
    // Names of XML vocabularies look like addresses and are never asked for.
    const vocabularies = /http:\/\/www\.w3\.org\/(?:2000\/svg|1999\/xlink|1999\/xhtml)/g;
    for (const url of ["/docs", "/docs/start.js", "/docs/swagger-ui.css"]) {
      const text = (await visit(url)).body.replace(vocabularies, "");
      expect(text.match(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/gi), url).toBeNull();
    }
    expect((await visit("/docs/start.js")).body).toContain("validatorUrl: null");
  });

  it("holds no secret", async () => {
    await api.room({ room_pin: "471108", subject: "Very secret" });
    for (const url of [...parts, "/api/openapi.json"]) {
      const { body } = await visit(url);
      expect(body).not.toContain("471108");
      expect(body).not.toContain("Very secret");
    }
  });
});

it("the root says what answers here and where to go on", async () => {
  const root = await visit("/");

  expect(root.statusCode).toBe(200);
  expect(root.headers["content-type"]).toContain("text/html");
  for (const link of ["/docs", "/api/openapi.json", "/healthz"]) {
    expect(root.body).toContain(`href="${link}"`);
    expect((await visit(link)).statusCode).toBe(200);
  }
});
