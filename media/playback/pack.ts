// Finds prompts on disk. A root holds one folder a language, as distributions install them: `en_US_f_Allison`,
// `fr_CA_f_June`, and the links `en`, `fr_CA` by which the administrator chose a voice; a root may also hold
// prompts itself. In a pack `name.wav` wins over `name.g722`. Names come from the controller but are checked
// here all the same: nothing outside the root is ever opened.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface PromptPacks {
  /** The file of a prompt in the best language that has it, English as the last resort; undefined without. */
  locate(name: string, language: string): string | undefined;
  /** The folders found, for the log. */
  readonly folders: readonly string[];
}

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
export const audioExtensions = [".wav", ".g722"] as const;

export function findPacks(root: string): PromptPacks {
  const folders = readFolders(root);
  const orders = new Map<string, readonly string[]>();
  const orderFor = (language: string): readonly string[] => {
    let order = orders.get(language);
    if (!order) {
      order = [...inOrder(folders, language), root];
      if (orders.size < maxRemembered) orders.set(language, order);
    }
    return order;
  };
  return {
    folders: folders.map((folder) => folder.name),
    locate(name, language) {
      if (!isPromptName(name)) return undefined;
      for (const folder of orderFor(language)) {
        for (const extension of audioExtensions) {
          const file = join(folder, `${name}${extension}`);
          if (isFile(file)) return file;
        }
      }
      return undefined;
    },
  };
}

/** `conf-getpin`, `digits/3`: no dots, so no way up and no hidden file. */
export const isPromptName = (name: string): boolean =>
  name.length <= 100 && /^[a-z0-9_-]+(?:\/[a-z0-9_-]+)*$/.test(name);

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readFolders(root: string): PackFolder[] {
  let names: string[];
  try {
    names = readdirSync(root).sort();
  } catch {
    return [];
  }
  return names.slice(0, maxFolders).flatMap((name) => {
    const match = /^([a-z]{2,3})(?:[_-]([A-Za-z]{2}))?(_[\w-]*)?$/.exec(name);
    const path = join(root, name);
    if (!match?.[1] || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
    const region = (match[2] ?? "").toUpperCase();
    return [{ name, path, language: match[1], region, chosen: match[3] === undefined }];
  });
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
