// How the operations of join tokens describe themselves.

/** The part of a route's schema that every operation of a join token has. */
export const describeJoin = (operationId: string, summary: string, description: string) => ({
  tags: ["Join"],
  operationId,
  summary,
  description,
  security: [{ joinToken: [] }],
});

export const forHosts = "For hosts, by their token or since they entered as one";
