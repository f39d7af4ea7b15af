import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createIrcClock } from './irc-clock.ts';

const test = suite('clock times of a log');

function read(times: string[], day = '2004-11-15'): string[] {
  const clock = createIrcClock(day);
  return times.map(time => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    const at = clock.read({ day: undefined, hours, minutes, seconds: undefined });
    return new Date(at ?? Number.NaN).toISOString().slice(5, 16);
  });
}

test('midnight begins the next day', () => {
  assert.equal(read(['21:29', '23:59', '00:00', '03:26', '02:50']), [
    '11-15T21:29',
    '11-15T23:59',
    '11-16T00:00',
    '11-16T03:26',
    '11-16T03:26',
  ]);
});

test('a clock of twelve hours goes from 12:59 to 1:00 within a minute, twice a day', () => {
  assert.equal(read(['11:30', '12:59', '01:00', '12:59', '01:00']), [
    '11-15T11:30',
    '11-15T12:59',
    '11-15T13:00',
    '11-16T00:59',
    '11-16T01:00',
  ]);
});

test('a clock that is put back stands still until it has caught up', () => {
  assert.equal(read(['14:59', '14:01', '14:58', '15:00']), [
    '11-15T14:59',
    '11-15T14:59',
    '11-15T14:59',
    '11-15T15:00',
  ]);
});

test('a silence of more than half a day does not lose a day', () => {
  assert.equal(read(['13:00', '09:00', '08:59']), ['11-15T13:00', '11-16T09:00', '11-16T09:00']);
});

test('without a day there is no time; text that is no date is not taken for one', () => {
  const clock = createIrcClock(undefined);
  const noon = { day: undefined, hours: 12, minutes: 0, seconds: undefined };
  assert.is(clock.read(noon), undefined);
  assert.not(clock.setDay('the other day'));
  assert.ok(clock.setDay('Tue Nov 16 2004'));
  assert.is(clock.read(noon), Date.UTC(2004, 10, 16, 12));
});

test.run();
