// A broken connection is not an answer of the database, whatever its code looks like.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DbError, DbUnavailable } from './db.ts';
import { sqlError } from './sql-errors.ts';

const test = suite('sql errors');
const of = (code: string, executed = true) => sqlError(Object.assign(new Error('x'), { code }), executed);

for (const code of ['EPIPE', 'ECONNRESET', 'CONNECTION_CLOSED', '57P01', '08006']) {
  test(`${code} after the statement was written leaves the outcome unknown (I12)`, () => {
    const error = of(code);
    assert.instance(error, DbUnavailable);
    assert.is((error as DbUnavailable).sent, true);
  });
}

for (const code of ['ECONNREFUSED', 'EPIPE']) {
  test(`${code} before the statement was written is a definite failure`, () => {
    assert.is((of(code, false) as DbUnavailable).sent, false);
  });
}

for (const code of ['57014', '55P03', '53300']) {
  test(`${code} is the database's own word that nothing was done`, () => {
    assert.is((of(code) as DbUnavailable).sent, false);
  });
}

for (const code of ['22P02', '23505', 'P0001', 'XX000']) {
  test(`${code} is a refusal`, () => {
    assert.instance(of(code), DbError);
  });
}

test.run();
