// The certificate of our own making, and the keeper that looks for a newer one.
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StartError, silentLogger } from "#common";
import { type CertificateKeeper, openCertificate } from "#services/access";
import { FakeClock } from "#test/support";
import { makeSelfSigned } from "../../../../../bridge/services/access/certificate/self-signed.ts";

const dayMs = 24 * 60 * 60 * 1000;
let data: string;
let clock: FakeClock;
const open: CertificateKeeper[] = [];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "parley-tls-"));
  clock = new FakeClock();
});
afterEach(async () => {
  for (const keeper of open.splice(0)) await keeper.close();
  await rm(data, { recursive: true });
});

async function opened(options: Partial<Parameters<typeof openCertificate>[0]> = {}) {
  const shown: string[] = [];
  const keeper = (await openCertificate({
    owner: "the API",
    mode: "self-signed",
    cert: join(data, "cert.pem"),
    key: join(data, "key.pem"),
    dataFolder: data,
    publicAddresses: ["203.0.113.7", ""],
    show: (line) => shown.push(line),
    clock,
    log: silentLogger,
    ...options,
  }))!;
  open.push(keeper);
  return { keeper, shown };
}

const own = (file: string) => join(data, "tls", file);

describe("a self-signed certificate", () => {
  test("is for this machine's names and addresses, for 825 days, and for us alone to read", async () => {
    const { keeper, shown } = await opened();

    const certificate = new X509Certificate(await readFile(own("cert.pem")));
    for (const address of ["127.0.0.1", "::1", "203.0.113.7"])
      expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("pbx.example")).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(keeper.current.notAfter - keeper.current.notBefore).toBe(825 * dayMs);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    for (const file of ["cert.pem", "key.pem"]) expect((await stat(own(file))).mode & 0o777).toBe(0o600);
    expect(shown).toEqual([expect.stringContaining(certificate.fingerprint256)]);
  });

  test("stays the same over a restart and is shown once", async () => {
    const first = await opened();
    const second = await opened();
    expect(second.keeper.current.fingerprint).toBe(first.keeper.current.fingerprint);
    expect(second.shown).toEqual([]);
  });

  test("is renewed in time while the bridge runs", async () => {
    const { keeper } = await opened();
    const first = keeper.current;
    const used: string[] = [];
    keeper.onChange(({ fingerprint }) => used.push(fingerprint));

    await clock.advance(790 * dayMs);
    await keeper.reload();
    expect(used).toEqual([]);
    await clock.advance(6 * dayMs);
    await keeper.reload();

    expect(used).toEqual([keeper.current.fingerprint]);
    expect(keeper.current.fingerprint).not.toBe(first.fingerprint);
    expect(keeper.current.notAfter).toBeGreaterThan(first.notAfter + 700 * dayMs);
  });

  test("is created again when it cannot be read and when a public address is missing", async () => {
    const first = await opened();
    const moved = await opened({ publicAddresses: ["203.0.113.8"] });
    expect(moved.keeper.current.fingerprint).not.toBe(first.keeper.current.fingerprint);
    expect(moved.keeper.current.names).toContain("203.0.113.8");

    await writeFile(own("key.pem"), "no key");
    const again = await opened({ publicAddresses: ["203.0.113.8"] });
    expect(again.keeper.current.fingerprint).not.toBe(moved.keeper.current.fingerprint);
  });
});

describe("the operator's files", () => {
  const write = async (names: readonly string[], now = clock.now()) => {
    const { cert, key } = await makeSelfSigned(names, now);
    await writeFile(join(data, "cert.pem"), cert);
    await writeFile(join(data, "key.pem"), key);
    return new X509Certificate(cert).fingerprint256;
  };

  test("are taken again when they change", async () => {
    await write(["a.example"]);
    const { keeper } = await opened({ mode: "files" });
    const used: string[] = [];
    for (const user of ["api", "sip"]) {
      keeper.onChange(({ fingerprint }) => used.push(`${user} ${fingerprint}`));
    }

    const second = await write(["b.example"]);
    await keeper.reload();

    expect(used).toEqual([`api ${second}`, `sip ${second}`]);
    expect(keeper.rejecting).toBe(false);
  });

  test.each([
    ["no certificate", { cert: "nonsense" }],
    ["no key", { key: "nonsense" }],
    ["a key of another certificate", "key"],
    ["an expired certificate", "expired"],
  ] as const)("with %s are refused, and the earlier pair stays", async (_, broken) => {
    const first = await write(["a.example"]);
    const { keeper } = await opened({ mode: "files" });
    const used: string[] = [];
    keeper.onChange(({ fingerprint }) => used.push(fingerprint));

    if (broken === "expired") await write(["a.example"], clock.now() - 900 * dayMs);
    else if (broken === "key") {
      await writeFile(join(data, "key.pem"), (await makeSelfSigned(["a.example"], clock.now())).key);
    } else if ("cert" in broken) await writeFile(join(data, "cert.pem"), broken.cert);
    else await writeFile(join(data, "key.pem"), broken.key);
    await keeper.reload();

    expect(keeper.rejecting).toBe(true);
    expect([keeper.current.fingerprint, used]).toEqual([first, []]);
    const third = await write(["c.example"]);
    await keeper.reload();
    expect([keeper.rejecting, used]).toEqual([false, [third]]);
  });

  test("that are not there or not a pair stop the start with a sentence", async () => {
    await expect(opened({ mode: "files" })).rejects.toThrow(StartError);
    await write(["a.example"]);
    await writeFile(join(data, "key.pem"), (await makeSelfSigned(["a.example"], clock.now())).key);
    await expect(opened({ mode: "files" })).rejects.toThrow(
      "the private key does not belong to the certificate",
    );
  });

  test("that have expired are used at the start: an old certificate is better than no API", async () => {
    const fingerprint = await write(["a.example"], clock.now() - 900 * dayMs);
    const { keeper } = await opened({ mode: "files" });
    expect(keeper.current.fingerprint).toBe(fingerprint);
  });
});
