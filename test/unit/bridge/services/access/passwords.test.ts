// Passwords at the cost that the product pays for them.
import { expect, test } from "vitest";
import { Passwords } from "../../../../../bridge/services/access/passwords.ts";

test("a hash carries its parameters and fits its password alone, in whatever Unicode form it is typed", async () => {
  const passwords = new Passwords();
  const hash = await passwords.hash("contraseña larga");

  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(hash).not.toBe(await passwords.hash("contraseña larga"));
  expect(await passwords.verify("contraseña larga", hash)).toBe(true);
  expect(await passwords.verify("contraseña larga".normalize("NFD"), hash)).toBe(true);
  expect(await passwords.verify("contrasena larga", hash)).toBe(false);
  expect(await passwords.verify("contraseña larga", undefined)).toBe(false);
}, 60_000);

test("hashes of an earlier cost stay valid", async () => {
  const hash = await new Passwords({ memory: 8, passes: 1, parallelism: 1 }).hash("correct horse");
  expect(await new Passwords({ memory: 16, passes: 1, parallelism: 1 }).verify("correct horse", hash)).toBe(
    true,
  );
});
