// The section `mail`: what it may say, and the sentence that stops the start otherwise.
import { describe, expect, it } from "vitest";
import { StartError } from "#common";
import { loadConfig, readMail } from "#config";

const load = (mail: Record<string, string>) =>
  loadConfig({
    argv: ["--config", "p.yaml"],
    env: {},
    readFile: () => JSON.stringify({ mail: { from: "Parley <parley@example.com>", ...mail } }),
  }).mail;

describe("a mail server", () => {
  it("is not there unless configured", () => expect(readMail(load({}))).toBeUndefined());

  it("is named by its host, or by a URL", () => {
    const login = { user: "u", password: "p@ss" };
    const from = { name: "Parley", address: "parley@example.com" };
    expect(readMail(load({ host: "mail.example", ...login }))).toEqual({
      server: { host: "mail.example", port: 587, secure: "auto", ...login },
      from,
    });
    expect(readMail(load({ smtp_url: "smtps://u:p%40ss@mail.example" }))).toEqual({
      server: { host: "mail.example", port: 465, secure: "tls", ...login },
      from,
    });
    expect(readMail(load({ smtp_url: "smtp://[::1]:2525", from: "a@b.example" }))).toMatchObject({
      server: { host: "::1", port: 2525, user: "" },
      from: { name: "", address: "a@b.example" },
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ host: "a b" }, "mail.host"],
    [{ host: "mail.example", from: "" }, "mail.from"],
    [{ host: "mail.example", from: "Parley <parley>" }, "mail.from"],
    [{ host: "mail.example", from: "A\r\nBcc: x <a@b.example>" }, "mail.from"],
    [{ host: "mail.example", user: "u" }, "go together"],
    [{ user: "u", password: "hush" }, "need mail.host"],
    [{ host: "mail.example", smtp_url: "smtp://mail.example" }, "only one"],
    [{ smtp_url: "http://u:hush@mail.example" }, "mail.smtp_url"],
    [{ smtp_url: "smtp://u:hush%@mail.example" }, "%25"],
    [{ smtp_url: "smtp://u:hush@mail.example?x=1" }, "nothing after"],
    [{ smtp_url: "smtp://u@mail.example" }, "neither"],
    [{ join_url: "https://meet.example/room" }, "mail.join_url"],
    [{ join_url: "javascript:alert({extension})" }, "mail.join_url"],
    [{ join_url: "https://meet.example/{pin}/{extension}" }, "mail.join_url"],
  ])("%j stops the start", (mail, words) => {
    const start = () => load(mail);
    expect(start).toThrow(StartError);
    expect(start).toThrow(words);
    expect(start).not.toThrow("hush");
  });
});
