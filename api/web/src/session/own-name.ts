// The name under which one joined last time, as this browser keeps it. One that keeps nothing asks again.

const nameKey = "parley.name";

export function recallName(): string {
  try {
    return localStorage.getItem(nameKey) ?? "";
  } catch {
    return "";
  }
}

export function rememberName(name: string): void {
  try {
    localStorage.setItem(nameKey, name);
  } catch {
    // Asked again next time.
  }
}
