import { describe, expect, it } from "vitest";
import { loadConfig } from "#config";
import { developerConfig } from "../../../../tools/dev/config.ts";

describe("the configuration of npm run dev", () => {
  it("is one that the daemon takes, on this machine alone, with a key of its own", async () => {
    const [first, second] = await Promise.all([developerConfig("/tmp/a data"), developerConfig("/tmp/b")]);
    const config = loadConfig({ argv: ["--config", "dev.yaml"], env: {}, readFile: () => first });

    expect(config).toMatchObject({
      ...{ data_dir: "/tmp/a data", log: { format: "text" }, node: { drain_seconds: 0 } },
      sip: { listen_address: "127.0.0.1" },
      api: { listen_address: "127.0.0.1", tls: { mode: "off" } },
    });
    const keyOf = (text: string) => /admin_key: (\S{32})$/m.exec(text)?.[1];
    expect(keyOf(first)).toBeDefined();
    expect(keyOf(first)).not.toBe(keyOf(second));
  });
});
