import { auditUsage, runAudit } from './audit.ts';

/** The operator's commands: `npm run rookery -- …`. */
const [command, ...args] = process.argv.slice(2);
try {
  if (command === 'audit') process.exitCode = await runAudit(args);
  else {
    console.error(`What can be asked:\n\n${auditUsage}`);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
