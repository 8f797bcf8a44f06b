// `npm run client`: writes the typed client of our own tests (parley-client.ts) from the API's description, the
// server being made in memory. A test compares what is committed with what this makes.
import { writeFileSync } from "node:fs";
import { generateApi } from "swagger-typescript-api";
import { Fixture } from "../../unit/api/support/fixture.ts";

export const clientPath = new URL("parley-client.ts", import.meta.url);

const header = `// Generated from the API's description by \`npm run client\`, and never changed by hand.
// @ts-nocheck
`;

export async function generateClient(): Promise<string> {
  const { app } = await Fixture.create();
  const { body } = await app.inject({ method: "GET", url: "/api/openapi.json" });
  const { files } = await generateApi({
    spec: JSON.parse(body),
    fileName: "parley-client.ts",
    output: false,
    httpClientType: "fetch",
    apiClassName: "ParleyClient",
    generateUnionEnums: true,
    sortRoutes: true,
    sortTypes: true,
    silent: true,
  });
  const [file] = files;
  if (!file) throw new Error("no client was generated");
  return header + file.fileContent;
}

if (import.meta.main) writeFileSync(clientPath, await generateClient());
