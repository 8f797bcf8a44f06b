// A trunk's settings as a test needs them: everything off that is not asked for.

import type { DialOutSettings, TrunkSettings } from "#services/trunks";
import { anyPeer } from "#sip";

export const noDialOut: DialOutSettings = {
  allow: [],
  deny: [],
  prefixes: [],
  byHosts: false,
  callerId: "",
  callerIdHeader: "from",
  confirm: false,
  ringSeconds: 45,
  retries: 0,
  retrySeconds: 60,
  perHour: 0,
  dailyMinutes: 0,
};

export const trunkSettings = (fields: Partial<TrunkSettings> = {}): TrunkSettings => ({
  name: "office",
  kind: "static",
  hosts: ["sip:10.0.0.9"],
  networks: [],
  username: "",
  password: "",
  authUsername: "",
  realm: "",
  domain: "",
  fromUser: "",
  registrationSeconds: 300,
  keepaliveSeconds: 30,
  extension: "",
  codecs: [],
  tls: { ...anyPeer, requireCertificate: false },
  srtp: "inherit",
  dialOut: noDialOut,
  ...fields,
});
