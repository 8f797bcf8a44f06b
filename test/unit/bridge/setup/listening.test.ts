// Which key is at fault when a port cannot be had.
import { expect, it } from "vitest";
import { StartError } from "#common";
import { loadConfig } from "#config";
import { type Listener, listenersOf, listening, tryListeners } from "../../../../bridge/setup/listening.ts";

const configOf = (yaml: string) => loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => yaml });

it("every socket is tried, and :: beside others is IPv6 alone", () => {
  const listeners = listenersOf(configOf("sip: { listen_address: '10.0.0.1, ::' }"));

  expect(
    listeners.map(({ section, protocol, address, port }) => `${section} ${protocol} ${address} ${port}`),
  ).toEqual([
    ...[
      "sip UDP 10.0.0.1 5060",
      "sip TCP 10.0.0.1 5060",
      "sip TCP 10.0.0.1 5061",
      "sip UDP :: 5060",
      "sip TCP :: 5060",
      "sip TCP :: 5061",
      "api TCP 0.0.0.0 8887",
    ],
  ]);
  expect(listeners.map(({ ipv6Only }) => ipv6Only)).toEqual([false, false, false, true, true, true, false]);
});

const cases: [code: string, fails: Listener["section"], sentence: string][] = [
  ["EADDRINUSE", "sip", "sip.port: UDP port 5060 on 10.0.0.1 is in use by another program"],
  ["EADDRINUSE", "api", "api.port: TCP port 8887 on 0.0.0.0 is in use by another program"],
  ["EADDRNOTAVAIL", "sip", "sip.listen_address: 10.0.0.1 is not an address of this machine"],
  ["EAFNOSUPPORT", "sip", "sip.listen_address: 10.0.0.1 cannot be used: this machine has no IPv4"],
  ["EACCES", "sip", "sip.port: UDP port 5060 on 10.0.0.1 is not allowed for this user"],
  ["EMFILE", "api", "api.port: TCP port 8887 on 0.0.0.0 cannot be used: no"],
];
it.each(cases)("%s of %s is one sentence", async (code, fails, sentence) => {
  const trying = tryListeners(
    listenersOf(configOf("sip: { listen_address: 10.0.0.1 }")),
    async ({ section }) => {
      if (section === fails) throw Object.assign(new Error("no"), { code });
    },
  );

  await expect(trying).rejects.toThrow(new StartError(sentence));
});

it("there is none for TLS where it is switched off", () => {
  expect(listenersOf(configOf("sip: { tls_port: 0 }")).map(({ key }) => key)).toEqual([
    "port",
    "port",
    "port",
  ]);
});

it("the port for TLS is named by its own key, before and while it is opened", async () => {
  const listeners = listenersOf(configOf("sip: { listen_address: 10.0.0.1 }"));
  const taken = (port: number) => Object.assign(new Error("taken"), { code: "EADDRINUSE", port });
  const trying = tryListeners(listeners, async ({ port }) => {
    if (port === 5061) throw taken(port);
  });

  await expect(trying).rejects.toThrow(
    new StartError(
      "sip.tls_port: TCP port 5061 on 10.0.0.1 is in use by another program; 0 does without TLS",
    ),
  );
  await expect(listening(listeners, () => Promise.reject(taken(5061)))).rejects.toThrow(
    new StartError("sip.tls_port: taken"),
  );
});
