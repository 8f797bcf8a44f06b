// A typed emitter for events: things that have happened and need no answer. A question is a callback that
// returns a promise, never an event. Listeners run synchronously in order of subscription.

/** Event name → payload. */
export type EventMap = Record<string, unknown>;

export type Unsubscribe = () => void;

export class Emitter<Events extends EventMap> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Subscribes; the returned function unsubscribes and may be called more than once. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe {
    let listeners = this.#listeners.get(name);
    if (!listeners) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener as (payload: never) => void);
    return () => listeners.delete(listener as (payload: never) => void);
  }

  once<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe {
    const off = this.on(name, (payload) => {
      off();
      listener(payload);
    });
    return off;
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners) return;
    for (const listener of [...listeners]) (listener as (payload: Events[Name]) => void)(payload);
  }

  /** The number of listeners, over all events. */
  get listeners(): number {
    let count = 0;
    for (const some of this.#listeners.values()) count += some.size;
    return count;
  }

  /** Forgets every listener: what a closing owner does so that nothing reaches it any more. */
  clear(): void {
    this.#listeners.clear();
  }
}
