// What every simulator is to `npm run simulators`: settings for the hub, people in it, and what they can do there.

/** Somebody of the scenario. */
export interface Person {
  /** Of which the vendor makes theirs. */
  readonly id: string;
  readonly name: string;
  /** Verified, where the vendor has such a thing. */
  readonly email?: string | undefined;
}

/** How somebody is there now, in the vendor's own words. */
export interface Whereabouts {
  readonly person: string;
  readonly status: 'offline' | 'active' | 'away' | 'busy';
  /** A place of the playground. */
  readonly place?: string;
  /** What else the vendor shows of them. */
  readonly words?: string;
  /** On a plan. */
  readonly spot?: { readonly plan: string; readonly x: number; readonly y: number };
}

/** A map to look at; sizes are in tiles. */
export interface Plan {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly areas: readonly {
    readonly place: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** Something people can do, such as to walk somewhere; throws a sentence when they cannot now. */
export interface Deed {
  readonly needsPlace?: true;
  readonly needsWords?: true;
  /**
   * @param place one of the playground's, when the deed needs one
   * @param words what they say or write, when the deed needs it
   * @returns what the person is answered, if anything
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most deeds are answered by nobody, and are plain calls
  do(person: string, place: string, words: string): void | string | Promise<string>;
}

/** A simulator that runs. */
export interface Playground extends AsyncDisposable {
  readonly title: string;
  /** For .env. */
  readonly settings: Readonly<Record<string, string>>;
  /** For the person at the terminal, one line each. */
  readonly notes?: readonly string[];
  readonly deeds: Readonly<Record<string, Deed>>;
  readonly places: readonly string[];
  readonly plans?: readonly Plan[];
  /** The vendor's name for somebody, by which they are linked to a user of the hub. */
  accountOf(person: string): string;
  whereabouts(): readonly Whereabouts[];
}

/** As it stands in .env; what holds quotes or spaces is quoted. */
export const settingLine = ([name, value]: readonly [name: string, value: string]): string =>
  `${name}=${/^[\w:/.@+-]*$/.test(value) ? value : `'${value}'`}`;

/** @param port to listen on; the same each time, so that settings stay good */
export type OpenPlayground = (people: readonly Person[], port: number) => Promise<Playground>;
