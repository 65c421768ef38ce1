/** The memory in which V8 makes new objects. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps it as small as it is when a process starts: it would grow to 32 MB as thousands of programs are deployed, and
 * deployment has little use for that, as what it makes is either gone soon or stays. To be called before much is loaded.
 */
export function keepYoungGenerationSmall(): void {
  // Read by V8 each time that it considers growth, so that it can be set in a running process.
  setFlagsFromString('--semi-space-growth-factor=1');
}
