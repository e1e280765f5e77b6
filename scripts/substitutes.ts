import type { Plugin } from 'esbuild';

/** Modules that bring along far more than Sluice uses, and what stands in their place in a bundle. */
const substitutes = {
  // Its own entry brings fetch, web sockets, caches and mocks: 250 KB, a third of the function's cold start.
  undici: `
    export { default as buildConnector } from 'undici/lib/core/connect.js';
    export { default as Client } from 'undici/lib/dispatcher/client.js';`,
  // Profiles, SSO, web identity, instance roles: 110 KB, a tenth of the cold start. Lambda gives a function its role's
  // credentials in environment variables, and so does the local host.
  '@aws-sdk/credential-provider-node': `
    import { fromEnv } from '@aws-sdk/credential-provider-env';
    export const defaultProvider = fromEnv;`,
} as const;

/** Puts the named substitutes in place. An import of what they do not export is a build error. */
export function withSubstitutes(root: string, names: readonly (keyof typeof substitutes)[]): Plugin {
  return {
    name: 'with-substitutes',
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, ({ path }) =>
        names.some((name) => name === path) ? { path, namespace: 'substitute' } : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: 'substitute' }, ({ path }) => ({
        contents: substitutes[path as keyof typeof substitutes],
        resolveDir: root,
      }));
    },
  };
}
