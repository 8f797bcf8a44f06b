// The realm of every challenge: the hashes of accounts' passwords are made for it, so that it never changes.
export const sipRealm = "parley";
