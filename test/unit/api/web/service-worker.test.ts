// What the page's service worker keeps: the page as it was opened last and the files that this one names, for when there is no network.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

const program = readFileSync(join(import.meta.dirname, "../../../../api/web/public/sw.js"), "utf8");
const origin = "https://bridge.example";

interface FetchEvent {
  readonly request: { readonly method: string; readonly url: string; readonly mode: string };
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

/** As much of a browser as the worker uses. `files`: what the bridge serves now. */
class Browser {
  files: Readonly<Record<string, string>> = {};
  isOnline = true;
  readonly #kept = new Map<string, Response>();
  readonly #listeners = new Map<string, (event: FetchEvent) => void>();

  readonly #prefix: string;

  /** `prefix`: the path at which a reverse proxy has the bridge. */
  constructor(prefix = "") {
    this.#prefix = prefix;
    const cache = {
      put: async (key: unknown, response: Response) => void this.#kept.set(addressOf(key), response),
      keys: async () => [...this.#kept.keys()].map((url) => ({ url })),
      delete: async (key: unknown) => this.#kept.delete(addressOf(key)),
    };
    const match = async (key: unknown) => this.#kept.get(addressOf(key))?.clone();
    runInNewContext(program, {
      ...{ URL, Response },
      self: {
        location: { origin, href: `${origin}${prefix}/join/sw.js` },
        addEventListener: (name: string, act: (event: FetchEvent) => void) => this.#listeners.set(name, act),
      },
      caches: { open: async () => cache, match },
      fetch: async ({ url }: { readonly url: string }) => {
        if (!this.isOnline) throw new TypeError("no network");
        const file = this.files[new URL(url).pathname.slice(prefix.length)];
        return file === undefined ? new Response("", { status: 404 }) : new Response(file);
      },
    });
  }

  get kept(): readonly string[] {
    return [...this.#kept.keys()].map((url) => new URL(url).pathname).sort();
  }

  /** The text that the page gets; undefined: the worker leaves the request to the browser. */
  async get(path: string): Promise<string | undefined> {
    const works: Promise<unknown>[] = [];
    let answer: Promise<Response> | undefined;
    const mode = path.startsWith("/join/?") || path === "/join/" ? "navigate" : "no-cors";
    this.#listeners.get("fetch")!({
      request: { method: "GET", url: `${origin}${this.#prefix}${path}`, mode },
      waitUntil: (work) => void works.push(work),
      respondWith: (given) => {
        answer = given;
      },
    });
    const text = await (await answer)?.text();
    await Promise.all(works);
    return text;
  }
}

const addressOf = (key: unknown): string =>
  new URL(typeof key === "string" ? key : (key as { readonly url: string }).url, origin).href;

const version = (name: string) => ({
  "/join/": `<script src="./assets/index-${name}.js"></script>`,
  "/join/icon.svg": "<svg/>",
  [`/join/assets/index-${name}.js`]: `program ${name}`,
});

async function open(browser: Browser, name: string): Promise<void> {
  browser.files = version(name);
  for (const path of ["/join/?room=1&secret=2", "/join/icon.svg", `/join/assets/index-${name}.js`]) {
    expect(await browser.get(path)).toBeDefined();
  }
}

describe("the service worker", () => {
  it("gives the page and its files without the network as they were last", async () => {
    const browser = new Browser();
    await open(browser, "old");
    browser.isOnline = false;
    expect(await browser.get("/join/")).toBe(version("old")["/join/"]);
    expect(await browser.get("/join/assets/index-old.js")).toBe("program old");
  });

  it("drops the files of the version before, and nothing else, once the page is another one", async () => {
    const browser = new Browser();
    await open(browser, "old");
    await open(browser, "new");
    expect(browser.kept).toEqual(["/join/", "/join/assets/index-new.js", "/join/icon.svg"]);
    browser.isOnline = false;
    expect(await browser.get("/join/")).toBe(version("new")["/join/"]);
    expect(await browser.get("/join/assets/index-new.js")).toBe("program new");
  });

  it("does the same below the path of a reverse proxy", async () => {
    const browser = new Browser("/parley");
    await open(browser, "old");
    await open(browser, "new");
    expect(browser.kept).toEqual(
      ["/join/", "/join/assets/index-new.js", "/join/icon.svg"].map((path) => `/parley${path}`),
    );
    browser.isOnline = false;
    expect(await browser.get("/join/?room=1&secret=2")).toBe(version("new")["/join/"]);
  });

  it("keeps no refusal in the place of what it has", async () => {
    const browser = new Browser();
    await open(browser, "old");
    browser.files = {};
    await browser.get("/join/");
    browser.isOnline = false;
    expect(await browser.get("/join/")).toBe(version("old")["/join/"]);
  });

  it("leaves everything beside the page alone", async () => {
    const browser = new Browser();
    browser.files = { "/api/join": "{}" };
    expect(await browser.get("/api/join")).toBeUndefined();
    expect(browser.kept).toEqual([]);
  });
});
