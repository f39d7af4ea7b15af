// One signed-in socket: who it is, until when its token holds, and the order of its calls.
import type { Push } from '#shared/protocol/pushes.ts';
import type { SignedIn } from '../hub/sessions.ts';
import { isClogged } from './clogged.ts';
import type { HubSocket } from './io.ts';
import { createLane, type Lane } from './lane.ts';

/** Milliseconds after a refusal for load within which nobody who listens to us sends again (hub/errors.ts). */
const TOLD_TO_WAIT = 1000;
/** Milliseconds for which who does is not read. */
const BREATHER = 150;
/** The longest delay a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

/** The part of Engine.IO's transport that its types keep to themselves; none below long polling. */
interface WebSocketTransport {
  readonly socket?: { pause(): void; resume(): void };
}

export class Session {
  readonly socket: HubSocket;
  readonly address: string;
  readonly lane: Lane = createLane();
  /** Milliseconds to wait, when the packet that has just come was one too many in bytes. */
  overBytes = 0;
  #actor: SignedIn;
  #cloggedSince: number | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #turnedDownAt = Number.NEGATIVE_INFINITY;
  #pausing = false;

  constructor(socket: HubSocket, actor: SignedIn, address: string) {
    this.socket = socket;
    this.address = address;
    this.#actor = actor;
    this.#watchExpiry();
  }

  get id(): string {
    return this.socket.id;
  }

  get actor(): SignedIn {
    return this.#actor;
  }

  /** Takes over a newer token of the same person. */
  refresh(actor: SignedIn): void {
    this.#actor = actor;
    this.#watchExpiry();
  }

  /**
   * A send was refused for load. Who was told to wait and sends on all the same is not read for a moment, and then in bulk: one by one,
   * saying no takes a quarter of the work of saying yes.
   */
  turnedDown(): void {
    const { socket } = this.socket.conn.transport as unknown as WebSocketTransport;
    const deaf = performance.now() - this.#turnedDownAt < TOLD_TO_WAIT;
    this.#turnedDownAt = performance.now();
    if (!deaf || !socket || this.#pausing) return;
    this.#pausing = true;
    socket.pause();
    setTimeout(() => {
      this.#pausing = false;
      socket.resume();
    }, BREATHER).unref();
  }

  /** Says why, then closes. */
  end(push: Push<'session:end'>): void {
    this.socket.emit('session:end', push);
    this.socket.disconnect(true);
  }

  /**
   * Ends a reader that has not kept up for so many ms. Called about once a second. One that reads nothing at all is closed by its ping,
   * within the same time about: a goodbye would wait behind everything else that it does not read.
   */
  endIfTooSlow(patience: number): void {
    if (!isClogged(this.socket)) {
      this.#cloggedSince = undefined;
      return;
    }
    this.#cloggedSince ??= performance.now();
    if (performance.now() - this.#cloggedSince < patience) return;
    this.end({ code: 'too_slow', reconnect: true, retryAfterMs: 1000 });
  }

  dispose(): void {
    clearTimeout(this.#expiry);
  }

  /** A token that ends while the socket is open ends the socket (attack 13). */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const left = this.#actor.expiresAt - Date.now();
    this.#expiry = setTimeout(
      () => (left > MAX_DELAY ? this.#watchExpiry() : this.end({ code: 'expired', reconnect: true })),
      Math.min(Math.max(left, 0), MAX_DELAY),
    );
    this.#expiry.unref();
  }
}
