// Reads the configuration: defaults, then the file, then the environment. Every error is a StartError whose one sentence
// names the key and its source. Pure except for the injected `readFile`.
import { isIP } from "node:net";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { errorCode, errorMessage, parseNetwork, StartError } from "#common";
import { listenAddresses, publicAddresses } from "./addresses.ts";
import { checkChat } from "./chat.ts";
import { parseFile } from "./file.ts";
import { hepServer } from "./hep.ts";
import { checkKeys } from "./keys.ts";
import { readMail } from "./mail.ts";
import { checkOidc } from "./oidc.ts";
import { checkPorts } from "./port-conflicts.ts";
import { type Config, configSchema } from "./schema.ts";
import { checkTrunks } from "./trunks.ts";
import { checkWebrtc } from "./webrtc.ts";

export interface ConfigSources {
  /** Arguments after the script: `--config FILE`, `--wait`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws as `fs.readFileSync` does. */
  readonly readFile: (path: string) => string;
}

/** The daemon's argument for starts at boot: it waits for resources that a booting machine may not have yet. */
export const waitArgument = "--wait";

const systemFile = "/etc/parley/parley.yaml";
const prefix = "PARLEY_";

/** Throws StartError. */
export function loadConfig(sources: ConfigSources): Config {
  const config = Value.Create(configSchema) as Tree;
  const file = configFile(sources);
  if (file) {
    const source = parseFile(file.path, file.text);
    merge({ target: config, source, schema: configSchema, path: [], origin: file.path });
  }
  applyEnvironment(config, sources.env);
  const valid = config as Config;
  checkRelations(valid);
  return valid;
}

type Tree = Record<string, unknown>;
type ObjectSchema = TSchema & { properties: Record<string, TSchema> };
type Leaf = { readonly path: readonly string[]; readonly schema: TSchema };

/** The path and the text of the configuration file; undefined when there is none. Throws StartError. */
export function configFile(sources: ConfigSources): { path: string; text: string } | undefined {
  const { path, isNamed } = configPath(sources);
  try {
    return { path, text: sources.readFile(path) };
  } catch (error) {
    if (!isNamed && errorCode(error) === "ENOENT") return undefined;
    throw new StartError(`cannot read the configuration ${path}: ${errorMessage(error)}`);
  }
}

/** The path of the file, and whether an argument or a variable has set it. */
export function configPath({ argv, env }: Pick<ConfigSources, "argv" | "env">) {
  const named = configArgument(argv) ?? env["PARLEY_CONFIG"];
  return { path: named ?? systemFile, isNamed: named !== undefined };
}

function configArgument(argv: readonly string[]): string | undefined {
  let path: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    if (argument === "--config") {
      path = argv[index + 1];
      if (path === undefined) throw new StartError("--config needs a file name");
      index += 1;
    } else if (argument.startsWith("--config=")) {
      path = argument.slice("--config=".length);
    } else if (argument !== waitArgument) {
      throw new StartError(`unknown argument ${argument}; there are --config FILE and ${waitArgument}`);
    }
  }
  return path;
}

interface Merge {
  readonly target: Tree;
  readonly source: unknown;
  readonly schema: TSchema;
  readonly path: readonly string[];
  readonly origin: string;
}

function merge({ target, source, schema, path, origin }: Merge): void {
  const { properties } = schema as ObjectSchema;
  if (!isTree(source))
    throw new StartError(`${origin}: ${keyName(path) || "the file"} must be a section of keys`);
  for (const [key, value] of Object.entries(source)) {
    const child = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const childPath = [...path, key];
    if (!child) throw new StartError(`${origin}: there is no key ${keyName(childPath)}${hintOf(key)}`);
    if (isSection(child)) {
      // An empty section, all its keys commented out, is null in YAML.
      if (value === null) continue;
      merge({ target: target[key] as Tree, source: value, schema: child, path: childPath, origin });
    } else {
      target[key] = read(value, { path: childPath, schema: child }, origin);
    }
  }
}

