// A call to the lobby: answered at once, asked for the number of a conference, and then treated as if that conference had
// been called. If the room is on another worker, the call gets a leg there when the caller joins.
import { type AdmissionRefusal, type LobbyPlace, refusals, tooManyGuesses } from "#conference/rooms";
import type { Sentence } from "#conference/speech";
import type { InboundInvite, Rejection } from "#sip";
import type { Call } from "./call.ts";
import { type EntryOptions, enterRoom } from "./entry.ts";
import { legFactoryOf } from "./follow-room.ts";
import { type InboundOptions, legRequestFor } from "./inbound.ts";
import { createLegAt } from "./leg-placement.ts";
import { askFor } from "./number-dialogue.ts";
import { roomNumberQuestion } from "./number-entry.ts";
import { joinSettingsOf } from "./resumable-call.ts";

const announcementLimitMs = 15_000;
const noNumber: Rejection = refusals.notFound;

/** Resolves when the caller is in a room, or was sent away. */
export async function runLobby(
  call: Call,
  invitation: InboundInvite,
  options: InboundOptions,
): Promise<void> {
  const place = options.rooms.enterLobby(call);
  if (!place.ok) return call.end(place.error);
  call.holdPlace(place.value);
  invitation.ring();
  const { id } = place.value;
  const request = legRequestFor(invitation, { id, offer: invitation.offer ?? null }, options);
  call.joinSettings = joinSettingsOf(request, { confirm: false, introduces: true });
  const sdp = await call.holdLeg(createLegAt(place.value, (on) => options.createLeg(on, request)));
  call.become("answering");
  const session = await call.accept(sdp);
  if (session.lateAnswer !== undefined) await call.leg.answer(session.lateAnswer);
  await askForRoomNumber(call, place.value, options);
}

/** Asks an answered call for the number of a conference. Resolves like `runLobby`. */
export async function askForRoomNumber(
  call: Call,
  place: LobbyPlace,
  options: EntryOptions & Pick<InboundOptions, "rooms" | "createLeg">,
): Promise<void> {
  call.become("entering");
  const choice = await chooseRoom(call, place, options);
  if (choice.kind === "sent away") {
    await call.say(choice.words, announcementLimitMs);
    return call.end(choice.rejection);
  }
  call.log.info({ room: call.participant.room.record.id }, "entered a room through the lobby");
  await enterRoom(call, { ...options, legOn: legFactoryOf(call, options.createLeg) });
}

type Choice =
  /** The call now has a participant in a room. */
  | { readonly kind: "room" }
  | { readonly kind: "sent away"; readonly rejection: Rejection; readonly words: readonly Sentence[] };

async function chooseRoom(
  call: Call,
  place: LobbyPlace,
  { rooms }: Pick<InboundOptions, "rooms">,
): Promise<Choice> {
  const choice = await askFor<Choice>(call, roomNumberQuestion, async (number) => {
    const guess = place.beginNumber(call.ended);
    if ((await guess.turn()) === "refused") return sentAway(tooManyGuesses);
    const arrival = await rooms.arrive(number, call, place);
    if (!arrival.ok && arrival.error.status === noNumber.status) return "wrong";
    guess.takeBack();
    if (!arrival.ok) return sentAway(arrival.error);
    // Must be done here: no other code handles the outcome once the caller has hung up.
    call.holdParticipant(arrival.value);
    return { kind: "room" };
  });
  if (choice.kind !== "gave-up") return choice;
  return { kind: "sent away", rejection: noNumber, words: [...choice.words, "goodbye"] };
}

const sentAway = ({ status, text, code, words }: AdmissionRefusal): Choice => ({
  kind: "sent away",
  rejection: { status, text, code },
  words: words === undefined ? [] : [words],
});
