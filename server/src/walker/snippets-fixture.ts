import { createSnippet } from '@rookery/contract/snippets.ts';
import type { Team } from './team-fixture.ts';

export interface Snippets {
  readonly snippetId: string;
  /** May be deleted. */
  readonly spareSnippetId: string;
}

/** A template, and one more. */
export async function gatherSnippets(team: Team, mark: string): Promise<Snippets> {
  const keep = async (name: string): Promise<string> => {
    const { snippet } = await team.people.owner.browser.ok(createSnippet, {
      params: { workspaceId: team.workspaceId }, body: { kind: 'template', name: `${mark} ${name}`, text: `${mark} words` },
    });
    return snippet.id;
  };
  return { snippetId: await keep('template'), spareSnippetId: await keep('spare') };
}
