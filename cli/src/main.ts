#!/usr/bin/env node
import { environment, readCliConfig } from './config.js';
import { runProgram } from './program.js';

// `… | head` closes the pipe early: what is left is not wanted, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runProgram(process.argv, readCliConfig(environment(), process.cwd()));
