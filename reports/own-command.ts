/** The command that people have: in this repository `npm start`, elsewhere that of the installed package. */
export const own_command: string = import.meta.url.includes("/node_modules/")
  ? "npx raceproof"
  : "npm start --";
