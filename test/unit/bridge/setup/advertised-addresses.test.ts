// What others reach this machine under, in the words of the configuration.
import { expect, it } from "vitest";
import { loadConfig } from "#config";
import { allPublicAddresses } from "../../../../bridge/setup/advertised-addresses.ts";

it.each([
  ["", []],
  ["203.0.113.7 ", ["203.0.113.7"]],
  ["192.168.1.10=203.0.113.7, 10.20.0.5=198.51.100.9", ["203.0.113.7", "198.51.100.9"]],
])("public_ipv4 %j is %j", (text, expected) => {
  const yaml = `node: { public_ipv4: "${text}" }`;
  const config = loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => yaml });
  expect(allPublicAddresses(config)).toEqual(expected);
});
