// A sink worker that ends, as one does for want of memory, as soon as it decodes a document that holds the word crash.
const parse = JSON.parse;
JSON.parse = (text: string, ...rest: unknown[]) => {
  if (text.includes('"crash"')) process.exit(137);
  return parse(text, ...(rest as []));
};
await import('./sink-worker-child.ts');
