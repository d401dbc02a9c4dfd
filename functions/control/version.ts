import packageJson from '../../package.json' with { type: 'json' };

/** Version of Sluice. */
export const sluiceVersion: string = packageJson.version;
