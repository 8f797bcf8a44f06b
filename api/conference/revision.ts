// The revision of a room or an account as an entity tag (RFC 9110, section 8.8.3), and the condition on it that a client may
// set (section 13.1.1). Only strong tags are compared.
import { Type } from "typebox";
import { refuseFields, tagsOf } from "../plugins/index.ts";

export const ifMatchHeaders = Type.Object({
  "if-match": Type.Optional(
    Type.String({
      maxLength: 1024,
      description: "Do this only while the object has one of these entity tags, or exists at all (`*`).",
      examples: ['"3"'],
    }),
  ),
});

export const entityTag = (revision: number): string => `"${revision}"`;

/** The revisions that would do; undefined: any. */
export function revisionsOf(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const tags = tagsOf(ifMatch);
  if (!tags) {
    throw refuseFields([{ field: "if-match", message: "must be a list of entity tags or *" }]);
  }
  return tags.flatMap((tag) => tag.match(/^"([1-9]\d{0,9})"$/)?.[1] ?? []).map(Number);
}
