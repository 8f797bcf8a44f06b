// `parley key new` under its earlier name.
process.argv.splice(2, 0, "key", "new");
await import("./cli/main.ts");
