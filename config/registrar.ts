// The key `registrar`: the duration of telephones' registrations, and the number of telephones an account.
import { Type } from "typebox";

const seconds = (value: number, description: string) =>
  Type.Integer({ minimum: 30, maximum: 86_400, default: value, description });

export const registrarSchema = Type.Object(
  {
    min_seconds: seconds(
      60,
      "Shortest registration; a telephone that asks for less gets 423 with this time.",
    ),
    max_seconds: seconds(
      3600,
      "Longest registration; a telephone that asks for more is registered for this time.",
    ),
    max_contacts: Type.Integer({
      minimum: 1,
      maximum: 50,
      default: 10,
      description:
        "Telephones registered at once with one account; a further one replaces the one that expires first.",
    }),
  },
  { additionalProperties: false, description: "Accounts: telephones that register with Parley itself." },
);
