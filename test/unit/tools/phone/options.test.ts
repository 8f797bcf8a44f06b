import { describe, expect, it } from "vitest";
import { keySteps } from "../../../../tools/phone/keys.ts";
import { phoneHelp, readSettings } from "../../../../tools/phone/options.ts";

describe("the phone's command line", () => {
  it("knows whom to call, over UDP unless it is told TCP", () => {
    const { target, dtmfMethod, ringSeconds } = readSettings(["sip:6000@pbx.example:5070"], {});

    expect(target).toMatchObject({ user: "6000", host: "pbx.example", port: 5070, tcp: false });
    expect([dtmfMethod, ringSeconds]).toEqual(["rfc4733", 60]);
    expect(readSettings(["sip:6000@pbx;transport=tcp"], {}).target.tcp).toBe(true);
    expect(readSettings(["--tcp", "sip:6000@pbx"], {}).target.tcp).toBe(true);
  });

  it("takes the password from the environment alone", () => {
    const argv = ["--register", "sip:alice@pbx", "sip:6000@pbx"];

    expect(readSettings(argv, { PHONE_PASSWORD: "s3cret" }).registrar).toMatchObject({
      ...{ user: "alice", host: "pbx", password: "s3cret" },
    });
    expect(() => readSettings(argv, {})).toThrow("PHONE_PASSWORD");
  });

  it.each([
    [[], "sip:EXTENSION@HOST"],
    [["6000"], "sip:USER@HOST"],
    [["sip:6000@pbx:70000"], "sip:USER@HOST"],
    [["sip:6000@pbx", "more"], "more"],
    [["sip:6000@pbx", "--keys", "12x"], "--keys"],
    [["sip:6000@pbx", "--keys-by", "shouting"], "--keys-by"],
    [["sip:6000@pbx", "--codec", "G729"], "--codec"],
    [["sip:6000@pbx", "--seconds", "0"], "--seconds"],
    [["sip:6000@pbx", "--tone", "12"], "--tone"],
    [["sip:6000@pbx", "--name", "a b"], "--name"],
    [["sip:6000@pbx", "--loud"], "--loud"],
  ])("names what is wrong in %j", (argv, name) => {
    expect(() => readSettings(argv, {})).toThrow(name);
  });

  it("explains every option that it takes", () => {
    for (const option of ["tcp", "name", "codec", "register", "keys", "keys-by", "play", "tone", "record"]) {
      expect(phoneHelp).toContain(`--${option} `);
    }
  });

  it("types keys in runs with pauses of a second between", () => {
    expect(keySteps("12,,#A")).toEqual(["12", ",", ",", "#A"]);
    expect(keySteps("")).toEqual([]);
  });
});