/** A value, or a list of sections, each completed with its defaults. */
function read(value: unknown, leaf: Leaf, origin: string): unknown {
  const { path, schema } = leaf;
  const item = itemOf(schema);
  if (!item) return checkValue(value, leaf, origin);
  if (!Array.isArray(value)) throw new StartError(`${origin}: ${keyName(path)} must be a list`);
  const { maxItems = 0 } = schema as { maxItems?: number };
  if (value.length > maxItems) {
    throw new StartError(
      `${origin}: ${keyName(path)} has ${value.length} entries; at most ${maxItems} are taken`,
    );
  }
  return value.map((source: unknown, index) => {
    const target = Value.Create(item) as Tree;
    const name = [...path.slice(0, -1), `${path.at(-1)}[${index}]`];
    merge({ target, source, schema: item, path: name, origin });
    return target;
  });
}

function applyEnvironment(config: Tree, env: ConfigSources["env"]): void {
  const byVariable = new Map(leaves(configSchema, []).map((leaf) => [variableName(leaf.path), leaf]));
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || variable === "PARLEY_CONFIG" || value === undefined) continue;
    const leaf = byVariable.get(variable);
    if (!leaf) throw new StartError(`there is no key for the environment variable ${variable}`);
    let target = config;
    for (const key of leaf.path.slice(0, -1)) target = target[key] as Tree;
    target[leaf.path.at(-1) as string] = read(fromText(value, leaf, variable), leaf, variable);
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };

/** Converts the text of a variable: numbers; lists in JSON or separated by commas; lists of sections in JSON. */
function fromText(value: string, { path, schema }: Leaf, variable: string): unknown {
  const { type } = schema as { type?: string };
  if (itemOf(schema)) return value.trim() === "" ? [] : listFromJson(value, path, variable);
  if (type === "integer") return /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  if (type === "boolean") return booleans[value.trim().toLowerCase()] ?? value;
  if (type === "array") {
    // A list in the form of the example file, or separated by commas.
    if (value.trim().startsWith("[")) return listFromJson(value, path, variable);
    return value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }
  return value;
}

function listFromJson(value: string, path: readonly string[], variable: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // The parser's message would repeat the text, which may contain a password.
    throw new StartError(`${variable}: ${keyName(path)} is not a list in JSON`);
  }
}

function checkValue(value: unknown, { path, schema }: Leaf, origin: string): unknown {
  if (Value.Check(schema, value)) return value;
  const [error] = Value.Errors(schema, value);
  const problem = choiceOf(schema) ?? error?.message ?? "is not valid";
  const secret = /key|secret|password|credential|smtp_url/.test(path.at(-1) ?? "");
  const shown = secret ? "" : ` (it is ${JSON.stringify(value)?.slice(0, 60)})`;
  throw new StartError(`${origin}: ${keyName(path)} ${problem}${shown}`);
}

/** The values of an enumeration, also of one that is the items of a list; undefined for other schemas. */
function choiceOf(schema: TSchema): string | undefined {
  const { enum: values, items } = schema as { enum?: readonly unknown[]; items?: TSchema };
  if (values) return `must be one of ${values.join(", ")}`;
  const each = items && choiceOf(items);
  return each && `must be a list in which each value ${each.replace("must be", "is")}, without repetition`;
}

