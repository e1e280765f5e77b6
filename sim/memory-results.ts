import type { Results } from '../src/core/ports.ts';

export type MemoryResults = Results & {
  readonly files: ReadonlyMap<string, Uint8Array>;
  text(name: string): string;
};

export function memoryResults(): MemoryResults {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    text: (name) => new TextDecoder().decode(files.get(name)),
    async put(name, body) {
      files.set(name, body.slice());
      return `memory://${name}`;
    },
  };
}
