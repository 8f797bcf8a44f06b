// What is read of this machine for an examination.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countFonts, issuerOf, readDisks } from "../../../../../bridge/setup/doctor/facts/files.ts";
import { realTimeLimitIn, receiveErrorsIn } from "../../../../../bridge/setup/doctor/facts/kernel.ts";
import { holderOfPort, socketsIn } from "../../../../../bridge/setup/doctor/facts/port-holders.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 4711 1 0 100 0 0 10 0
   1: 0100007F:13C4 0100007F:9C40 01 00000000:00000000 00:00000000 00000000   998        0 4712 1 0 100 0 0 10 0
   2: 00000000:22B7 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`;

it("a port's sockets are those that listen on it", () => {
  expect(socketsIn(tcpTable, "TCP", 5060)).toEqual(["4711"]);
  expect(socketsIn(tcpTable, "UDP", 5060)).toEqual(["4711", "4712"]);
  expect(socketsIn(tcpTable, "TCP", 22)).toEqual([]);
});

it("the program that has a port is named", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };

  expect(holderOfPort("TCP", port)).toMatch(new RegExp(`^\\S.* \\(process ${process.pid}\\)$`));
  await new Promise((resolve) => server.close(resolve));
  expect(holderOfPort("TCP", port)).toBeUndefined();
});

it("figures of the kernel are found by their names", () => {
  const snmp =
    "Ip: Forwarding\nIp: 1\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdp: 9 8 7 6 5\n";
  expect(receiveErrorsIn(snmp)).toBe(5);
  expect(receiveErrorsIn("")).toBeUndefined();
  const limits = (soft: string) =>
    `Max nice priority         0   0\nMax realtime priority     ${soft}   99\n`;
  expect(realTimeLimitIn(limits("0"))).toBe(0);
  expect(realTimeLimitIn(limits("unlimited"))).toBe(99);
  expect(realTimeLimitIn("")).toBeUndefined();
});

it("a disk is measured by a file that is gone afterwards, a folder that is not there is left out", async () => {
  const [disk, ...others] = await readDisks({ data_dir: folder, recordings: join(folder, "none") });

  expect(others).toEqual([]);
  expect(disk).toMatchObject({ name: "data_dir", path: folder, problem: undefined });
  expect(disk!.writeMs).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});

it("fonts are counted in the folders of the settings", () => {
  const settings = join(folder, "fonts.conf");
  writeFileSync(settings, `<fontconfig><dir>${folder}</dir><dir>/none</dir></fontconfig>`);
  expect(countFonts(settings)).toBe(0);
  writeFileSync(join(folder, "a.ttf"), "");
  expect(countFonts(settings)).toBe(1);
});

it("a chain ends at itself, at a trusted authority, or nowhere", () => {
  const [first = "", second = ""] = rootCertificates;

  expect(issuerOf(first)).toBe("itself");
  expect(issuerOf(`${first}\n${second}`)).toBe("unknown");
  expect(issuerOf("")).toBe("unknown");
});
