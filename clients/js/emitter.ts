// Typed listeners. One that throws hurts neither the others nor the emitter: its error surfaces on its own, as an uncaught one.

export type Listener<T> = (payload: T) => void;

export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Returns a function that takes the listener off. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    // Wrapped, so that the same function added twice is two listeners, each with its own way off.
    const own: Listener<Events[E]> = payload => listener(payload);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(own));
    return () => void listeners.delete(own);
  }

  /** Whether anybody listens: what is costly to tell need not be made for nobody. */
  has(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])] as Listener<Events[E]>[]) {
      try {
        listener(payload);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
