#!/usr/bin/env node
import { runMain } from '../../hw-driver/cli/kit/command-line.js';
import { bench } from './main.js';

await runMain('bench', () => bench(process.argv.slice(2)));
