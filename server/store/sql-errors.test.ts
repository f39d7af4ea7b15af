import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DbError, DbUnavailable } from './db.ts';
import { sqlError } from './sql-errors.ts';

const test = suite('store/sql-errors');

test("a socket's error is none of the database's, though its name has five letters as well (I12)", () => {
  for (const code of ['EPIPE', 'EPERM', 'ECONNRESET']) {
    const error = sqlError(Object.assign(new Error('write'), { code }), true);
    assert.instance(error, DbUnavailable);
    assert.is((error as DbUnavailable).sent, true);
  }
  for (const code of ['23505', 'P0001', 'XX000', 'FC404'])
    assert.instance(sqlError(Object.assign(new Error('no'), { code }), true), DbError);
});

test.run();
