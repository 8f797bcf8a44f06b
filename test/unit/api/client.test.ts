// The generated client is the one of today's description, and speaks to the API.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { clientPath, generateClient } from "../../support/client/generate.ts";
import { ParleyClient } from "../../support/client/parley-client.ts";
import { Fixture, key } from "./support/fixture.ts";

it("is what `npm run client` would write now", { timeout: 60_000 }, async () => {
  const committed = readFileSync(clientPath, "utf8");
  const current = await generateClient();
  expect(committed === current, "run `npm run client` and commit what it writes").toBe(true);
});

it("makes a room, shows it and is refused with a problem", async () => {
  const { app } = await Fixture.create();
  await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const { port } = app.server.address() as { port: number };
    const client = new ParleyClient({
      baseUrl: `http://127.0.0.1:${port}`,
      baseApiParams: { format: "json", headers: { "x-api-key": key } },
    });

    const made = await client.api.createConferenceRoom({ mode: "AUDIO", subject: "Typed", capacity: 9 });
    const shown = await client.api.getConferenceRoom(made.data.id);
    expect(shown.data).toMatchObject({ subject: "Typed", capacity: 9 });

    await expect(client.api.getConferenceRoom("none")).rejects.toMatchObject({
      error: { status: 404, code: "ROOM_NOT_FOUND" },
    });
  } finally {
    await app.close();
  }
});
