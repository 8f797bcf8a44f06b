// The key `registrar`: how long telephones may be registered here, and in how many places.
import { Type } from "typebox";

const seconds = (value: number, description: string) =>
  Type.Integer({ minimum: 30, maximum: 86_400, default: value, description });

export const registrarSchema = Type.Object(
  {
    min_seconds: seconds(60, "A telephone that wants to be registered for less is told this time (423)."),
    max_seconds: seconds(3600, "One that wants longer is registered for this time."),
    max_contacts: Type.Integer({
      minimum: 1,
      maximum: 50,
      default: 10,
      description: "Telephones of one account at once; one more replaces the one that expires first.",
    }),
  },
  { additionalProperties: false, description: "Accounts: telephones that register with Parley itself." },
);
