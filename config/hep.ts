// The section `hep`: a capture server (Homer) that is sent every SIP message.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const usualPort = 9060;

export const hepSchema = Type.Object(
  {
    server: Type.String({
      default: "",
      description:
        "HOST or HOST:PORT of the capture server, UDP; the port is 9060 where none is given, an IPv6 address stands in brackets. Empty: nothing is sent.",
    }),
    capture_id: Type.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      default: 2001,
      description: "Number of this bridge there, which no other sender may have.",
    }),
    key: Type.String({
      default: "",
      maxLength: 255,
      description: "Password of the capture server. Empty: none.",
    }),
    node: Type.String({
      default: "",
      maxLength: 255,
      description: "Name of this bridge there. Empty: none.",
    }),
  },
  {
    additionalProperties: false,
    description:
      "Sends every SIP message, without secrets, to a capture server by HEP version 3. They go over the network in the clear.",
  },
);

export type HepKeys = Static<typeof hepSchema>;

/** Undefined: nothing is sent. Throws StartError. */
export function hepServer({ server }: HepKeys): { readonly host: string; readonly port: number } | undefined {
  if (server === "") return undefined;
  const [, bracketed, host = bracketed, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(server) ?? [];
  const number = Number(port ?? usualPort);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new StartError("hep.server is not of the form HOST:PORT");
  }
  return { host, port: number };
}
