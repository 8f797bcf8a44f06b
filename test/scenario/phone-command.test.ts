// The phone for the command line against a real daemon: a developer's first look at a call.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wavFile } from "#media/files";
import { readWav } from "../interop/wav.ts";
import { headerOf, respondTo, Wire } from "../support/phone/index.ts";
import { runPhone } from "../support/phone-command.ts";
import { heardTones, sines } from "../support/tones.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), "parley-phone-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const uriOf = (extension: string) => `sip:${extension}@127.0.0.1:${parley().sip.port}`;

describe("the phone for the command line", () => {
  it.each(["rfc4733", "info", "inband"])("types a PIN by %s and is in the room", async (way) => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, room_pin: "4711" });
    const phone = runPhone([uriOf(extension), "--name", "dora", "--keys", ",4711#", "--keys-by", way]);

    await parley().participant(room, "dora");
    phone.interrupt();

    expect(await phone.code).toBe(0);
    expect(phone.out).toMatch(/^200 OK\nanswered: PCMU, audio with 127\.0\.0\.1:\d+\n/m);
    expect(phone.out).toMatch(/\nhung up\n$/);
    await parley().attendance(room, 0);
  });

  it.each(["UDP", "TCP"])("plays, records and says what it hears, over %s", async (transport) => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    const [speech, heard] = ["speech.wav", "heard.wav"].map((name) => joinPath(folder, name)) as [
      string,
      string,
    ];
    await writeFile(
      speech,
      wavFile(sines([{ frequency: 1040, levelDbov: -20 }], 16_000 * 8, 0, 16_000), 16_000),
    );
    const phone = runPhone([
      ...[uriOf(extension), "--play", speech, "--record", heard, "--seconds", "5", "--trace"],
      ...(transport === "TCP" ? ["--tcp"] : []),
    ]);

    await alice.hears("bob");

    expect(await phone.code).toBe(0);
    expect(phone.out).toMatch(/^hears tone of 440 Hz, -2\d\.\d dBov$/m);
    expect(phone.err).toContain(`Via: SIP/2.0/${transport} `);
    const { samples: recorded } = readWav(await readFile(heard));
    expect(recorded.length / 8000).toBeGreaterThan(3.5);
    expect(
      heardTones(recorded.subarray(-12_000, -4000), [440, 1040], -40).map((tone) => tone.frequency),
    ).toEqual([440]);
  });

  it("tells by its exit code how it ended", async () => {
    const refused = runPhone([uriOf("99999")]);
    expect(await refused.code).toBe(1);
    expect(refused.out).toMatch(/^404 /m);

    const silentPeer = await Wire.open();
    const silent = runPhone([`sip:6000@127.0.0.1:${silentPeer.local.port}`, "--ring-seconds", "1"]);
    expect(await silent.code).toBe(3);
    silentPeer.close();

    const wrong = runPhone(["--keys", "hello", uriOf("7000")]);
    expect(await wrong.code).toBe(2);
    expect(wrong.err).toContain("--keys");

    const missing = runPhone(["--play", joinPath(folder, "none.wav"), uriOf("7000")]);
    expect(await missing.code).toBe(2);
    expect(missing.err).toContain("--play");

    const help = runPhone(["--help"]);
    expect(await help.code).toBe(0);
    expect(help.out).toMatch(/^Usage: npm run phone -- /);
  });

  it("ends when the far end hangs up, and says so", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const phone = runPhone([uriOf(extension), "--quiet"]);
    const { id } = await parley().participant(room, "phone");
    await parley().command(room, id, "destroy");

    expect(await phone.code).toBe(0);
    expect(phone.out).toMatch(/^ended by the far end/m);
  });
});

describe("a registrar", () => {
  it("is registered at with the password, and takes the call", async () => {
    const registrar = await Wire.open();
    const seen: string[] = [];
    registrar.onMessage = (request, from) => {
      const proxy = request.method === "INVITE";
      const authorized = headerOf(request, proxy ? "Proxy-Authorization" : "Authorization");
      seen.push(`${request.method} ${authorized === undefined ? "without" : "with"} password`);
      const challenge = 'Digest realm="pbx", nonce="abc", qop="auth"';
      const challengeName = proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
      const [status, phrase] =
        authorized === undefined
          ? ([proxy ? 407 : 401, "Challenge"] as const)
          : ([proxy ? 486 : 200, "Busy or OK"] as const);
      if (request.method === "ACK") return;
      const headers = authorized === undefined ? [[challengeName, challenge] as const] : [];
      registrar.send(respondTo(request, status, phrase, { toTag: "t1", headers }), from);
    };
    const { port } = registrar.local;
    const phone = runPhone(["--register", `sip:alice@127.0.0.1:${port}`, `sip:6000@127.0.0.1:${port}`], {
      PHONE_PASSWORD: "s3cret",
    });

    expect(await phone.code).toBe(1);
    expect(phone.out).toMatch(/^registered: 200 .*\n407 Challenge\n486 /m);
    expect(seen.filter((line) => !line.startsWith("ACK"))).toEqual([
      ...["REGISTER without password", "REGISTER with password"],
      ...["INVITE without password", "INVITE with password"],
      ...["REGISTER without password", "REGISTER with password"],
    ]);
    expect(phone.out + phone.err).not.toContain("s3cret");
    registrar.close();
  });

  it("that refuses ends it with a code of its own", async () => {
    const registrar = await Wire.open();
    registrar.onMessage = (request, from) => registrar.send(respondTo(request, 403, "Forbidden"), from);
    const { port } = registrar.local;
    const phone = runPhone(["--register", `sip:alice@127.0.0.1:${port}`, `sip:6000@127.0.0.1:${port}`], {
      PHONE_PASSWORD: "s3cret",
    });

    expect(await phone.code).toBe(4);
    expect(phone.out).toBe("not registered: 403 Forbidden\n");
    registrar.close();
  });
});
