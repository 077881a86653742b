/** Imported first: makes this a browser that has no WebAssembly. */
delete (globalThis as { WebAssembly?: unknown }).WebAssembly;
