import { uploadMedia } from '@rookery/contract/media.ts';
import { publicAddress } from '../features/media/public-address.ts';
import { isPart } from '../platform/http/validation.ts';
import { drawing } from '../platform/images/hostile-fixture.ts';
import type { WalkedApp } from './app-fixture.ts';
import { found, type Team } from './team-fixture.ts';

export interface Pictures {
  readonly mediaId: string;
  /** May be deleted. */
  readonly spareMediaId: string;
  /** Of the address by which a network may fetch the first. */
  readonly publicToken: string;
  /** A file that is taken. */
  readonly picture: Buffer;
}

/** A library of two images. */
export async function gatherPictures({ app }: WalkedApp, team: Team, mark: string): Promise<Pictures> {
  const picture = await drawing(40, 30).png().toBuffer();
  const send = async (name: string): Promise<string> => {
    const path = `${uploadMedia.path.replace(':workspaceId', team.workspaceId)}?name=${mark}-${name}.png&altText=${mark}`;
    const { body } = await team.people.owner.send({ method: 'POST', path, headers: { 'content-type': 'application/octet-stream' }, body: picture });
    const media = isPart(body) && isPart(body['media']) ? body['media'] : {};
    return String(found(media['id']));
  };
  const mediaId = await send('one');
  const address = publicAddress(app.services, { workspaceId: team.workspaceId, mediaId, form: 'file' });
  return { mediaId, spareMediaId: await send('two'), picture, publicToken: found(address.split('/').at(-1)) };
}
