// What is said in the demo: a real log where there is one, with the threads that people marked in it, else a short conversation of our own. Both are
// told at a pace to watch: the room is filled at once, then people take as long as they need to write.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { meet, type Source, stableId } from '../../clients/cli/formats/entry.ts';
import { openSource } from '../../clients/cli/formats/index.ts';

export interface Conversation {
  readonly source: Source;
  /** For the person at the terminal. */
  readonly told: string;
}

interface Said {
  readonly by: string;
  readonly text: string;
  /** Which one of the list it answers in a thread. */
  readonly answers?: number | undefined;
}

const LOGS = path.join(import.meta.dirname, '../../../shared/data/irc');
const LOG = '2004-11-15_03';
/** From here on people marked what answers what. */
const MARKED = 1000;
/** What answers something this many messages before it is lost without a thread. */
const FAR = 5;
/** Said before anybody looks, and the milliseconds between them. */
const [BEFORE, QUICKLY] = [30, 100];
/** Milliseconds for the first people to come in, and how many messages before their first one the others do. */
const [COMING, EARLY] = [1500, 6];
const [LEAST, PER_CHARACTER, MOST] = [900, 18, 3500];

const OURS: readonly Said[] = [
  { by: 'Iris', text: 'Good morning! Is the east gate open already?' },
  { by: 'Tom', text: 'Since seven. The key turns again, by the way.' },
  { by: 'Iris', text: 'Wonderful. Who oiled it?' },
  { by: 'Lena', text: 'Me. It took **one drop**.' },
  { by: 'Omar', text: 'The plan for Saturday: chairs at nine, lanterns at dusk, music when it is dark.' },
  { by: 'Lena', text: 'How many chairs do we have?' },
  { by: 'Tom', text: 'Forty, and two that wobble.' },
  { by: 'Iris', text: 'I can bring ten from next door.', answers: 4 },
  { by: 'Omar', text: 'Then fifty it is.', answers: 4 },
  { by: 'Lena', text: 'Has anybody seen the long ladder?' },
  { by: 'Tom', text: 'Behind the workshop, under the vine.' },
  { by: 'Iris', text: 'The forecast says showers from eight.' },
  { by: 'Omar', text: 'The arcade holds everybody if we leave out the second row.' },
  { by: 'Tom', text: 'I will tape it out on the floor.', answers: 11 },
  { by: 'Lena', text: 'And the tarpaulin stays in the van. One never knows.' },
  { by: 'Iris', text: 'Lunch at the fountain?' },
];

/** @param log one of the corpus's, with its `.links.txt` beside it; its name has its day */
export async function openConversation(room: string, log?: string): Promise<Conversation> {
  const file = log ?? path.join(LOGS, `${LOG}.txt`);
  const real = log !== undefined || existsSync(file);
  const lines = real ? await readLog(file, room) : OURS;
  return {
    source: pace(lines, room),
    told: real
      ? `${lines.length} messages of #ubuntu, ${path.basename(file).slice(0, 10)} (Kummerfeld et al. 2019, CC BY 4.0), said again by bots`
      : `${lines.length} messages of our own, said by bots: there is no log in ../shared/data/irc`,
  };
}

async function readLog(file: string, room: string): Promise<Said[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const links = await readFile(file.replace('.txt', '.links.txt'), 'utf8');
  const answered = new Map(
    links.split('\n').map(link => {
      const [earlier, later] = link.split(' ').map(Number);
      return [later, earlier];
    }),
  );
  const findings = { people: new Map(), skipped: new Map() };
  const said: Said[] = [];
  const places = new Map<number, number>();
  let line = -1;
  for await (const entry of openSource([file], { format: 'irc', room })(findings)) {
    if (entry.type !== 'message.created') continue;
    const { by, data } = entry;
    const found = lines.findIndex(
      (one, at) => at > line && one.includes(`<${by}>`) && one.endsWith(data.text),
    );
    if (found < 0) continue;
    line = found;
    if (line < MARKED) continue;
    const earlier = places.get(answered.get(line) ?? -1);
    const far = earlier !== undefined && said.length - earlier >= FAR;
    places.set(line, said.length);
    said.push({ by, text: data.text, answers: far ? earlier : undefined });
  }
  return said;
}

/** As a source that `replay` plays in its own time. */
function pace(lines: readonly Said[], room: string): Source {
  const idOf = (at: number) => stableId('demo', room, at);
  return async function* (findings) {
    let time = 0;
    const met = new Set<string>();
    for (const [at, { text, by, answers }] of lines.entries()) {
      // Everybody is there before they speak: a connection takes its time, and would mix up who says what first.
      const soon = lines.slice(at, at === 0 ? BEFORE : at + EARLY).map(one => one.by);
      for (const user of new Set(soon).difference(met)) {
        met.add(user);
        meet(findings, user, user, 'bot');
        const joined = { type: 'member.joined', data: { user, name: user, role: 'member' } } as const;
        yield { id: stableId('demo', room, user), at: new Date(time).toISOString(), by: user, ...joined };
      }
      if (at === 0) time += COMING;
      const writing = Math.min(LEAST + text.length * PER_CHARACTER, MOST);
      time += at < BEFORE ? QUICKLY : writing;
      const replyTo = answers === undefined ? undefined : idOf(answers);
      yield {
        ...{ id: idOf(at), at: new Date(time).toISOString(), by, type: 'message.created' },
        data: { text, ...(replyTo && { replyTo, root: replyTo }) },
      };
    }
  };
}
