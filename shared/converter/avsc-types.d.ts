/** The part of avsc that knows types, without its files and services: half of what a function has to load. */
declare module 'avsc/lib/types.js' {
  const types: { readonly Type: typeof import('avsc').Type };
  export default types;
}
