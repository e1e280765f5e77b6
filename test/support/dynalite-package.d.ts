/** The package has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** Without a `path` everything is in memory. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
