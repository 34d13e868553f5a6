import * as accounts from './accounts.ts';
import * as approvals from './approvals.ts';
import * as audience from './audience.ts';
import * as audit from './audit.ts';
import * as auth from './auth.ts';
import * as comments from './comments.ts';
import * as demo from './demo.ts';
import type { Endpoint } from './endpoint.ts';
import * as media from './media.ts';
import * as postFiles from './post-files.ts';
import * as postImport from './post-import.ts';
import * as postMetrics from './post-metrics.ts';
import * as posts from './posts.ts';
import * as reviews from './reviews.ts';
import * as series from './series.ts';
import * as slots from './slots.ts';
import * as snippets from './snippets.ts';
import * as spending from './spending.ts';
import * as status from './status.ts';
import * as team from './team.ts';

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'access' in value;
}

/** Every operation of the API, in the order of the modules. Server side only: the browser imports the one it calls. */
export const allEndpoints: readonly Endpoint[] = [
  auth,
  team,
  accounts,
  audience,
  media,
  slots,
  snippets,
  posts,
  postMetrics,
  approvals,
  comments,
  reviews,
  series,
  postFiles,
  spending,
  postImport,
  audit,
  status,
  demo,
].flatMap((module) => Object.values(module).filter(isEndpoint));
