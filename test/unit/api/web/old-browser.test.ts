// What browsers are told that cannot read the page's program: the same as those that can, in each language.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { languages } from "../../../../api/web/src/texts/index.ts";

const program = readFileSync(join(import.meta.dirname, "../../../../api/web/public/old-browser.js"), "utf8");

/** As much of a document as the program uses; the texts that are in it afterwards. */
function shown(language: string, isDrawn = false): string[] {
  const texts: string[] = [];
  const element = () => ({ appendChild: () => {} });
  const page = { ...element(), firstChild: isDrawn ? {} : null };
  const document = {
    getElementById: () => page,
    createElement: element,
    createTextNode: (text: string) => texts.push(text),
  };
  const window = {
    addEventListener: (_: string, act: () => void) => act(),
    setTimeout: (act: () => void) => act(),
  };
  runInNewContext(program, { document, window, navigator: { language } });
  return texts;
}

test.each(languages)("in $lang it is the page's own sentence", ({ lang, problems }) => {
  expect(shown(lang)).toEqual([...problems.oldBrowser]);
});

test("a language that the page does not speak gets English", () => {
  expect(shown("de-DE")).toEqual(shown("en-GB"));
});

test("nothing is said where the page has been drawn", () => {
  expect(shown("en", true)).toEqual([]);
});

test("it is written for the oldest browsers: no word of newer versions of the language", () => {
  expect(program).not.toMatch(/\b(?:const|let|class|async|await)\b|=>|`/);
});
