/** Runs the command lines that the parent process sends, one after another, and answers with how each ended. */
import { endProcess } from '../hw-driver/cli/kit/command-line.js';
import { type HostedCommand, runHere } from './command-host.js';

process.on('message', (command: HostedCommand) => {
  void runHere(command).then((outcome) => process.send?.(outcome));
});

process.on('disconnect', () => endProcess(0));
