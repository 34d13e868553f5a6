import { loadConfig } from './platform/config/config.ts';
import { runServer } from './run.ts';

await runServer(loadConfig, (app, config) => {
  if (app.origin !== null) console.log(`Rookery is ready: ${app.setupLink ?? config.baseUrl}`);
  if (app.setupLink !== null) console.log('The link makes the first account; it works once.');
});
