// Finds prompts on disk. A root holds one folder a language, as distributions install them: `en_US_f_Allison`,
// `fr_CA_f_June`, and the links `en`, `fr_CA` by which the administrator chose a voice; a root may also hold
// prompts itself. The folders are read once, the prompts in them are looked for each time. In a pack `name.wav` wins over
// `name.g722`. Names come from the controller but are checked here all the same: nothing outside the root is ever opened.
import { join } from "node:path";
import { BoundedMap } from "#common";
import type { FileSource } from "./files.ts";

interface PackFolder {
  readonly name: string;
  readonly path: string;
  /** Lower case. */
  readonly language: string;
  /** Upper case; "" when the name has none. */
  readonly region: string;
  /** `en_US`, not `en_US_f_Allison`: the administrator's choice among voices. */
  readonly chosen: boolean;
}

const maxFolders = 200;
const maxRemembered = 100;
const maxFound = 2000;
export const audioExtensions = [".wav", ".g722"] as const;

export class PromptPacks {
  readonly root: string;
  #folders: readonly PackFolder[] | undefined;
  readonly #orders = new Map<string, readonly string[]>();
  readonly #found = new BoundedMap<string, string>({ most: maxFound });

  constructor(root: string) {
    this.root = root;
  }

  /** Whether no folder was found; undefined before the disk was asked. */
  get areMissing(): boolean | undefined {
    return this.#folders && this.#folders.length === 0;
  }

  /** Where `locate` has found the prompt last. */
  known(name: string, language: string): string | undefined {
    return this.#found.get(`${language} ${name}`);
  }

  /** The file of a prompt in the best language that has it, English as the last resort; undefined without. */
  async locate(name: string, language: string, files: FileSource): Promise<string | undefined> {
    if (!isPromptName(name)) return undefined;
    for (const folder of await this.#orderFor(language, files)) {
      for (const extension of audioExtensions) {
        const file = join(folder, `${name}${extension}`);
        if (!(await files.isFile(file))) continue;
        this.#found.set(`${language} ${name}`, file);
        return file;
      }
    }
    this.#found.delete(`${language} ${name}`);
    return undefined;
  }

  async #orderFor(language: string, files: FileSource): Promise<readonly string[]> {
    this.#folders ??= await readFolders(this.root, files);
    let order = this.#orders.get(language);
    if (!order) {
      order = [...inOrder(this.#folders, language), this.root];
      if (this.#orders.size < maxRemembered) this.#orders.set(language, order);
    }
    return order;
  }
}

/** `conf-getpin`, `digits/3`: no dots, so no way up and no hidden file. */
export const isPromptName = (name: string): boolean =>
  name.length <= 100 && /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(name);

async function readFolders(root: string, files: FileSource): Promise<PackFolder[]> {
  const folders: PackFolder[] = [];
  for (const name of (await files.list(root)).slice(0, maxFolders)) {
    const match = /^([a-z]{2,3})(?:[_-]([A-Za-z]{2}))?(_[\w-]*)?$/.exec(name);
    const path = join(root, name);
    if (!match?.[1] || !(await files.isFolder(path))) continue;
    const region = (match[2] ?? "").toUpperCase();
    folders.push({ name, path, language: match[1], region, chosen: match[3] === undefined });
  }
  return folders;
}

/** The wanted language, its region first, then English; within each the chosen voice first. */
function inOrder(folders: readonly PackFolder[], wanted: string): string[] {
  const [language = "", ...rest] = wanted.split(/[-_]/);
  const region = rest.find((part) => /^[A-Za-z]{2}$/.test(part))?.toUpperCase() ?? "";
  const rank = (folder: PackFolder): number => {
    const voice = folder.chosen ? 0 : 1;
    if (folder.language === language.toLowerCase()) {
      if (folder.region === region) return voice;
      return (folder.region === "" ? 2 : 4) + voice;
    }
    if (folder.language === "en") return 10 + voice;
    return Number.POSITIVE_INFINITY;
  };
  return folders
    .filter((folder) => Number.isFinite(rank(folder)))
    .sort((left, right) => rank(left) - rank(right))
    .map((folder) => folder.path);
}
