// Where the names lie that callers say: nothing of them outlives its use.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "#common";
import { SpokenNames } from "#conference/clips";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-names-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () => readdirSync(join(folder, "names"));
const store = (clip: string) => writeFileSync(join(folder, `${clip}.wav`), "a voice");

describe("spoken names", () => {
  it("lie where no other user may look, under names that say nothing, until they are discarded", async () => {
    const names = SpokenNames.open(folder, silentLogger);
    expect(statSync(join(folder, "names")).mode & 0o777).toBe(0o700);
    const [one, two] = [names.next(), names.next()];
    expect(one.clip).toMatch(/^names\/[0-9a-f-]{36}$/);
    expect(one.clip).not.toBe(two.clip);
    store(one.clip);
    store(two.clip);
    one.discard();
    one.discard();
    await vi.waitFor(() => expect(files()).toEqual([`${two.clip.split("/")[1]}.wav`]));
  });

  it("of a bridge that was killed are gone at the next start, and other clips are not", () => {
    mkdirSync(join(folder, "names"));
    mkdirSync(join(folder, "welcome"));
    writeFileSync(join(folder, "names", "left-behind.wav"), "a voice");
    SpokenNames.open(folder, silentLogger);
    expect(files()).toEqual([]);
    expect(existsSync(join(folder, "welcome"))).toBe(true);
  });

  it("are all gone when the bridge stops", () => {
    const names = SpokenNames.open(folder, silentLogger);
    store(names.next().clip);
    names.close();
    names.close();
    expect(existsSync(join(folder, "names"))).toBe(false);
  });
});
