// Passwords of people: argon2id (RFC 9106), kept in the usual text form with its parameters, so that these can grow. One
// at a time is computed, on the thread pool: logins never take the machine from calls.
import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { equalInConstantTime, SerialQueue } from "#common";

export const passwordLength = { least: 10, most: 128 } as const;

export interface PasswordCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const usualCost: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;
const maxWaiting = 100;
const shape = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;
const derive = promisify(argon2);

export class Passwords {
  readonly #queue = new SerialQueue(maxWaiting);
  readonly #cost: PasswordCost;
  /** Takes as long as any other; no password fits it. */
  readonly #noUser: string;

  constructor(cost: PasswordCost = usualCost) {
    this.#cost = cost;
    this.#noUser = formatHash(cost, Buffer.alloc(saltBytes), Buffer.alloc(tagBytes));
  }

  /** Rejects with QUEUE_FULL when too many wait. */
  hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const cost = this.#cost;
    return this.#queue.run(async () => formatHash(cost, salt, await tagOf(password, salt, cost)));
  }

  /** Without a hash it takes the same time and is false: a caller does not learn that there is no such user. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const [, memory, passes, parallelism, salt = "", tag = ""] = shape.exec(hash ?? this.#noUser) ?? [];
    const expected = Buffer.from(tag, "base64");
    const given = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
    const actual = await this.#queue.run(() => tagOf(password, Buffer.from(salt, "base64"), given));
    return hash !== undefined && equalInConstantTime(expected, actual);
  }
}

/** The same letters in another Unicode form are the same password. */
async function tagOf(
  password: string,
  nonce: Buffer,
  { memory, passes, parallelism }: PasswordCost,
): Promise<Buffer> {
  const message = Buffer.from(password.normalize("NFKC"));
  return derive("argon2id", { message, nonce, memory, passes, parallelism, tagLength: tagBytes });
}

const formatHash = ({ memory, passes, parallelism }: PasswordCost, salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(salt)}$${plain(tag)}`;

const plain = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");
