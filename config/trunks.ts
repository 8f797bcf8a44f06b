// The key `trunks`: connections to PBXs and carriers, a list of sections, and the checks across them.
import { isIP } from "node:net";
import { type Static, Type } from "typebox";
import { isNumber, isPattern, parseNetwork, StartError } from "#common";

const text = (description: string) => Type.String({ default: "", maxLength: 200, description });
const path = (description: string) => Type.String({ default: "", maxLength: 4000, description });
const texts = (maxItems: number, description: string) =>
  Type.Array(Type.String({ maxLength: 200 }), { maxItems, default: [], description });

const whole = (
  fallback: number,
  bounds: { readonly minimum: number; readonly maximum: number },
  description: string,
) => Type.Integer({ ...bounds, default: fallback, description });

const trunkSchema = Type.Object(
  {
    name: text("Name in logs, metrics and the API: letters, digits, - and _."),
    kind: Type.Enum(["static", "registered"], {
      default: "static",
      description:
        "static: identified by its address. registered: Parley registers with it, as a telephone does.",
    }),
    hosts: texts(
      8,
      'In the order in which they are tried, such as "sip:192.0.2.1:5060;transport=udp" or "sip:pbx.example;transport=tls". Required.',
    ),
    networks: texts(50, "Networks that it may call from, besides the addresses of its hosts."),
    username: text("The user that Parley registers as and calls as."),
    password: text("For digest authentication, in both directions."),
    auth_username: text("The name for authentication when it is not the username."),
    realm: text("The only realm whose challenges are answered. Empty: any."),
    domain: text("SIP domain of the addresses used with it. Empty: the first host."),
    from_user: text("User part of From in our calls. Empty: the username."),
    expires: Type.Integer({
      minimum: 60,
      maximum: 86_400,
      default: 300,
      description: "Seconds for which a registration is requested.",
    }),
    keepalive_seconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 30,
      description: "Seconds between two OPTIONS that check whether it is up. 0: none.",
    }),
    tls_verify: Type.Boolean({
      default: true,
      description:
        "Over TLS: its certificate must be valid and for its host or domain. false: any certificate is accepted, so that a machine in between can listen.",
    }),
    tls_names: texts(
      20,
      "Further names that are accepted in its certificate, compared exactly; a wildcard name is accepted only if listed here.",
    ),
    tls_ca: path("PEM file of the authorities that may have signed it. Empty: those of the system."),
    tls_certificate: path("PEM file of our certificate for it. Empty: none."),
    tls_key: path("PEM file of that certificate's key."),
    tls_require_certificate: Type.Boolean({
      default: false,
      description:
        "Calls are accepted from this trunk only over TLS, with a certificate for one of these names signed by sip.tls_client_ca; its addresses alone are then not enough.",
    }),
    extension: text(
      "Number that calls to the registered username lead to. Empty: the number in their To header.",
    ),
    codecs: Type.Array(Type.Enum(["opus", "G722", "PCMA", "PCMU"]), {
      maxItems: 4,
      uniqueItems: true,
      default: [],
      description:
        "Audio codecs, of opus, G722, PCMA and PCMU; our offers have this order, our answers the caller's. Empty: all.",
    }),
    srtp: Type.Enum(["inherit", "forbid", "allow", "require"], {
      default: "inherit",
      description:
        "Encrypted media (SRTP). inherit: as sip.srtp and sip.srtp_over_tls. The other values: as there.",
    }),
    dial_allow: texts(
      200,
      "Numbers that rooms may dial over it, after dial_prefixes: X is 0-9, Z 1-9, N 2-9, [1-3] one of these, " +
        "a dot at the end one digit or more. Empty: none.",
    ),
    dial_deny: texts(200, "Numbers that are never dialled, whatever dial_allow says."),
    dial_prefixes: Type.Array(
      Type.Object(
        { from: Type.String({ maxLength: 20 }), to: Type.String({ maxLength: 20 }) },
        { additionalProperties: false },
      ),
      {
        maxItems: 50,
        default: [],
        description:
          'Conversion of numbers for it, such as {from: "+", to: "00"}; the first prefix that fits is replaced.',
      },
    ),
    dial_by_hosts: Type.Boolean({
      default: false,
      description:
        "Hosts may dial over it with the keys of their telephone (keys.dial), within the same rules.",
    }),
    dial_confirm: Type.Boolean({
      default: true,
      description: "The callee presses 1 before they are let in, so that no voicemail joins a meeting.",
    }),
    dial_ring_seconds: whole(45, { minimum: 5, maximum: 180 }, "How long it may ring."),
    dial_retries: whole(0, { minimum: 0, maximum: 5 }, "Further tries when busy or not answered."),
    dial_retry_seconds: whole(60, { minimum: 5, maximum: 3600 }, "Seconds between two tries."),
    dial_per_hour: whole(60, { minimum: 0, maximum: 100_000 }, "Calls in any hour. 0: no limit."),
    dial_daily_minutes: whole(
      600,
      { minimum: 0, maximum: 1_000_000 },
      "Minutes of calls a day (UTC), after which nothing is dialled until the next day. 0: no limit.",
    ),
    caller_id: text("The number that rooms call from. Empty: from_user."),
    caller_id_header: Type.Enum(["from", "p-asserted-identity"], {
      default: "from",
      description: "Header that carries the caller's number. p-asserted-identity leaves the account in From.",
    }),
  },
  { additionalProperties: false },
);

export const trunksSchema = Type.Array(trunkSchema, {
  maxItems: 100,
  default: [],
  description: "Trunks: connections to PBXs and carriers; see docs/connect.md.",
});

type TrunkConfig = Static<typeof trunkSchema>;