function checkRelations(config: Config): void {
  hepServer(config.hep);
  const { rtp, rooms, node, sip, api, recordings } = config;
  if (rtp.port_min % 2 !== 0) throw new StartError(`rtp.port_min must be even (it is ${rtp.port_min})`);
  if (rtp.port_max < rtp.port_min + 1) throw new StartError("rtp.port_max must be above rtp.port_min");
  if (rooms.extension_max < rooms.extension_min) {
    throw new StartError("rooms.extension_max must not be below rooms.extension_min");
  }
  if (String(rooms.extension_min).length < 3) {
    throw new StartError("rooms.extension_min must have at least three digits");
  }
  if (!/^(?:[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)?$/.test(api.public_name)) {
    throw new StartError("api.public_name must be a host name, with a port or without");
  }
  if (
    !/^(?:\/[A-Za-z0-9._~-]{1,64}){0,8}$/.test(api.public_path) ||
    /\/\.{1,2}(?:\/|$)/.test(api.public_path)
  ) {
    throw new StartError("api.public_path must be a path such as /parley, without a slash at its end");
  }
  if (api.public_path !== "" && api.public_name === "") {
    throw new StartError("api.public_path needs api.public_name: it is the reverse proxy's");
  }
  if (!/^([0-9]{3,64})?$/.test(rooms.lobby_extension)) {
    throw new StartError("rooms.lobby_extension must be 3 to 64 digits, or empty");
  }
  publicAddresses("node.public_ipv4", node.public_ipv4, 4);
  publicAddresses("node.public_ipv6", node.public_ipv6, 6);
  listenAddresses("sip.listen_address", sip.listen_address);
  if (isIP(api.listen_address) === 0) {
    throw new StartError(`api.listen_address is not an IP address (it is "${api.listen_address}")`);
  }
  requireNetworks("node.local_networks", node.local_networks);
  requireNetworks("sip.trusted_networks", sip.trusted_networks);
  if (sip.tls_require_client_certificate && sip.tls_client_ca === "") {
    throw new StartError("sip.tls_require_client_certificate needs sip.tls_client_ca");
  }
  const tls = { on: sip.tls_port !== 0, asks: sip.tls_port !== 0 && sip.tls_client_ca !== "" };
  checkTrunks(config.trunks, tls);
  checkWebrtc(config.webrtc);
  checkChat(config.chat);
  checkOidc(config.oidc);
  checkKeys(config.keys);
  readMail(config.mail);
  checkPorts(config);
  if (recordings.sample_rate === 8000 && recordings.bitrate > 64) {
    throw new StartError("recordings.bitrate is 64 at most when recordings.sample_rate is 8000");
  }
  if (api.admin_key !== "" && api.admin_key.length < 16) {
    throw new StartError("api.admin_key must have at least 16 characters");
  }
  requireNetworks("api.trusted_proxies", api.trusted_proxies);
  requireOrigins(api.cors.origins);
  if (api.tls.mode === "files" && (api.tls.cert === "" || api.tls.key === "")) {
    throw new StartError("api.tls.mode files needs api.tls.cert and api.tls.key");
  }
}

function requireNetworks(key: string, values: readonly string[]): void {
  for (const value of values) {
    if (!parseNetwork(value)) throw new StartError(`${key}: "${value}" is not an IP address or network`);
  }
}

function requireOrigins(origins: readonly string[]): void {
  for (const origin of origins) {
    if (origin === "*" && origins.length === 1) continue;
    if (URL.parse(origin)?.origin === origin && /^https?:/.test(origin)) continue;
    throw new StartError(`api.cors.origins: "${origin}" is not an origin such as "https://panel.example"`);
  }
}

/** A hint for a key whose section was left out or is still a comment. */
function hintOf(key: string): string {
  const homes = leaves(configSchema, []).filter(({ path }) => path.length > 1 && path.at(-1) === key);
  return homes.length === 0 ? "" : `; there is ${homes.map(({ path }) => keyName(path)).join(", ")}`;
}

/** All keys with a value, in the order of the schema. */
export function leaves(schema: TSchema, path: readonly string[]): Leaf[] {
  if (!isSection(schema)) return [{ path, schema }];
  return Object.entries(schema.properties).flatMap(([key, child]) => leaves(child, [...path, key]));
}

export const variableName = (path: readonly string[]): string => prefix + path.join("_").toUpperCase();
const keyName = (path: readonly string[]): string => path.join(".");
const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The schema of the sections of a list; undefined for other lists. */
export function itemOf(schema: TSchema): ObjectSchema | undefined {
  const { items } = schema as { items?: TSchema };
  return items && isSection(items) ? items : undefined;
}

export const isSection = (schema: TSchema): schema is ObjectSchema => "properties" in schema;
