import { rmSync, symlinkSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { systemFiles } from "../../../../media/playback/files.ts";
import { PromptPacks } from "../../../../media/playback/pack.ts";
import { inFolder, put, useFolder } from "../support/prompt-files.ts";

useFolder();

describe("finding prompts", () => {
  beforeEach(() => {
    for (const folder of ["en_US_f_Allison", "en_GB_m_Tom", "fr_CA_f_June", "es_MX_f_Allison"]) {
      put(`sounds/${folder}/conf-getpin.g722`);
    }
    put("sounds/en_US_f_Allison/digits/3.g722");
    put("sounds/en_GB_m_Tom/conf-full.g722");
    symlinkSync("en_GB_m_Tom", inFolder("sounds/en"));
    put("secret.g722");
  });

  const locate = async (name: string, language: string): Promise<string | undefined> => {
    const file = await new PromptPacks(inFolder("sounds")).locate(name, language, systemFiles);
    return file?.slice(inFolder("sounds").length + 1);
  };

  it.each([
    ["en", "en/conf-getpin.g722"],
    ["en-US", "en_US_f_Allison/conf-getpin.g722"],
    ["en-AU", "en/conf-getpin.g722"],
    ["fr-CA", "fr_CA_f_June/conf-getpin.g722"],
    ["fr", "fr_CA_f_June/conf-getpin.g722"],
    ["fr-FR", "fr_CA_f_June/conf-getpin.g722"],
    ["FR_ca", "fr_CA_f_June/conf-getpin.g722"],
    ["es-419", "es_MX_f_Allison/conf-getpin.g722"],
    ["de-DE", "en/conf-getpin.g722"],
    ["zh-Hant-TW", "en/conf-getpin.g722"],
    ["", "en/conf-getpin.g722"],
  ])("speaks %s with what is installed", async (language, file) => {
    expect(await locate("conf-getpin", language)).toBe(file);
  });

  it("falls back to English prompt by prompt", async () => {
    expect(await locate("digits/3", "fr-CA")).toBe("en_US_f_Allison/digits/3.g722");
    expect(await locate("conf-unheard-of", "fr-CA")).toBeUndefined();
  });

  it("prefers a WAV of the administrator's to what the distribution brought", async () => {
    put("sounds/fr_CA_f_June/conf-getpin.wav");
    expect(await locate("conf-getpin", "fr")).toBe("fr_CA_f_June/conf-getpin.wav");
  });

  it("finds prompts that lie in the root itself", async () => {
    put("sounds/welcome.wav");
    expect(await locate("welcome", "it")).toBe("welcome.wav");
  });

  it.each([
    "../secret",
    "../../etc/passwd",
    "/etc/passwd",
    "digits//3",
    "digits/../digits/3",
    "Conf-Getpin",
    "",
    "a.b",
  ])("opens nothing for the name %j", async (name) => {
    expect(await locate(name, "en")).toBeUndefined();
  });

  it("lives without any folder", async () => {
    const packs = new PromptPacks(inFolder("nowhere"));
    expect(packs.areMissing).toBeUndefined();
    expect(await packs.locate("conf-getpin", "en", systemFiles)).toBeUndefined();
    expect(packs.areMissing).toBe(true);
  });

  it("finds a prompt that is put there later, and forgets one that is gone", async () => {
    const packs = new PromptPacks(inFolder("sounds"));
    expect(await packs.locate("late", "fr", systemFiles)).toBeUndefined();
    put("sounds/en_GB_m_Tom/late.wav");
    expect(await packs.locate("late", "fr", systemFiles)).toBe(inFolder("sounds/en/late.wav"));
    expect(packs.known("late", "fr")).toBe(inFolder("sounds/en/late.wav"));
    rmSync(inFolder("sounds/en/late.wav"));
    expect(await packs.locate("late", "fr", systemFiles)).toBeUndefined();
    expect(packs.known("late", "fr")).toBeUndefined();
  });
});
