// A mail server on loopback that keeps what it is given, as far as RFC 5321 is needed for that, and refuses what it
// is told to refuse.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { MailSettings } from "#services/mail-invites";

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, dots unstuffed. */
  readonly raw: string;
}

export class MailServer {
  readonly mails: KeptMail[] = [];
  /** The answer to a command instead of the usual one. */
  answer: (command: string) => string | undefined = () => undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(): Promise<MailServer> {
    const server = new MailServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  /** What sends to it. */
  get settings(): MailSettings {
    return {
      server: { host: "127.0.0.1", port: this.port, secure: "none", user: "", password: "" },
      from: { name: "Parley", address: "parley@example.com" },
      joinUrl: "https://meet.example.com/{extension}?room={room_id}",
    };
  }

  /** Resolves when so many mails have come. */
  async received(count: number): Promise<readonly KeptMail[]> {
    if (this.mails.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
    return this.mails;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    const say = (line: string) => socket.write(`${line}\r\n`);
    let text = "";
    let from = "";
    let to: string[] = [];
    let inData = false;
    say("220 mail.test");
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (;;) {
        const end = text.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          this.#keep({ from, to, raw: line.replace(/^\.\./gm, ".") });
          to = [];
          say("250 kept");
          continue;
        }
        const refusal = this.answer(line);
        if (refusal !== undefined) say(refusal);
        else if (/^EHLO/i.test(line)) say("250-mail.test\r\n250 8BITMIME");
        else if (/^DATA/i.test(line)) {
          inData = true;
          say("354 go on");
        } else if (/^STARTTLS/i.test(line)) say("502 not here");
        else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
        else {
          if (/^MAIL/i.test(line)) from = addressIn(line);
          if (/^RCPT/i.test(line)) to.push(addressIn(line));
          say("250 fine");
        }
      }
    });
  }

  #keep(mail: KeptMail): void {
    this.mails.push(mail);
    for (const { count, resolve } of this.#waiting) if (this.mails.length >= count) resolve();
  }
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? "";
