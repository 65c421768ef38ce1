#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { runMain } from './kit/command-line.js';
import { p4runpro } from './main.js';

await runMain('p4runpro', () => p4runpro(hideBin(process.argv)));
