// In the room: who is here, and what one can do.
import { useRef, useState } from "preact/hooks";
import { Canvas } from "../parts/canvas.tsx";
import { ChatPane } from "../parts/chat.tsx";
import { HostTools, hasHostTools } from "../parts/host-tools.tsx";
import { Icon } from "../parts/icon.tsx";
import { Keypad } from "../parts/keypad.tsx";
import { Panel } from "../parts/panel.tsx";
import { RosterTiles } from "../parts/roster.tsx";
import { Sound } from "../parts/sound.tsx";
import { VideoControls } from "../parts/video-controls.tsx";
import type { ScreenProps } from "../screen-props.ts";
import { fill } from "../texts/index.ts";

type Sheet = "keypad" | "sound" | "host";

export function RoomScreen({ visit, texts, lost }: ScreenProps & { readonly lost: boolean }) {
  const [sheet, setSheet] = useState<Sheet | undefined>(undefined);
  const [wantsChat, setWantsChat] = useState(false);
  const chatButton = useRef<HTMLButtonElement>(null);
  const session = visit.session.value!;
  const roster = visit.roster.value;
  const me = visit.me.value;
  const muted = visit.muted.value;
  const hand = me?.hand_raised ?? false;
  const isMutedByOthers = me?.mute_reasons.some((reason) => reason !== "self") ?? false;
  const refusal = visit.refusal.value;
  // A camera is in sight for as long as it is on.
  const hasPicture = visit.canvas.value !== undefined || visit.own.camera.value !== undefined;
  const trouble = visit.own.trouble.value;
  const microphoneProblem = visit.microphoneProblem.value;
  const settings = hasPicture ? texts.devices : texts.settings;
  const close = () => setSheet(undefined);
  const chat = visit.chat.value;
  const mayRead = (chat?.isOpen.value && roster?.permissions?.can_read_chat) ?? false;
  const hasChat = wantsChat && mayRead;
  const unseen = hasChat ? 0 : (chat?.unseen.value ?? 0);
  const closeChat = () => {
    setWantsChat(false);
    chatButton.current?.focus();
  };

  return (
    <div class={hasChat ? "room with-chat" : "room"}>
      <header class="bar">
        <h1>{session.room.name}</h1>
        <div class="pills">
          {roster?.recording && (
            <span class="pill recording">
              <span class="dot" aria-hidden="true" /> {texts.recording}
            </span>
          )}
          {roster?.locked && (
            <span class="pill">
              <Icon name="lock" /> {texts.locked}
            </span>
          )}
          <span class={`pill quality-${visit.quality.value}`}>
            <span class="dot" aria-hidden="true" /> {texts.quality[visit.quality.value]}
          </span>
        </div>
      </header>
      <main>
        <div role="status">
          {lost && <p class="notice">{texts.reconnecting}</p>}
          {!lost && roster !== undefined && me === undefined && <p class="notice">{texts.waiting}</p>}
          {isMutedByOthers && <p class="notice">{texts.mutedByHost}</p>}
          {microphoneProblem !== undefined && (
            <p class="error">{texts.problems[microphoneProblem].join(" ")}</p>
          )}
          {trouble !== undefined && <p class="error">{texts.videoTroubles[trouble]}</p>}
          {roster?.participants.length === 1 && me !== undefined && (
            <p class="quiet">{fill(texts.alone, { number: session.room.extension_number })}</p>
          )}
          {refusal !== undefined && (
            <p class="error">
              {texts.refused} {texts.problems[refusal][0]}
            </p>
          )}
        </div>
        {hasPicture && <Canvas visit={visit} texts={texts} />}
        <RosterTiles visit={visit} texts={texts} />
      </main>
      {hasChat && chat !== undefined && <ChatPane visit={visit} texts={texts} onClose={closeChat} />}
      <nav class="controls" aria-label={session.room.name}>
        <button
          type="button"
          class={muted ? "control off" : "control on"}
          aria-pressed={muted}
          onClick={() => void visit.toggleMute()}
        >
          <Icon name={muted ? "microphoneOff" : "microphone"} />
          <span>{muted ? texts.unmute : texts.mute}</span>
        </button>
        {hasPicture && <VideoControls visit={visit} texts={texts} />}
        <button
          type="button"
          class={hand ? "control on" : "control"}
          aria-pressed={hand}
          onClick={() => void visit.toggleHand()}
        >
          <Icon name="hand" />
          <span>{hand ? texts.lowerHand : texts.raiseHand}</span>
        </button>
        {mayRead && (
          <button
            type="button"
            ref={chatButton}
            class={hasChat ? "control on" : "control"}
            aria-expanded={hasChat}
            onClick={() => setWantsChat(!hasChat)}
          >
            <span class="with-badge">
              <Icon name="chat" />
              {unseen > 0 && (
                <span class="count" aria-hidden="true">
                  {unseen > 99 ? "99+" : unseen}
                </span>
              )}
            </span>
            <span>
              {texts.chat}
              {unseen > 0 && <span class="visually-hidden"> {fill(texts.unseen, { count: unseen })}</span>}
            </span>
          </button>
        )}
        <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("keypad")}>
          <Icon name="keypad" />
          <span>{texts.keypad}</span>
        </button>
        <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("sound")}>
          <Icon name="speaker" />
          <span>{settings}</span>
        </button>
        {hasHostTools(visit) && (
          <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("host")}>
            <Icon name="host" />
            <span>{texts.hostTools}</span>
          </button>
        )}
        <button type="button" class="control leave" onClick={() => void visit.leave()}>
          <Icon name="leave" />
          <span>{texts.leave}</span>
        </button>
      </nav>
      {sheet === "keypad" && (
        <Panel title={texts.keypad} closeLabel={texts.close} onClose={close}>
          <Keypad visit={visit} texts={texts} />
        </Panel>
      )}
      {sheet === "sound" && (
        <Panel title={settings} closeLabel={texts.close} onClose={close}>
          <Sound visit={visit} texts={texts} />
        </Panel>
      )}
      {sheet === "host" && (
        <Panel title={texts.hostTools} closeLabel={texts.close} onClose={close}>
          <HostTools visit={visit} texts={texts} />
        </Panel>
      )}
    </div>
  );
}
