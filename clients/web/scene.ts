// The scene of the pictures in the documentation: a small museum before its courtyard opens. People, rooms, and who says what.

export const people = {
  mira: 'Mira Okafor',
  jonas: 'Jonas Weber',
  ines: 'Ines Duarte',
  tomasz: 'Tomasz Lis',
  aiko: 'Aiko Tanaka',
  noor: 'Noor Haddad',
} as const;

export type Who = keyof typeof people;

/** Whose screen it is. */
export const viewer: Who = 'mira';

/** What the viewer looks for. */
export const searched = 'lantern gate*';

export interface Line {
  by: Who;
  /** `yesterday` or `today`, and the time. */
  at: `${'yesterday' | 'today'} ${number}:${number}`;
  text: string;
  /** The viewer has not read this one and what follows. */
  unread?: true;
  pinned?: true;
  reactions?: Record<string, Who[]>;
  replies?: Omit<Line, 'replies' | 'unread'>[];
}

export interface SceneRoom {
  id: string;
  title: string;
  topic?: string;
  kind: 'public' | 'private';
  members: Who[];
  lines: Line[];
}

const everybody = Object.keys(people) as Who[];

/** The first one is on the screen, with the thread of its line that has replies. */
export const rooms: SceneRoom[] = [
  {
    id: 'opening-night',
    title: 'Opening night',
    topic: 'The courtyard exhibition, Saturday at five',
    kind: 'public',
    members: everybody,
    lines: [
      {
        by: 'ines',
        at: 'yesterday 16:40',
        text: 'The lanterns are here. All 120 of them, none broken, and the courier wished us luck.',
        reactions: { '🎉': ['mira', 'jonas', 'aiko', 'noor'], '❤️': ['tomasz', 'mira'] },
      },
      {
        by: 'tomasz',
        at: 'yesterday 16:52',
        text: [
          'Then this is the evening, from gate to last lantern:',
          '',
          '| | | |',
          '|---|---|---|',
          '| **17:00** | Gate opens, a quiet hour for the neighbours | Noor |',
          '| **18:30** | Welcome in the court | Mira |',
          '| **19:00** | The quartet, under the limes | Ines |',
          '| **21:15** | Lanterns up | everybody |',
        ].join('\n'),
        pinned: true,
        reactions: { '👍': ['mira', 'ines', 'noor'] },
      },
      {
        by: 'jonas',
        at: 'today 9:04',
        text: 'Good morning! The forecast now says **showers from eight**. Is there a plan B for the quartet?',
        replies: [
          {
            by: 'noor',
            at: 'today 9:06',
            text: 'The north arcade holds them, if we leave out the second row of chairs.',
          },
          {
            by: 'aiko',
            at: 'today 9:09',
            text: 'I will tape it out on the floor and tell you.',
            reactions: { '🙏': ['mira', 'jonas'] },
          },
          { by: 'tomasz', at: 'today 9:15', text: 'And the tarpaulin stays in the van. You never know.' },
          {
            by: 'mira',
            at: 'today 9:26',
            text: 'Then: **arcade if it rains at noon**, limes if it does not. I decide at twelve and say so here.',
            reactions: { '✅': ['noor', 'aiko', 'tomasz'] },
          },
        ],
      },
      {
        by: 'aiko',
        at: 'today 9:28',
        text: 'Taped and tried: under the roof we have `9.4 × 3.1 m`. The quartet and forty chairs fit, with a way through for the pram lady.',
        reactions: { '👏': ['ines', 'jonas', 'mira'] },
      },
      { by: 'aiko', at: 'today 9:29', text: 'The drawing hangs on the board by the stairs.' },
      {
        by: 'ines',
        at: 'today 9:33',
        text: '@Mira.Okafor could you tell the four of them? They like to hear it from you.',
      },
      {
        by: 'mira',
        at: 'today 9:35',
        text: 'Calling them now. If they are happy with the arcade, the hours stay as they are.',
      },
      {
        by: 'tomasz',
        at: 'today 9:41',
        text: [
          'What is still open for Saturday:',
          '- two people at the gate, from five to seven',
          '- one on the ladder who does not mind heights',
          '- whoever baked *that* lemon cake',
        ].join('\n'),
        unread: true,
      },
      {
        by: 'jonas',
        at: 'today 9:43',
        text: 'Gate, both hours, with @Aiko.Tanaka. And the cake was me, so yes.',
        reactions: { '😄': ['ines', 'aiko'] },
      },
    ],
  },
  {
    id: 'atrium',
    title: 'Atrium',
    topic: 'For everybody, about everything',
    kind: 'public',
    members: everybody,
    lines: [
      { by: 'noor', at: 'yesterday 11:02', text: 'Fresh mint on the roof, take some.' },
      { by: 'ines', at: 'today 8:50', text: 'Who has the key of the small kiln?', unread: true },
      { by: 'jonas', at: 'today 8:52', text: 'I had it on Monday. In the blue bowl.' },
      { by: 'ines', at: 'today 9:10', text: 'Found, thank you!' },
    ],
  },
  {
    id: 'front-desk',
    title: 'Front desk',
    kind: 'public',
    members: ['mira', 'noor', 'jonas'],
    lines: [{ by: 'noor', at: 'yesterday 17:30', text: 'A quiet day, 64 visitors, one lost mitten.' }],
  },
  {
    id: 'workshop',
    title: 'Workshop',
    kind: 'public',
    members: ['mira', 'aiko', 'tomasz'],
    lines: [
      { by: 'aiko', at: 'yesterday 15:12', text: 'New blades for the saw.' },
      {
        by: 'tomasz',
        at: 'today 9:20',
        text: '@Mira.Okafor the frames are glued, do you want to see them?',
        unread: true,
      },
    ],
  },
  {
    id: 'reading-circle',
    title: 'Reading circle',
    kind: 'public',
    members: ['mira', 'ines', 'aiko'],
    lines: [{ by: 'aiko', at: 'yesterday 20:15', text: 'Chapter nine by Thursday?' }],
  },
  {
    id: 'next-year',
    title: 'Next year',
    kind: 'private',
    members: ['mira', 'ines'],
    lines: [{ by: 'ines', at: 'yesterday 14:00', text: 'The numbers look kind to us.' }],
  },
];

/** Said live, so that these rooms are new to the screen: to the viewer, by one other. */
export const direct: { by: Who; texts: string[]; read: boolean }[] = [
  { by: 'jonas', texts: ['Lunch at the fountain?'], read: true },
  { by: 'ines', texts: ['The quartet asks for four chairs without arms.', 'I said yes.'], read: false },
  { by: 'noor', texts: ['Forty-two letters delivered, my feet know it.'], read: true },
];

export const statuses: Partial<Record<Who, { status: 'away' | 'dnd' | 'active'; text?: string }>> = {
  ines: { status: 'active' },
  jonas: { status: 'active' },
  aiko: { status: 'active' },
  noor: { status: 'dnd', text: 'On the telephone' },
  tomasz: { status: 'away', text: 'In the van' },
};

/** Writes while the picture is taken. */
export const typist: Who = 'aiko';
