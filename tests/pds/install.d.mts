export const installFolder: string;
export function isInstalled(): boolean;
/** Installs unless it is there; throws with npm's own words when it cannot. */
export function install(): void;
