// What is wrong with some settings, for tests of them.
import * as assert from 'uvu/assert';
import { ConfigError, readConfig } from '../config.ts';

/** One line for each problem; none when the settings are good. */
export function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}
