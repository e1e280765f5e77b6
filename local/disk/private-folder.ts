import { chmod, mkdir } from 'node:fs/promises';
import { SluiceError } from '../../src/core/errors.ts';

/**
 * Creates a folder that only its owner can enter, or removes the permissions of others from an existing one. Throws
 * `configuration-invalid` if that is impossible, for example in a folder of another user, who could replace its files.
 */
export async function privateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'configuration-invalid',
      `The local stack cannot store its data in ${path}: ${why}. Choose a folder of your own with --data.`,
      { data: { folder: path }, cause },
    );
  }
}
