// Names of /etc/hosts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { hostsFileAddresses } from "../../../common/hosts-file.ts";

it("have the addresses of their family, each once, and none where there is no file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-hosts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "hosts");
  writeFileSync(
    path,
    "127.0.0.1\tlocalhost # the loopback of pbx\n::1 localhost ip6-localhost\n\n" +
      "192.0.2.1 pbx.example PBX\n192.0.2.2 pbx\n192.0.2.2 pbx\nnonsense pbx\n#192.0.2.3 pbx\n",
  );
  const addresses = (name: string, family: 4 | 6 = 4, file = path) => hostsFileAddresses(name, family, file);

  expect(await addresses("pbx")).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(await addresses("localhost", 6)).toEqual(["::1"]);
  expect(await addresses("Localhost")).toEqual(["127.0.0.1"]);
  expect(await addresses("other")).toEqual([]);
  expect(await addresses("pbx", 4, join(folder, "none"))).toEqual([]);
});