const hostPattern =
  /^sips?:(\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(:\d{1,5})?(;transport=(udp|tcp|tls))?$/i;

/** `tls`: whether SIP over TLS is on, and whether client certificates are requested. Throws StartError. */
export function checkTrunks(
  trunks: readonly TrunkConfig[],
  tls: { readonly on: boolean; readonly asks: boolean },
): void {
  const names = new Set<string>();
  const tlsHosts = new Map<string, { readonly name: string; readonly settings: string }>();
  for (const [index, trunk] of trunks.entries()) {
    const key = (name: keyof TrunkConfig) => `trunks[${index}].${name}`;
    const { name } = trunk;
    if (!/^[A-Za-z\d_-]{1,64}$/.test(name)) {
      throw new StartError(`${key("name")} must be letters, digits, - or _ (it is ${JSON.stringify(name)})`);
    }
    if (names.has(name)) throw new StartError(`${key("name")}: another trunk is called "${name}" already`);
    names.add(name);
    checkHosts(key("hosts"), trunk.hosts);
    checkTls(trunk, key, tls);
    for (const uri of trunk.hosts.filter(wantsTls)) {
      const host = hostPattern.exec(uri)?.[1]?.toLowerCase() ?? "";
      const settings = tlsSettingsOf(trunk);
      const other = tlsHosts.get(host) ?? { name, settings };
      if (other.settings !== settings) {
        throw new StartError(
          `${key("hosts")}: "${uri}" is also a host of the trunk "${other.name}": their keys tls_… must be the same`,
        );
      }
      tlsHosts.set(host, other);
    }
    for (const network of trunk.networks) {
      if (!parseNetwork(network)) {
        throw new StartError(`${key("networks")}: "${network}" is not an IP address or network`);
      }
    }
    checkAccount(trunk, key);
    checkDialling(trunk, key);
  }
}

function checkDialling(trunk: TrunkConfig, key: (name: keyof TrunkConfig) => string): void {
  for (const name of ["dial_allow", "dial_deny"] as const) {
    const wrong = trunk[name].find((pattern) => !isPattern(pattern));
    if (wrong !== undefined)
      throw new StartError(`${key(name)}: "${wrong}" is not a pattern of numbers such as "0Z."`);
  }
  for (const { from, to } of trunk.dial_prefixes) {
    const wrong = [from, to].find((prefix) => !/^\+?[\d*#]*$/.test(prefix));
    if (wrong !== undefined || from === "") {
      throw new StartError(`${key("dial_prefixes")}: "${wrong ?? from}" is not the beginning of a number`);
    }
  }
}

function checkHosts(key: string, hosts: readonly string[]): void {
  if (hosts.length === 0) throw new StartError(`${key} must name at least one host, such as "sip:192.0.2.1"`);
  for (const host of hosts) {
    const [, name = "", port = ":5060"] = hostPattern.exec(host) ?? [];
    if (/^sips:.*;transport=udp$/i.test(host)) {
      throw new StartError(
        `${key}: "${host}" asks for TLS and for UDP: leave transport=udp out, or write sip:`,
      );
    }
    const literal = name.startsWith("[")
      ? isIP(name.slice(1, -1)) === 6
      : !/^[\d.]+$/.test(name) || isIP(name) === 4;
    const number = Number(port.slice(1));
    if (name === "" || !literal || number < 1 || number > 65_535) {
      throw new StartError(
        `${key}: "${host}" is not a SIP address such as "sip:192.0.2.1:5060;transport=udp"`,
      );
    }
  }
}

/** The TLS settings that trunks to the same host must share, because one connection serves all of them. */
const tlsSettingsOf = (trunk: TrunkConfig): string =>
  JSON.stringify([trunk.tls_verify, trunk.tls_names, trunk.tls_ca, trunk.tls_certificate, trunk.tls_key]);

const wantsTls = (host: string) => /^sips:|;transport=tls$/i.test(host);

function checkTls(
  trunk: TrunkConfig,
  key: (name: keyof TrunkConfig) => string,
  { on, asks }: { readonly on: boolean; readonly asks: boolean },
): void {
  if (!on && trunk.hosts.some(wantsTls)) {
    throw new StartError(`${key("hosts")} ask for TLS, which sip.tls_port 0 switches off`);
  }
  if ((trunk.tls_certificate === "") !== (trunk.tls_key === "")) {
    throw new StartError(`${key("tls_certificate")} and ${key("tls_key")} need each other`);
  }
  if (trunk.tls_require_certificate && !asks) {
    throw new StartError(`${key("tls_require_certificate")} needs sip.tls_client_ca, and sip.tls_port`);
  }
}

function checkAccount(trunk: TrunkConfig, key: (name: keyof TrunkConfig) => string): void {
  if (trunk.kind === "registered" && trunk.username === "") {
    throw new StartError(`${key("username")} is missing: a registered trunk needs one`);
  }
  if (trunk.password !== "" && trunk.username === "" && trunk.auth_username === "") {
    throw new StartError(`${key("username")} is missing: a password needs one`);
  }
  for (const name of ["username", "auth_username", "from_user", "extension"] as const) {
    if (/[\s<>"@;:?]|\p{Cc}/u.test(trunk[name])) {
      throw new StartError(`${key(name)} must be the part in front of the @ alone (it is "${trunk[name]}")`);
    }
  }
  if (trunk.caller_id !== "" && !isNumber(trunk.caller_id)) {
    throw new StartError(
      `${key("caller_id")} must be a number: digits, * and #, with or without a + in front (it is "${trunk.caller_id}")`,
    );
  }
  if (trunk.domain !== "" && !hostPattern.test(`sip:${trunk.domain}`)) {
    throw new StartError(`${key("domain")} is not a domain or address (it is "${trunk.domain}")`);
  }
}
