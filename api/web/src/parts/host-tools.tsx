// The controls of the room, for hosts and for participants with a permission of their own.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ScreenProps } from "../screen-props.ts";
import type { MeetingSession } from "../session/meeting-session.ts";
import type { Texts } from "../texts/index.ts";
import { PictureTools } from "./picture-tools.tsx";

/** Whether there is anything for this one. */
export function hasHostTools(meeting: MeetingSession): boolean {
  if (meeting.isLeading.value) return true;
  const permissions = meeting.permissions.value;
  if (permissions === undefined) return false;
  return permissions.can_record || permissions.can_end_meeting || sharedLink(meeting) !== null;
}

/** What may be handed on to others; null: there is nothing, or they may not. */
function sharedLink(meeting: MeetingSession): string | null {
  if (!meeting.permissions.value?.can_share_access_links) return null;
  return meeting.session.value?.links?.speaker ?? null;
}

export function HostTools({ meeting, texts }: ScreenProps) {
  const [number, setNumber] = useState("");
  const roster = meeting.roster.value;
  if (roster === undefined) return null;
  const { locked, recording } = roster;
  const { value: isHost } = meeting.isHost;
  const { value: isLeading } = meeting.isLeading;
  const permissions = meeting.permissions.value;
  const link = sharedLink(meeting);
  return (
    <div class="stack">
      <div class="row">
        {isLeading && (
          <button type="button" onClick={() => void meeting.change("PUT", "/room/lock", { on: !locked })}>
            {locked ? texts.unlock : texts.lock}
          </button>
        )}
        {permissions?.can_record && (
          <button
            type="button"
            onClick={() => void meeting.change("PUT", "/room/recording", { on: !recording })}
          >
            {recording ? texts.stopRecording : texts.record}
          </button>
        )}
        {isLeading && (
          <>
            <button type="button" onClick={() => void meeting.change("PUT", "/room/mute", { on: true })}>
              {texts.muteAll}
            </button>
            <button type="button" onClick={() => void meeting.change("PUT", "/room/mute", { on: false })}>
              {texts.unmuteAll}
            </button>
          </>
        )}
        {permissions?.can_end_meeting && <EndMeeting meeting={meeting} texts={texts} />}
      </div>
      {link !== null && <SharedLink link={link} texts={texts} />}
      {isHost && (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (number.trim() === "") return;
            void meeting.change("POST", "/room/invite", { number: number.trim() });
            setNumber("");
          }}
        >
          <label class="grow">
            <span>{texts.inviteNumber}</span>
            <input
              type="tel"
              autocomplete="off"
              maxLength={64}
              value={number}
              onInput={(event) => setNumber(event.currentTarget.value)}
            />
          </label>
          <button type="submit">{texts.call}</button>
        </form>
      )}
      {isLeading && meeting.canvas.value !== undefined && <PictureTools meeting={meeting} texts={texts} />}
    </div>
  );
}

/** Asks once more: it is over for all of them. */
function EndMeeting({ meeting, texts }: ScreenProps) {
  const [isAsking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    // The button that was pressed is gone.
    if (isAsking || wasAsking.current) button.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  if (!isAsking) {
    return (
      <button key="end" type="button" ref={button} onClick={() => setAsking(true)}>
        {texts.endMeeting}
      </button>
    );
  }
  return (
    <>
      <button key="cancel" type="button" ref={button} onClick={() => setAsking(false)}>
        {texts.cancel}
      </button>
      <button key="now" type="button" class="danger" onClick={() => void meeting.change("POST", "/room/end")}>
        {texts.endNow}
      </button>
    </>
  );
}

/** Copied by a button, or by hand where the browser does not let the page do it. */
function SharedLink({ link, texts }: { readonly link: string; readonly texts: Texts }) {
  const [isCopied, setCopied] = useState<boolean | undefined>(undefined);
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => void copy()}>
          {texts.copyLink}
        </button>
        <p class="quiet" role="status">
          {isCopied && texts.linkCopied}
        </p>
      </div>
      {isCopied === false && (
        <input
          type="text"
          readOnly
          aria-label={texts.copyLink}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </>
  );
}
