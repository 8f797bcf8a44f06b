// The phrases of invitations, in the languages that Parley speaks.
import { type SpokenLanguage, spokenLanguages } from "#conference/speech";
import type { MailKind } from "./types.ts";

export interface MailPhrases {
  /** Before the room's name in the subject of the mail. */
  readonly subject: Readonly<Record<MailKind, string>>;
  readonly opening: Readonly<Record<MailKind, string>>;
  readonly name: string;
  readonly when: string;
  readonly anyTime: string;
  /** Of a meeting that has an end and no beginning. */
  readonly ends: string;
  readonly link: string;
  readonly numbers: string;
  readonly extension: string;
  readonly pin: string;
}

const words: Readonly<Record<SpokenLanguage, MailPhrases>> = {
  en: {
    subject: { invitation: "Invitation", update: "Updated invitation", cancellation: "Cancelled" },
    opening: {
      invitation: "You are invited to a conference.",
      update: "The conference you are invited to has changed.",
      cancellation: "The conference, or your invitation to it, has been cancelled.",
    },
    name: "Conference",
    when: "When",
    anyTime: "At any time",
    ends: "Ends",
    link: "Link",
    numbers: "Phone numbers",
    extension: "Conference number",
    pin: "PIN",
  },
  es: {
    subject: { invitation: "Invitación", update: "Invitación actualizada", cancellation: "Cancelada" },
    opening: {
      invitation: "Está invitado a una conferencia.",
      update: "La conferencia a la que está invitado ha cambiado.",
      cancellation: "La conferencia, o su invitación a ella, se ha cancelado.",
    },
    name: "Conferencia",
    when: "Cuándo",
    anyTime: "En cualquier momento",
    ends: "Termina",
    link: "Enlace",
    numbers: "Números de teléfono",
    extension: "Número de la conferencia",
    pin: "PIN",
  },
  fr: {
    subject: { invitation: "Invitation", update: "Invitation modifiée", cancellation: "Annulée" },
    opening: {
      invitation: "Vous êtes invité à une conférence.",
      update: "La conférence à laquelle vous êtes invité a changé.",
      cancellation: "La conférence, ou votre invitation, a été annulée.",
    },
    name: "Conférence",
    when: "Quand",
    anyTime: "À tout moment",
    ends: "Se termine",
    link: "Lien",
    numbers: "Numéros de téléphone",
    extension: "Numéro de la conférence",
    pin: "Code PIN",
  },
  it: {
    subject: { invitation: "Invito", update: "Invito aggiornato", cancellation: "Annullata" },
    opening: {
      invitation: "È invitato a una conferenza.",
      update: "La conferenza a cui è invitato è cambiata.",
      cancellation: "La conferenza, o il Suo invito, è stata annullata.",
    },
    name: "Conferenza",
    when: "Quando",
    anyTime: "In qualsiasi momento",
    ends: "Termina",
    link: "Link",
    numbers: "Numeri di telefono",
    extension: "Numero della conferenza",
    pin: "PIN",
  },
  ru: {
    subject: { invitation: "Приглашение", update: "Приглашение изменено", cancellation: "Отменено" },
    opening: {
      invitation: "Вы приглашены на конференцию.",
      update: "Конференция, на которую вы приглашены, изменилась.",
      cancellation: "Конференция или ваше приглашение на неё отменены.",
    },
    name: "Конференция",
    when: "Когда",
    anyTime: "В любое время",
    ends: "Окончание",
    link: "Ссылка",
    numbers: "Номера телефонов",
    extension: "Номер конференции",
    pin: "PIN-код",
  },
};

export interface Locale {
  readonly words: MailPhrases;
  /** For dates: the room's own tag where there are words for it. */
  readonly tag: string;
}

export function localeOf(tag: string): Locale {
  const primary = tag.split("-")[0]?.toLowerCase();
  const language = spokenLanguages.find((known) => known === primary);
  return language ? { words: words[language], tag } : { words: words.en, tag: "en" };
}
