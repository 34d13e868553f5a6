import { errorCodes } from '@rookery/contract/errors.ts';
import type { RawReply } from '../platform/http/testing.ts';
import { isPart } from '../platform/http/validation.ts';
import type { Trial } from './trial-fixture.ts';

type Judged = Pick<RawReply, 'status' | 'headers' | 'body'> & { readonly bytes: Buffer };

const insides = /\bat .+:\d+:\d+|node_modules|\.ts\b|\.js\b|postgres|pg_|syntax error|stack|select .+ from|Cannot read|undefined is not|invalid input syntax/i;

/** What is wrong with the answer to a hostile request; empty when it is as it must be. */
export function findFaults(trial: Trial, reply: Judged): string[] {
  if (reply.status >= 500) return [`answered ${reply.status}: ${reply.bytes.toString()}`];
  if (reply.status >= 400) return faultsOfProblem(reply);
  if (trial.isRefused) return [`was taken: ${reply.status} ${reply.bytes.toString().slice(0, 200)}`];
  if (reply.status === 303) return /^\/(?!\/)[!-~]*$/.test(reply.headers.location ?? '') ? [] : [`leads elsewhere: ${reply.headers.location}`];
  return trial.text === undefined ? [] : faultsOfEcho(trial.text, reply);
}

function faultsOfProblem({ status, headers, body, bytes }: Judged): string[] {
  const text = bytes.toString();
  if (!isPart(body)) return [`is no JSON: ${text.slice(0, 200)}`];
  const { code, detail, title, request_id: requestId, errors, instance: _echo, ...rest } = body;
  const faults: string[] = [];
  const demand = (isMet: boolean, fault: string): void => void (isMet ? null : faults.push(`${fault}: ${text.slice(0, 300)}`));
  demand(headers['content-type'] === 'application/problem+json; charset=utf-8' && headers['x-content-type-options'] === 'nosniff', 'has other headers');
  demand(Object.entries(errorCodes).some(([known, facts]) => known === code && facts.status === status && facts.title === title), 'has no code of the contract');
  demand(typeof requestId === 'string' && requestId === headers['x-request-id'], 'has no request id');
  demand(typeof detail === 'string' && /^[\p{Lu}\d:/?].{10,}$/su.test(detail), 'does not say what to do');
  demand(status !== 422 || code !== 'invalid-input' || (Array.isArray(errors) && errors.length > 0 && errors.every(isFieldError)), 'names no field');
  demand(!insides.test(JSON.stringify({ rest, title, code }) + withoutEcho(detail)), 'tells of its insides');
  return faults;
}

/** The words that are ours: what stands in quotation marks may be the caller's. */
function withoutEcho(detail: unknown): string {
  return String(detail).replaceAll(/"[^"]*"/g, '');
}

function isFieldError(value: unknown): boolean {
  return isPart(value) && ['pointer', 'code', 'message'].every((name) => typeof value[name] === 'string') && String(value['message']).length > 10;
}

/** A text that was taken stands in the reply as it was typed, but for white space around it, wherever the reply has a member of that name. */
function faultsOfEcho({ name, value }: NonNullable<Trial['text']>, { body, bytes }: Judged): string[] {
  const kept = textsNamed(body, name);
  const typed = value.trim();
  return kept.length === 0 || kept.some((text) => text === typed || text === value) ? [] : [`changed the text: ${bytes.toString().slice(0, 300)}`];
}

function textsNamed(value: unknown, name: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsNamed(item, name));
  if (!isPart(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => (member === name && typeof inner === 'string' ? [inner] : textsNamed(inner, name)));
}
