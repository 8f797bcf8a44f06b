// Turns answers into JSON with functions that are made from the schemas of the routes. A route has a schema for each status
// that it may answer with, and most of those answers are never given: a function is made when its first answer is. To make
// all of them took most of the time of a start.
import { type SerializerFactory, SerializerSelector } from "@fastify/fast-json-stringify-compiler";

const buildSerializer = SerializerSelector();

export const buildSerializersWhenUsed: SerializerFactory = (schemas, options) => {
  const compile = buildSerializer(schemas, options);
  return (answer) => {
    let serialize: ReturnType<typeof compile> | undefined;
    return (data) => {
      serialize ??= compile(answer);
      return serialize(data);
    };
  };
};
