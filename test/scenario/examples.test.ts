// The examples for integrators against a real daemon, together: a panel sees a bot come, mutes it and takes it out, and a
// receiver is sent what happened.
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, expect, it, onTestFailed } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley({ env: { WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "true" } });
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [...args], { env: { ...process.env, ...env }, stdio: "pipe" });
  children.push(child);
  const program = {
    out: "",
    type: (line: string) => void child.stdin.write(`${line}\n`),
    code: new Promise<number | null>((done) => child.once("close", done)),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      program.out += text;
    });
  }
  onTestFailed(() => void process.stderr.write(`${args[0]}: ${program.out}\n`));
  return program;
}

it("a panel, a bot and a webhook receiver work together", async () => {
  const extension = newExtension();
  const room = await parley().createRoom({ extension_number: extension, subject: "Examples" });
  const port = await freePort();
  const hook = await parley().request("/api/webhooks", {
    body: { url: `http://127.0.0.1:${port}/parley`, types: ["participant.*"], room },
  });
  expect(hook.status).toBe(201);
  const { id, secret } = hook.body as { id: string; secret: string };
  const made = await parley().request("/api/keys", {
    body: { name: "panel", scopes: ["read", "rooms"] },
  });
  const { key } = made.body as { key: string };
  const env = { PARLEY_URL: parley().url, PARLEY_KEY: key, PARLEY_SIP: `127.0.0.1:${parley().sip.port}` };

  const receiver = run(["examples/webhook-receiver.ts"], { PARLEY_WEBHOOK_SECRET: secret, PORT: `${port}` });
  const panel = run(["examples/panel.ts"], env);
  await join(parley(), "alice", extension);
  const bot = run(["examples/bot.ts", extension], env);

  await printed(bot, /^here: alice$/m);
  await printed(panel, /1 on call\n\d+ Examples\n {2}\d alice\n {2}\d Bot\n/);
  const number = /^ {2}(\d) Bot$/m.exec(panel.out)?.[1];
  panel.type(`m${number}`);
  await printed(panel, / Bot \(muted\)\n/);
  panel.type(`k${number}`);
  expect(await bot.code).toBe(0);
  panel.type("q");
  expect(await panel.code).toBe(0);
  await printed(receiver, / participant\.muted (?:.|\n)* participant\.left /);

  const forged = { method: "POST", body: "{}", headers: { "webhook-id": "1", "webhook-timestamp": "1" } };
  expect((await fetch(`http://127.0.0.1:${port}`, forged)).status).toBe(401);
  const deliveries = `/api/webhooks/${id}/deliveries`;
  const { items } = (await parley().request(deliveries)).body as { items: { id: string }[] };
  const again = await parley().request(`${deliveries}/${items[0]!.id}/redeliver`, { method: "POST" });
  expect(again.status).toBe(200);
  const events = receiver.out.split("\n").filter((line) => / participant\./.test(line));
  expect(events.length).toBe(new Set(events).size);
});

const printed = (program: { readonly out: string }, what: RegExp) =>
  eventually(
    () => what.exec(program.out) ?? undefined,
    () => `${what} in ${program.out}`,
  );

it("a room of the meet API is made, given a member, closed and deleted", async () => {
  const made = await parley().request("/api/keys", { body: { name: "meet", scopes: ["read", "rooms"] } });
  const { key } = made.body as { key: string };
  const program = run(["examples/meet.ts"], { PARLEY_URL: parley().url, PARLEY_KEY: key });
  expect(await program.code).toBe(0);
  expect(program.out).toMatch(
    /^room board_meeting-\w{15}: \S+secret=\w{10}\nmember ext-\w{15} may record: true\nthe room is closed\nroom_deleted\n$/,
  );
});
