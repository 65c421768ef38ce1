#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { runMain } from '../../hw-driver/index.js';
import { bench } from './main.js';

await runMain('bench', () => bench(hideBin(process.argv)));
