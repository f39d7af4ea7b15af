// Preloaded into test processes: uvu swallows what a before or after hook throws, and the suite would count as passed. Here it fails.
import { registerHooks } from 'node:module';

const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/uvu/dist/index.mjs')) return loaded;
    const source = String(loaded.source);
    const patched = source.replace(
      /\} finally \{\s*state\.__test__ = '';\s*for \(hook of after\) await hook\(state\);/,
      `} catch (err) {
        errors += format('(a hook of the suite)', err, name);
      } finally {
        state.__test__ = '';
        try {
          for (hook of after) await hook(state);
        } catch (err) {
          errors += format('(a hook after the suite)', err, name);
        }`,
    );
    if (patched === source) throw new Error('uvu has changed: scripts/lib/hook-errors.ts no longer fits it');
    return { ...loaded, source: patched };
  },
});
await import('uvu');
// All that is loaded from here on would go through it.
hooks.deregister();
