// Mistakes that a hub could make, and the invariant that each breaks. The model makes them on demand, so that the checker can be checked.

export const bugs = {
  'ack before commit': 'I1',
  'a reader is not given the newest entry': 'I1',
  'a message nobody sent': 'I2',
  'a changed text': 'I2',
  'refused, but written': 'I2',
  'no dedupe': 'I3',
  'another number in the second ack': 'I3',
  'numbers from nextval': 'I4',
  'two nodes disagree on the order': 'I4',
  'broadcast without cursor': 'I5',
  'a hole between two frames': 'I5',
  'reordered outbox': 'I6',
  'numbers reserved by node': 'I7',
  'cursor moved back': 'I8',
  'a read from an old copy': 'I8',
  'stale membership cache': 'I9',
  'emit before removal': 'I9',
  'history from before the stay': 'I9',
  "a stranger's presence": 'I9',
  'lost reaction': 'I10',
  'a ghost': 'I11',
  'a call without an end': 'I12',
  'hint without poll': 'I13',
  'slow acks': 'I13',
  'epoch kept after restore': 'I15',
  'two logs in one copy': 'I15',
  'a handle left open': 'I16',
} as const;

export type Bug = keyof typeof bugs;
