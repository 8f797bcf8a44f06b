// The chat beside the room: what was written, and a line to write. Escape or its button closes it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { WireMessage } from "../../../chat/schemas.ts";
import type { ScreenProps } from "../screen-props.ts";
import { fill, localeFor } from "../texts/index.ts";
import { Icon } from "./icon.tsx";

/** Characters of a message. */
const maxTextLength = 4000;
/** Lines of the field in browsers that do not fit it to what is written. */
const maxRows = 5;
/** A reader no further from the end, in pixels, follows what comes. */
const nearEnd = 40;

export function ChatPane({ meeting, texts, onClose }: ScreenProps & { readonly onClose: () => void }) {
  const chat = meeting.chat.value!;
  const [text, setText] = useState("");
  const log = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const messages = chat.messages.value;
  const first = messages[0]?.number;
  const last = messages.at(-1)?.number;
  const isAtEnd = useRef(true);
  /** Pixels from what is looked at to the end, while older messages are asked for. */
  const fromEnd = useRef<number | undefined>(undefined);
  const uploading = chat.uploading.value;
  const trouble = chat.trouble.value;

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    chat.markSeen();
    if (isAtEnd.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [last]);
  useLayoutEffect(() => {
    const { current: list } = log;
    if (list === null || fromEnd.current === undefined) return;
    list.scrollTop = list.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
  }, [first]);

  const follow = (list: HTMLElement) => {
    isAtEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight <= nearEnd;
  };
  const loadOlder = () => {
    const list = log.current!;
    fromEnd.current = list.scrollHeight - list.scrollTop;
    void chat.loadOlder();
  };

  const send = async () => {
    const written = text.trim();
    isAtEnd.current = true;
    if (written !== "" && (await chat.send(written))) setText("");
    field.current?.focus();
  };

  return (
    <aside
      class="chat"
      aria-label={texts.chat}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2>{texts.chat}</h2>
        <button type="button" class="plain" aria-label={texts.closeChat} onClick={onClose}>
          <Icon name="remove" />
        </button>
      </header>
      <div
        class="messages"
        ref={log}
        role="log"
        aria-label={texts.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        tabIndex={0}
        onScroll={(event) => follow(event.currentTarget)}
      >
        {chat.hasOlder.value && (
          <button type="button" class="plain" onClick={loadOlder}>
            {texts.olderMessages}
          </button>
        )}
        {messages.length === 0 && <p class="quiet">{texts.noMessages}</p>}
        {messages.map((message) => (
          <Message key={message.number} message={message} meeting={meeting} texts={texts} />
        ))}
      </div>
      <div role="status">
        {uploading !== undefined && <p class="quiet">{fill(texts.sendingFile, { name: uploading })}</p>}
        {trouble !== undefined && <p class="error">{texts.chatTroubles[trouble]}</p>}
      </div>
      {meeting.roster.value?.permissions?.can_write_chat && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <input
            type="file"
            ref={picker}
            hidden
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = "";
              if (file) void chat.sendFile(file);
            }}
          />
          <button
            type="button"
            class="plain"
            aria-label={texts.attachFile}
            title={texts.attachFile}
            disabled={uploading !== undefined}
            onClick={() => picker.current?.click()}
          >
            <Icon name="attach" />
          </button>
          <label class="grow">
            <span class="visually-hidden">{texts.writeMessage}</span>
            <textarea
              ref={field}
              rows={Math.min(maxRows, text.split("\n").length)}
              maxLength={maxTextLength}
              placeholder={texts.writeMessage}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
                event.preventDefault();
                void send();
              }}
            />
          </label>
          <button type="submit" class="plain" aria-label={texts.sendMessage} title={texts.sendMessage}>
            <Icon name="send" />
          </button>
        </form>
      )}
    </aside>
  );
}

/** The browser saves what the link gives. */
function saveFrom(url: string | undefined): void {
  if (url === undefined) return;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}

function Message({ message, meeting, texts }: ScreenProps & { readonly message: WireMessage }) {
  const { sender, text, file, sent_at: at } = message;
  const save = async (id: string) => saveFrom(await meeting.chat.value?.downloadLink(id));
  const isMine = sender.participant_id !== null && sender.participant_id === meeting.roster.value?.you;
  return (
    <article class={isMine ? "entry mine" : "entry"}>
      <p class="byline">
        <strong>{isMine ? texts.you : sender.display_name}</strong>{" "}
        <time class="quiet" dateTime={at}>
          {timeOf(at, localeFor(texts.lang))}
        </time>
      </p>
      {text !== "" && <p class="words">{text}</p>}
      {file !== null && (
        <button type="button" class="file" onClick={() => void save(file.id)}>
          <Icon name="file" />
          <span>
            {file.name} <span class="quiet">{sizeOf(file.size, localeFor(texts.lang))}</span>
          </span>
        </button>
      )}
    </article>
  );
}

function timeOf(instant: string, locale: string): string {
  const at = new Date(instant);
  const isToday = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(
    locale,
    isToday ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" },
  );
}

/** In the unit that fits; 1 kB is 1000 bytes. */
function sizeOf(bytes: number, locale: string): string {
  const [unit, scale] = bytes < 1e6 ? (["kilobyte", 1e3] as const) : (["megabyte", 1e6] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(
    bytes / scale,
  );
}
