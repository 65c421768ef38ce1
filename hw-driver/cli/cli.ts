#!/usr/bin/env node
import { runMain } from './kit/command-line.js';
import { p4runpro } from './main.js';

await runMain('p4runpro', () => p4runpro(process.argv.slice(2)));
