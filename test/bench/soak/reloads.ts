// A browser on the join page of the soak that is reloaded again and again; its token is a new one every few times.
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { enter, makeToken, openPage } from "../../interop/join-pages.ts";
import { openBrowserWithCamera } from "../../interop/join-pictures.ts";
import type { CommandOptions } from "./commands.ts";

export interface ReloadOptions extends CommandOptions {
  readonly room: string;
  readonly folder: string;
  readonly everyMs: number;
}

const pagesOfOneToken = 5;
const pagesOfOneBrowser = 20;

export async function reload(options: ReloadOptions): Promise<void> {
  const { parley, tally, stop, room, folder, everyMs } = options;
  let browser: Browser | undefined;
  let page: Page | undefined;
  const forget = async () => {
    const closed = browser;
    [browser, page] = [undefined, undefined];
    await closed?.close().catch(() => {});
  };
  for (let count = 0; !stop.aborted; count += 1) {
    try {
      if (count % pagesOfOneBrowser === 0) await forget();
      browser ??= await openBrowserWithCamera({ folder, colour: "red", tone: 620, endsWithSignals: false });
      if (page && count % pagesOfOneToken !== 0) await page.reload();
      else {
        await page?.context().close();
        const { token } = await makeToken(parley, room, { expires_in: 3600 });
        page = await openPage(browser, `${parley.url}/join/#${token}`);
      }
      const camera = page.getByRole("button", { name: "Start camera", exact: true });
      if (await camera.isVisible().catch(() => false)) await camera.click();
      await enter(page, "Browser");
      tally.reloads += 1;
    } catch (error) {
      if (!stop.aborted) {
        tally.reloadsFailed += 1;
        tally.note("browser", error);
      }
      await forget();
    }
    await sleep(everyMs, undefined, { signal: stop }).catch(() => {});
  }
  await forget();
}
