// The shape of the page's texts: that of English, so that a sentence which another language lacks does not compile.
import type { en } from "./en.ts";

type Shape<T> = T extends string
  ? string
  : T extends readonly unknown[]
    ? { readonly [Index in keyof T]: Shape<T[Index]> }
    : { readonly [Key in keyof T]: Shape<T[Key]> };

export type Texts = Shape<typeof en>;
